//! What signing in and permissions say to people.

use super::{PasswordFault, Role};

pub(super) const SIGNED_OUT: &str = "请先登录。";
pub(super) const EXPIRED: &str = "登录已过期，请重新登录。";
pub(super) const NO_TOKEN: &str = "页面已过期，请刷新后再试。";
pub(super) const FOREIGN_SITE: &str = "这个操作来自别的网站，已被拒绝。";
pub(super) const MUST_CHANGE_PASSWORD: &str = "请先修改初始密码。";
pub(super) const NOT_ALLOWED: &str = "您没有这项权限。如有需要，请联系社区的管理员。";
pub(super) const OWNERS_ONLY: &str = "只有系统所有者可以这样做。";
pub(super) const ACCOUNT: &str = "这个公众号";
pub(super) const PERSON: &str = "这个人";
pub(super) const NO_SUCH_ROLE: &str = "没有这样的角色。";
pub(super) const WRONG_CREDENTIALS: &str = "用户名或密码不正确。";

pub fn password_fault(fault: PasswordFault) -> &'static str {
    match fault {
        PasswordFault::TooShort => "密码至少要有 10 个字符。可以用几个不相干的词连起来。",
        PasswordFault::TooLong => "密码最多 128 个字符。",
        PasswordFault::Known => "这个密码太常见，很容易被猜到，请换一个。",
        PasswordFault::Name => "密码里不要包含用户名。",
        PasswordFault::Monotone => "密码里重复的字符太多，请换一个。",
    }
}

/// Too many wrong passwords.
pub(super) fn locked(minutes: u64) -> String {
    format!("密码输错的次数太多，请在 {} 分钟后再试。", minutes.max(1))
}

/// What the person of a role is called in the demo.
pub(super) fn demo_person(role: Role) -> &'static str {
    match role {
        Role::Editor => "林小满",
        Role::Reviewer => "周建国",
        Role::Publisher => "沈敏",
        Role::Agent => "唐悦",
        Role::Admin => "顾安",
        Role::Town => "陆远",
        Role::Owner => "许知行",
    }
}
