//! What the API says to people when a request cannot be done. Features have texts of their own.

pub(super) const STALE: &str = "这条内容刚刚被别人修改过。请先查看新的内容，再决定是否保存。";
pub(super) const INTERNAL: &str = "系统出错了，内容没有保存。请稍后再试；若一再出现，请联系管理员查看日志。";
pub(super) const UNAVAILABLE: &str = "数据库暂时无法访问，内容没有保存。请稍后再试。";
pub(super) const NOT_JSON: &str = "请求的内容不是正确的 JSON。";
pub(super) const HAS_NUL: &str = "内容里有无法保存的字符，请删除后重试。";
pub(super) const NOT_A_QUERY: &str = "网址中的参数不正确。";
pub(super) const BAD_CURSOR: &str = "翻页标记无效，请从第一页重新开始。";
pub(super) const TOO_LARGE: &str = "提交的内容太大。";
pub const NO_SUCH_ADDRESS: &str = "这个地址";
pub const WRONG_METHOD: &str = "这个地址不支持这种操作。";

pub(super) fn not_found(what: &str) -> String {
    format!("没有找到{what}，可能已被删除。")
}

/// What is wrong with a form as a whole, from what is wrong with its fields.
pub(super) fn invalid<'a>(faults: impl ExactSizeIterator<Item = &'a String>) -> String {
    match faults.len() {
        0 | 1 => faults.last().cloned().unwrap_or_default(),
        count => format!("有 {count} 处需要修改。"),
    }
}
