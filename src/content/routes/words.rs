//! What the console is told of answers and sections, in Simplified Chinese.

/// The names of records, for `Error::NotFound`.
pub(super) const RULE: &str = "这条规则";
pub(super) const SECTION: &str = "这个栏目";
pub(super) const GREETING: &str = "这种自动答复";

pub(super) const NO_KEYWORDS: &str = "请至少填写一个关键词。";
pub(super) const TOO_MANY_KEYWORDS: &str = "关键词最多 50 个。";
pub(super) const TOO_MANY_RULES: &str = "规则最多 1000 条，请先删除不用的。";
pub(super) const PRIORITY: &str = "优先级应为 -1000 到 1000 的整数。";
pub(super) const NOTE_TOO_LONG: &str = "备注最多 100 个字。";
pub(super) const BAD_SLUG: &str = "编号只能用小写字母、数字和短横线，最多 64 个字符。";
pub(super) const SLUG_TAKEN: &str = "这个编号已经用过了，请换一个。";
pub(super) const NO_AGENTS: &str = "这个公众号没有客服消息权限，不能转给人工客服。";
pub(super) const GREETING_TOO_LONG: &str = "欢迎语和默认答复最多 2048 字节（约 680 个汉字），请缩短。";
pub(super) const AGENT_IN_WELCOME: &str = "关注时不能转给人工客服：微信只允许在居民发来消息时转接。";
pub(super) const NUMBER: &str = "序号应为 1 到 99。";
pub(super) const BAD_PICTURE: &str = "没有这张图片。";
pub(super) const BODY_TOO_LONG: &str = "正文太长，最多 50000 个字。";
pub(super) const TOO_MANY_SECTIONS: &str = "栏目最多 99 个。";

pub(super) fn bad_keyword(word: &str) -> String {
    format!("关键词“{word}”不能用：应为 1 到 32 个字，而且不能只有标点。")
}

pub(super) fn no_such_section(slug: &str) -> String {
    format!("栏目“{slug}”不存在，可能已被删除，请重新选择。")
}

pub(super) fn no_such_article(slug: &str) -> String {
    format!("文章“{slug}”不存在，可能已被删除，请重新选择。")
}

pub(super) fn number_taken(number: i64, title: &str) -> String {
    format!("序号 {number} 已经是“{title}”的了，请换一个。")
}

pub(super) fn length(name: &str, most: usize) -> String {
    format!("{name}应为 1 到 {most} 个字，不能含有换行。")
}
