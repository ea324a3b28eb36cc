//! The settings of an account as they are typed on the command line, and as they are when they have been checked.

use anyhow::{Context, bail};

use crate::accounts::{Account, Settings, Slug, Unopened};
use crate::platform::WECHAT_API;
use crate::wechat::{AccountKind, AesKey, AppId, Mode, Token};

/// Kept as text until all are checked, so that no secret is repeated in a complaint.
#[derive(clap::Args)]
pub(super) struct Fields {
    /// The account's name as residents see it.
    #[arg(long)]
    name: Option<String>,
    #[arg(long, value_name = "ID")]
    app_id: Option<String>,
    #[arg(long, value_name = "S")]
    app_secret: Option<String>,
    /// 3 to 32 letters and digits, the same as in WeChat's console.
    #[arg(long, value_name = "T")]
    token: Option<String>,
    /// EncodingAESKey: 43 letters and digits, the same as in WeChat's console.
    #[arg(long, value_name = "K")]
    aes_key: Option<String>,
    /// plain, compatible or secure, the same as in WeChat's console.
    #[arg(long)]
    mode: Option<String>,
    /// subscription (订阅号) or service (服务号).
    #[arg(long)]
    kind: Option<String>,
    /// The account has passed WeChat's verification (微信认证).
    #[arg(long)]
    pub(super) verified: bool,
    /// 原始ID, `gh_…`: pushes to another are then refused.
    #[arg(long, value_name = "GH")]
    original_id: Option<String>,
    /// Where the platform's API is.
    #[arg(long, value_name = "URL")]
    api_base: Option<String>,
}

impl Fields {
    /// Whether all secrets are given, so that none of the former ones is needed.
    pub(super) fn has_all_secrets(&self) -> bool {
        [&self.app_secret, &self.token, &self.aes_key].into_iter().all(Option::is_some)
    }

    pub(super) fn is_empty(&self) -> bool {
        let texts = [&self.name, &self.app_id, &self.app_secret, &self.token, &self.aes_key];
        let others = [&self.mode, &self.kind, &self.original_id, &self.api_base];
        !self.verified && texts.into_iter().chain(others).all(Option::is_none)
    }
}

/// What an account has already, for what is not typed. No `Debug`: it may hold secrets.
#[derive(Default)]
pub(super) struct Former {
    name: Option<String>,
    app_id: Option<String>,
    app_secret: Option<String>,
    token: Option<String>,
    aes_key: Option<String>,
    mode: Option<String>,
    kind: Option<String>,
    original_id: Option<String>,
    api_base: Option<String>,
}

impl From<&Account> for Former {
    fn from(account: &Account) -> Self {
        Self {
            name: Some(account.name.clone()),
            app_id: Some(account.app_id.as_str().into()),
            app_secret: Some(account.app_secret.clone()),
            token: Some(account.token.expose().into()),
            aes_key: Some(account.envelope.key().expose().into()),
            mode: Some(account.mode.as_str().into()),
            kind: Some(account.kind.as_str().into()),
            original_id: account.original_id.clone(),
            api_base: Some(account.api_base.clone()),
        }
    }
}

/// Of an account whose secrets are lost, everything else.
impl From<&Unopened> for Former {
    fn from(account: &Unopened) -> Self {
        Self {
            name: Some(account.name.clone()),
            app_id: Some(account.app_id.clone()),
            mode: Some(account.mode.clone()),
            kind: Some(account.kind.clone()),
            original_id: account.original_id.clone(),
            api_base: Some(account.api_base.clone()),
            ..Self::default()
        }
    }
}

/// All settings checked together; what is not given is taken from the account that is changed.
pub(super) fn checked(slug: Option<&str>, fields: Fields, former: Former) -> anyhow::Result<Settings> {
    let mut problems: Vec<String> = slug.and_then(|slug| Slug::parse(slug).err()).into_iter().collect();
    let mut given = |flag: &str, value: Option<String>, known: Option<String>| {
        value.or(known).unwrap_or_else(|| {
            problems.push(format!("{flag} is missing"));
            String::new()
        })
    };
    let name = given("--name", fields.name, former.name);
    let app_id = given("--app-id", fields.app_id, former.app_id);
    let app_secret = given("--app-secret", fields.app_secret, former.app_secret);
    let token = given("--token", fields.token, former.token);
    let aes_key = given("--aes-key", fields.aes_key, former.aes_key);
    let mode = given("--mode", fields.mode, former.mode);
    let kind = given("--kind", fields.kind, former.kind);
    // An empty one takes the id away: then pushes are not checked for it.
    let original_id = fields.original_id.or(former.original_id);
    let original_id = original_id.filter(|id| !id.is_empty());
    let api_base = fields.api_base.or(former.api_base).unwrap_or_else(|| WECHAT_API.into());
    let api_base = api_base.trim_end_matches('/').to_owned();
    let is_plain = |character: char| !character.is_control() && !matches!(character, '<' | '>');
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    for (is_wrong, flag, what) in [
        (name.trim().is_empty() || name.chars().count() > 30, "--name", "must have 1 to 30 characters"),
        (!name.chars().all(is_plain), "--name", "must be on one line, without < and >"),
        (
            app_secret.is_empty()
                || app_secret.len() > 128
                || !app_secret.bytes().all(|byte| byte.is_ascii_graphic()),
            "--app-secret",
            "must be the AppSecret: letters and digits",
        ),
        (
            original_id.as_ref().is_some_and(|id| id.len() > 32 || !id.bytes().all(is_word)),
            "--original-id",
            "must be the 原始ID, `gh_` and 12 characters; an empty one takes it away",
        ),
        (
            !is_api_base(&api_base),
            "--api-base",
            "must be https:// with a host and perhaps a path (http:// only for this machine or a private network)",
        ),
    ] {
        let is_missing = problems.iter().any(|problem| problem.starts_with(&format!("{flag} is missing")));
        if is_wrong && !is_missing {
            problems.push(format!("{flag} {what}"));
        }
    }
    let app_id = AppId::parse(&app_id);
    let token = Token::parse(&token);
    let aes_key = AesKey::parse(&aes_key);
    let mode = mode.parse::<Mode>();
    let kind = kind.parse::<AccountKind>();
    for (is_wrong, flag, what) in [
        (app_id.is_err(), "--app-id", "must be the AppID: `wx` and 16 hexadecimal digits"),
        (token.is_err(), "--token", "must be 3 to 32 letters and digits"),
        (aes_key.is_err(), "--aes-key", "must be 43 letters and digits"),
        (mode.is_err(), "--mode", "must be plain, compatible or secure"),
        (kind.is_err(), "--kind", "must be subscription or service"),
    ] {
        let is_missing = problems.iter().any(|problem| problem.starts_with(&format!("{flag} ")));
        if is_wrong && !is_missing {
            problems.push(format!("{flag} {what}"));
        }
    }
    if !problems.is_empty() {
        bail!("the account's settings have problems:\n  - {}", problems.join("\n  - "));
    }
    Ok(Settings {
        name,
        app_id: app_id.context("--app-id")?,
        app_secret,
        token: token.context("--token")?,
        aes_key: aes_key.context("--aes-key")?,
        mode: mode.context("--mode")?,
        kind: kind.context("--kind")?,
        verified: fields.verified,
        original_id,
        api_base,
    })
}

/// Whether calls may go there: the AppSecret travels with them, so not in clear through the internet.
fn is_api_base(url: &str) -> bool {
    if url.len() > 255 || url.contains(['?', '#', '@', ' ']) {
        return false;
    }
    if let Some(rest) = url.strip_prefix("https://") {
        return !rest.is_empty();
    }
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    match name.trim_matches(['[', ']']).parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(address)) => address.is_loopback() || address.is_private(),
        Ok(std::net::IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        // A name without a dot is one of a private network, such as a container's.
        Err(_) => !name.is_empty() && !name.contains('.'),
    }
}
