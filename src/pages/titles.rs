//! Titles and descriptions of pages that are no content of the account.

pub(super) const LANDING: &str = "希望树演示";
pub(super) const LANDING_DESCRIPTION: &str = "在浏览器里的手机上试用社区公众号：关注、点菜单、提问、看网页。";
pub(super) const ANSWER: &str = "完整答复";
pub(super) const NOT_FOUND: &str = "没有找到这个页面";
pub(super) const INTERNAL: &str = "页面暂时打不开";

pub(super) fn home_description(account: &str) -> String {
    format!("{account}的政策告知、生活小贴士、社区地图、联系电话和社区活动，都在这里。")
}
