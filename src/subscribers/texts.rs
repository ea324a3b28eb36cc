//! What the console says of followers.

use super::{State, source};

pub(super) const FOLLOWER: &str = "这位居民";
pub(super) const TAG: &str = "这个标签";
pub(super) const NO_NAME: &str = "请填写标签名称。";
pub(super) const LONG_NAME: &str = "标签名称最多 15 个字，不能含有控制字符。";
pub(super) const TAKEN: &str = "已有同名的标签。";
pub(super) const FULL: &str = "标签数量已达上限（100 个），请先删除不用的。";
pub(super) const LONG_REMARK: &str = "备注最多 30 个字，不能含有控制字符。";
pub(super) const NOBODY: &str = "请先选择居民，一次最多 500 位。";
pub(super) const BUSY: &str = "正在导出其他文件，请稍后再试。";
pub(super) const SHEET: &str = "关注者";
pub(super) const TITLES: [(&str, u8); 11] = [
    ("标识", 14),
    ("备注", 20),
    ("标签", 24),
    ("状态", 10),
    ("来源", 16),
    ("渠道参数", 18),
    ("首次关注", 18),
    ("最近关注", 18),
    ("最近取消关注", 18),
    ("最近互动", 18),
    ("消息数", 10),
];

/// Whether somebody follows.
pub fn state(state: State) -> &'static str {
    match state {
        State::Following => "已关注",
        State::Left => "已取消关注",
    }
}

/// How somebody came. Names of the platform that we do not know are told as they are.
pub fn source_name(name: &str) -> String {
    match name {
        source::SCENE => "扫描渠道二维码",
        source::SEARCH => "搜索公众号",
        source::SEEN => "启用本系统前已关注",
        source::UNKNOWN => "微信未说明",
        "account_migration" => "公众号迁移",
        "profile_card" => "名片分享",
        "qr_code" => "扫描二维码",
        "profile_link" => "图文页内名称",
        "profile_item" => "图文页右上角菜单",
        "paid" => "支付后关注",
        "wechat_advertisement" => "微信广告",
        "reprint" => "他人转载",
        "livestream" => "视频号直播",
        "channels" => "视频号",
        "wxa" => "小程序",
        "others" => "其他",
        other => return other.into(),
    }
    .into()
}
