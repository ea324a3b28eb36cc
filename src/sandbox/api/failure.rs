//! How the platform says no (§6.2): an `errcode`, and an `errmsg` that ends with the request's `rid`.

use serde_json::{Value, json};

use crate::clock::Timestamp;

/// An answer with an errcode other than 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    code: i64,
    hint: Option<String>,
}

impl Failure {
    pub(super) const fn new(code: i64) -> Self {
        Self { code, hint: None }
    }

    /// With a remark on what exactly is wrong.
    pub(super) fn with_hint(code: i64, hint: impl Into<String>) -> Self {
        Self { code, hint: Some(hint.into()) }
    }

    /// 40164, with the address that the administrator has to put on the list.
    pub(super) fn ip_not_allowed(address: &str) -> Self {
        Self::with_hint(40_164, format!("invalid ip {address} ipv6 ::ffff:{address}, not in whitelist"))
    }

    pub(super) fn code(&self) -> i64 {
        self.code
    }

    pub(super) fn to_json(&self, now: Timestamp) -> Value {
        let (one, two) = (rand::random::<u32>(), rand::random::<u32>());
        let rid = format!("{:08x}-{one:08x}-{two:08x}", now.seconds());
        let message = self.hint.as_deref().unwrap_or(message(self.code));
        json!({"errcode": self.code, "errmsg": format!("{message} rid: {rid}")})
    }
}

/// The platform's words, as far as the sandbox uses the code itself.
fn message(code: i64) -> &'static str {
    match code {
        -1 => "system error",
        40_001 => "invalid credential, access_token is invalid or not latest",
        40_002 => "invalid grant_type",
        40_003 => "invalid openid",
        40_007 => "invalid media_id",
        40_008 => "invalid message type",
        40_013 => "invalid appid",
        40_014 => "invalid access_token",
        40_016 => "invalid button size",
        40_017 => "invalid button type",
        40_018 => "invalid button name size",
        40_019 => "invalid button key size",
        40_020 => "invalid button url size",
        40_022 => "invalid sub button level",
        40_023 => "invalid sub button size",
        40_024 => "invalid sub button type",
        40_025 => "invalid sub button name size",
        40_026 => "invalid sub button key size",
        40_027 => "invalid sub button url size",
        40_031 => "invalid openid list",
        40_032 => "invalid openid list size",
        40_033 => "invalid charset. please check your request, if include \\uxxxx will create fail!",
        40_035 => "invalid parameter",
        40_054 => "invalid sub button url domain",
        40_055 => "invalid button url domain",
        40_125 => "invalid appsecret",
        40_201 => "no callback url",
        40_202 => "invalid check action",
        40_203 => "invalid check operator",
        41_001 => "access_token missing",
        41_002 => "appid missing",
        41_004 => "appsecret missing",
        42_001 => "access_token expired",
        43_001 => "require GET method",
        43_002 => "require POST method",
        44_002 => "empty post data",
        44_003 => "empty news data",
        44_004 => "empty content",
        45_002 => "content size out of limit",
        45_003 => "title size out of limit",
        45_004 => "description size out of limit",
        45_005 => "url size out of limit",
        45_006 => "picurl size out of limit",
        45_008 => "article size out of limit",
        45_009 => "reach max api daily quota limit",
        45_011 => "api minute-quota reach limit, must slower, retry next minute",
        45_015 => "response out of time limit or subscription is canceled",
        45_047 => "out of response count limit",
        45_072 => "invalid command",
        45_098 => "out of menu list limit",
        46_003 => "menu no exist",
        47_001 => "data format error",
        47_002 => "data format error, please do not use escaped characters",
        48_001 => "api unauthorized",
        48_006 => "forbid to clear quota because of reaching the limit",
        65_301 => "menuid not exist",
        65_303 => "no default menu",
        65_304 => "empty matchrule",
        65_320 => "matchrule field not supported",
        76_003 => "invalid cgi_path",
        76_021 => "cgi_path not found",
        76_022 => "could not use this cgi_path, no permission",
        _ => "error",
    }
}
