//! Everything that the sandbox says on the phone.

use crate::wechat::AccountKind;

/// What WeChat shows when an account did not answer, or not in a way that it understands (§4).
pub(super) const FAULT: &str = "该公众号提供的服务出现故障，请稍后再试";

pub(super) const HANDED_TO_AGENTS: &str = "已转给人工客服";
pub(super) const HANDED_TO_AI: &str = "已转给微信的「AI 回复」";
pub(super) const PICTURE: &str = "［图片］";
pub(super) const VOICE: &str = "［语音］";
pub(super) const VIDEO: &str = "［视频］";
pub(super) const SHORT_VIDEO: &str = "［小视频］";
pub(super) const MUSIC: &str = "［音乐］";
pub(super) const MATERIAL: &str = "［公众号素材］（沙盒不保存素材内容）";

pub(super) const NO_SUCH_ACCOUNT: &str = "沙盒里没有这个公众号。";
pub(super) const NO_SUCH_RESIDENT: &str = "沙盒里没有这位居民。";
pub(super) const FOLLOWS_ALREADY: &str = "已经关注了这个公众号。";
pub(super) const FOLLOWS_NOT: &str = "还没有关注这个公众号。";
pub(super) const NO_MENU: &str = "这个公众号还没有菜单。";
pub(super) const NO_SUCH_BUTTON: &str = "菜单里没有这个按钮。";
pub(super) const ONLY_OPENS: &str = "这个按钮只会展开子菜单。";
pub(super) const NO_SCENE_CODES: &str = "只有认证的服务号才有带参数的二维码。";
pub(super) const TOO_BUSY: &str = "沙盒里等待推送的消息太多，请稍后再试。";
pub(super) const LOCAL_ONLY: &str = "沙盒的控制接口只能在本机上使用。";
pub(super) const FOREIGN_ORIGIN: &str = "其他网站不能操作沙盒。";
pub(super) const NO_SUCH_CONTROL: &str = "沙盒没有这个控制接口。";
pub(super) const TEXT_TOO_LONG: &str = "消息不能为空，也不能超过 4096 字节。";
pub(super) const NOT_A_PLACE: &str = "经纬度不对。";
pub(super) const NOT_A_URL: &str = "推送地址应以 http:// 或 https:// 开头。";
pub(super) const TOO_MANY_FOLLOWERS: &str = "关注者不能超过 10 万。";

pub(super) fn not_understood(reason: &dyn std::fmt::Display) -> String {
    format!("请求的内容看不懂：{reason}")
}

pub(super) fn followed(account: &str) -> String {
    format!("关注了「{account}」")
}

pub(super) fn left(account: &str) -> String {
    format!("取消关注了「{account}」")
}

pub(super) fn tapped(button: &str) -> String {
    format!("点了菜单「{button}」")
}

pub(super) fn scanned(scene: &str) -> String {
    format!("扫了二维码「{scene}」")
}

pub(super) fn pushed(title: &str) -> String {
    format!("推送：{title}")
}

pub(super) fn forgery_refused(status: u16) -> String {
    format!("这次推送是伪造的，服务器拒绝了它（HTTP {status}）")
}

pub(super) fn forgery_accepted() -> String {
    "这次推送是伪造的，服务器却接受了它".to_owned()
}

pub(super) fn forgery_lost() -> String {
    "这次推送是伪造的，服务器没有回应".to_owned()
}

pub(super) fn account_kind(kind: AccountKind, verified: bool) -> &'static str {
    match (kind, verified) {
        (AccountKind::Subscription, false) => "未认证订阅号",
        (AccountKind::Subscription, true) => "认证订阅号",
        (AccountKind::Service, false) => "未认证服务号",
        (AccountKind::Service, true) => "认证服务号",
    }
}
