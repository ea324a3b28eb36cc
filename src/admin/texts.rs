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
pub(super) const NO_SUCH_PERSON: &str = "没有这个用户名。请确认是否写对，或新建一个人。";
pub(super) const NO_SUCH_ROLE: &str = "没有这样的角色。";
pub(super) const UNKNOWN_BROWSER: &str = "其他程序";
pub(super) const TOO_MANY_TRIES: &str = "从您的网络尝试登录的次数太多，请过 15 分钟再试。";
pub(super) const BUSY: &str = "登录的人太多，请稍等几秒再试。";
pub(super) const CODE_NEEDED: &str = "请输入验证器应用里的六位验证码。";
pub(super) const WRONG_CODE: &str = "验证码不正确，或已经用过。请等下一个验证码再试。";
pub(super) const WRONG_PASSWORD: &str = "密码不正确。";
pub(super) const SAME_PASSWORD: &str = "新密码不能与旧密码相同。";
pub(super) const SESSION: &str = "这个登录";
pub(super) const FACTOR_ON: &str = "两步验证已经开启。";
pub(super) const FACTOR_OFF: &str = "两步验证没有开启。";
pub(super) const BAD_NAME: &str = "用户名只能用 2 到 64 个小写字母、数字和 - _ . 。";
pub(super) const NAME_TAKEN: &str = "这个用户名已经有人用了。";
pub(super) const BAD_DISPLAY_NAME: &str = "姓名要有 1 到 64 个字。";
pub(super) const NO_ROLES: &str = "请至少选一个角色。";
pub(super) const NO_SUCH_ACCOUNT: &str = "没有这个公众号。";
pub(super) const ROLE_WITHOUT_ACCOUNT: &str = "这个角色要指明公众号。";
pub(super) const ROLE_WITH_ACCOUNT: &str = "镇级查看和所有者不属于某个公众号。";
pub(super) const ROLE_NOT_YOURS: &str = "只有系统所有者可以授予这个角色。";
pub(super) const NOT_ONESELF: &str = "不能修改自己的角色，也不能停用自己。请另一位管理员来做。";
pub(super) const OWN_IN_MY_ACCOUNT: &str = "自己的密码和两步验证请在「我的账户」里修改。";
pub(super) const LAST_OWNER: &str = "这是最后一位所有者，不能停用，也不能撤销。";
pub(super) const WORKS_ELSEWHERE: &str = "这个人还在别的公众号工作，请系统所有者来做。";

pub(super) fn browser_on(system: &str, browser: &str) -> String {
    format!("{system} 上的 {browser}")
}

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

pub(super) const TRAIL: &str = "审计日志";
/// With their widths in characters.
pub(super) const TRAIL_COLUMNS: [(&str, f64); 10] = [
    ("序号", 8.0),
    ("时间", 20.0),
    ("操作人", 16.0),
    ("来源地址", 18.0),
    ("公众号", 16.0),
    ("操作", 20.0),
    ("对象", 30.0),
    ("修改前", 40.0),
    ("修改后", 40.0),
    ("校验值", 20.0),
];

/// Who did something, when it was nobody who signed in.
pub(super) fn actor(name: &str) -> &str {
    match name {
        "(command line)" => "命令行",
        "(schedule)" => "系统",
        "(unknown)" => "未知用户",
        name => name,
    }
}

/// What was done. One that has no words here is told as the program calls it.
pub(super) fn action(action: &str) -> String {
    let whole = match action {
        "session.open" => "登录",
        "session.close" => "退出登录",
        "session.refuse" => "登录被拒绝",
        "session.refuse_more" => "登录被拒绝（合计）",
        "session.end" => "退出一个登录",
        "session.end_others" => "退出其他登录",
        "person.add" => "新建人员",
        "person.grant" => "修改角色",
        "person.rename" => "修改姓名",
        "person.disable" => "停用人员",
        "person.enable" => "启用人员",
        "person.change_password" => "修改自己的密码",
        "person.reset_password" => "重置密码",
        "person.reset_factor" => "重置两步验证",
        "factor.turn_on" => "开启两步验证",
        "factor.turn_off" => "关闭两步验证",
        "factor.recover" => "使用恢复码",
        "factor.renew_codes" => "更换恢复码",
        "audit.export" => "导出审计日志",
        "audit.prune" => "清理到期的审计日志",
        _ => "",
    };
    if !whole.is_empty() {
        return whole.into();
    }
    let in_two =
        action.split_once('.').and_then(|(thing, verb)| Some((thing_name(thing)?, verb_name(verb)?)));
    in_two.map_or_else(|| action.to_owned(), |(thing, verb)| format!("{verb}{thing}"))
}

fn thing_name(thing: &str) -> Option<&'static str> {
    Some(match thing {
        "notice" => "公告",
        "section" => "栏目",
        "menu" => "菜单",
        "rule" | "answer" => "自动回复",
        "media" => "媒体文件",
        "word" => "词库",
        "follower" => "关注者",
        "conversation" => "会话",
        "place" => "地点",
        "contact" => "联系方式",
        "event" => "活动",
        "account" => "公众号",
        "comment" => "批注",
        "review" => "审核",
        _ => return None,
    })
}

fn verb_name(verb: &str) -> Option<&'static str> {
    Some(match verb {
        "add" | "create" => "新建",
        "change" | "save" | "edit" | "update" => "修改",
        "remove" | "delete" => "删除",
        "publish" => "发布",
        "withdraw" => "撤回",
        "expire" => "到期下线",
        "schedule" => "定时发布",
        "submit" => "送审",
        "sign" | "approve" => "审核通过",
        "reject" | "return" => "退回",
        "restore" => "恢复",
        "import" => "导入",
        "export" => "导出",
        "remark" => "备注",
        "tag" => "标记",
        "upload" => "上传",
        "move" | "sort" | "order" => "调整",
        "push" => "推送",
        _ => return None,
    })
}
