//! What the console says of conversations.

pub(super) const CONVERSATION: &str = "这段对话";
pub(super) const FOLLOWER: &str = "这位居民的对话";
pub(super) const NO_WORDS: &str = "请输入要查找的文字。";
pub(super) const TOO_MANY: &str = "打开的对话页面太多，请先关闭一些。";

pub(super) const IMAGE: &str = "［图片］";
pub(super) const VOICE: &str = "［语音］";
pub(super) const VIDEO: &str = "［视频］";
pub(super) const LOCATION: &str = "［位置］";
pub(super) const LINK: &str = "［链接］";
pub(super) const MINI_PROGRAM: &str = "［小程序卡片］";
pub(super) const MUSIC: &str = "［音乐］";
pub(super) const UNKNOWN: &str = "［暂不支持显示的消息］";
pub(super) const GONE: &str = "［已按保存期限删除］";
pub(super) const HANDED_OVER: &str = "已转给微信客服";
pub(super) const HANDED_TO_AI: &str = "已转给微信的 AI 回复";

pub(super) const FOLLOWED: &str = "关注了公众号";
pub(super) const LEFT: &str = "取消关注了公众号";
pub(super) const PHOTO: &str = "通过菜单发送了图片";
pub(super) const PLACE: &str = "通过菜单选择了位置";

pub(super) fn followed_by(scene: &str) -> String {
    format!("扫描二维码（{scene}）关注了公众号")
}

pub(super) fn scanned(scene: &str) -> String {
    format!("扫描了二维码（{scene}）")
}

pub(super) fn scanned_code(result: &str) -> String {
    format!("通过菜单扫描了“{result}”")
}

pub(super) fn tapped(button: &str) -> String {
    format!("点了菜单“{button}”")
}

pub(super) fn opened(button: &str) -> String {
    format!("通过菜单打开了“{button}”")
}
