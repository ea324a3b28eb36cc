//! What the API's error codes mean, and what helps (§6.5). The sentences are for office workers, in Chinese.

mod calls;
mod features;
mod inputs;

use std::time::Duration;

/// The platform is busy.
pub const BUSY: i64 = -1;
/// The access token is not the latest, or the AppSecret is wrong.
pub const BAD_CREDENTIAL: i64 = 40_001;
/// The resident does not follow, or the OpenID belongs to another account.
pub const BAD_OPENID: i64 = 40_003;
/// No such AppID.
pub const BAD_APP_ID: i64 = 40_013;
/// No such access token.
pub const BAD_TOKEN: i64 = 40_014;
/// The AppSecret is wrong.
pub const BAD_APP_SECRET: i64 = 40_125;
/// Our address is not on the account's list (IP 白名单); the message of the answer names it.
pub const IP_NOT_ALLOWED: i64 = 40_164;
/// The access token is missing.
pub const NO_TOKEN: i64 = 41_001;
/// The access token is too old.
pub const TOKEN_EXPIRED: i64 = 42_001;
/// The daily limit of a call is used up.
pub const DAILY_LIMIT: i64 = 45_009;
/// The time in which the resident may be written to is over, or they left.
pub const WINDOW_CLOSED: i64 = 45_015;
/// As many messages as one push allows have been sent.
pub const ALLOWANCE_USED: i64 = 45_047;
/// There is no menu.
pub const NO_MENU: i64 = 46_003;
/// The account's kind has no permission for the call.
pub const UNAUTHORIZED: i64 = 48_001;

/// What helps against an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Trying again later, if the call may be repeated at all.
    Retry,
    /// A new access token, and then trying once more.
    RefreshToken,
    /// Another input: an editor or a developer has to change something.
    FixInput,
    /// Other settings or permissions: an admin has to act.
    Configuration,
    /// Waiting until the quota is renewed.
    Quota,
    /// Nothing, for this recipient; others are not affected.
    Recipient,
    /// Nothing: what was wanted is so already, or it does not matter.
    Harmless,
}

/// What an error code means, and what helps. Both sentences end with a full stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What happened.
    pub meaning: &'static str,
    /// What helps, for a program.
    pub remedy: Remedy,
    /// What helps, for a person.
    pub what_to_do: &'static str,
    /// How long to wait before trying again; only with [`Remedy::Retry`].
    pub wait: Option<Duration>,
}

/// Explains an `errcode`. Those that the platform does not document get a general explanation.
///
/// `40001` in answer to the call for a token itself means a wrong AppSecret, which no new token helps.
pub fn explain(code: i64) -> Explanation {
    [calls::ROWS, inputs::ROWS, features::ROWS]
        .into_iter()
        .find_map(|rows| find(rows, code))
        .unwrap_or(UNKNOWN)
}

/// Why a mass sending was not let through: the number in the status `err(num)` of MASSSENDJOBFINISH (§3.3).
pub fn mass_send_refusal(number: u32) -> &'static str {
    match number {
        10_001 => "涉嫌广告。",
        20_001 => "涉嫌政治。",
        20_002 => "涉嫌色情。",
        20_004 => "涉嫌社会。",
        20_006 => "涉嫌违法犯罪。",
        20_008 => "涉嫌欺诈。",
        20_013 => "涉嫌版权。",
        21_000 => "涉嫌其他。",
        22_000 => "涉嫌互推（互相宣传）。",
        30_001 => "原创校验出现系统错误，并且设置了校验失败就不发送。",
        30_002 => "原创校验被判定为不能群发。",
        30_003 => "原创校验被判定为转载，并且设置了转载就不发送。",
        40_001 => "管理员拒绝了这次群发。",
        40_002 => "管理员 30 分钟内没有确认，群发已取消。",
        _ => "微信没有通过这次群发，没有说明原因。",
    }
}

const UNKNOWN: Explanation = Explanation {
    meaning: "微信返回了一个没有说明的错误码。",
    remedy: Remedy::FixInput,
    what_to_do: "请把错误码告诉系统管理员。",
    wait: None,
};

/// What to say when a code means a mistake of this program.
const TELL_ADMIN: &str = "这是系统的问题，请把错误码告诉系统管理员。";
/// What to say when a page that knows the resident was opened with something outdated.
const OPEN_AGAIN: &str = "请从公众号里重新打开这个页面。";

/// One code, or a range of them that means one thing.
struct Row {
    first: i64,
    last: i64,
    explanation: Explanation,
}

impl Row {
    /// Says something else than what is usual for the remedy.
    const fn so(mut self, what_to_do: &'static str) -> Self {
        self.explanation.what_to_do = what_to_do;
        self
    }

    /// Names the wait before trying again.
    const fn after(mut self, seconds: u64) -> Self {
        self.explanation.wait = Some(Duration::from_secs(seconds));
        self
    }

    /// Extends the row to a range of codes.
    const fn until(mut self, last: i64) -> Self {
        self.last = last;
        self
    }
}

const fn row(code: i64, remedy: Remedy, meaning: &'static str) -> Row {
    let (what_to_do, wait) = match remedy {
        Remedy::Retry => ("请过一会儿再试。", Some(Duration::from_secs(1))),
        Remedy::RefreshToken => (
            "系统会自动更新凭证再试；如果一直这样，请管理员检查 AppSecret，并确认没有别的系统在用这个公众号的凭证。",
            None,
        ),
        Remedy::FixInput => ("请修改后再试。", None),
        Remedy::Configuration => ("请管理员到微信的管理后台检查公众号的设置和权限。", None),
        Remedy::Quota => ("请等额度恢复后再试，每日额度在零点恢复。", None),
        Remedy::Recipient => ("这位居民暂时收不到，其他人不受影响。", None),
        Remedy::Harmless => ("不需要处理。", None),
    };
    Row { first: code, last: code, explanation: Explanation { meaning, remedy, what_to_do, wait } }
}

/// The rows are in the order of their codes.
fn find(rows: &[Row], code: i64) -> Option<Explanation> {
    let row = rows.get(rows.partition_point(|row| row.last < code))?;
    (row.first <= code).then_some(row.explanation)
}

#[cfg(test)]
mod tests;
