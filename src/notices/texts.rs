//! Every word that the notices say to who works on them, in Simplified Chinese.

pub(super) const NOTICE: &str = "这篇公告";
pub(super) const REVISION: &str = "这个版本";
pub(super) const NO_TITLE: &str = "请填写标题。";
pub(super) const NO_SECTION: &str = "请至少选择一个栏目。";
pub(super) const NO_BODY: &str = "请填写正文。";
pub(super) const PICTURE_IS_MISSING: &str =
    "正文里还有缺少的图片（标有“缺图”的地方），请补上图片或删去标记。";
pub(super) const BODY_TOO_LONG: &str = "正文太长，请删减或拆成几篇。";
pub(super) const NO_MEDIUM: &str = "封面不是素材库里的图片，请重新选择。";
pub(super) const BAD_SECTIONS: &str = "栏目有误，或超过了10个。";
pub(super) const BAD_SUCCESSOR: &str = "请从列表里选择替代本文的公告。";
pub(super) const BAD_KEYWORDS: &str = "关键词最多50个，每个最多32个字。";
pub(super) const BAD_ATTACHMENTS: &str = "附件最多20个，都要来自素材库，并且要有名称。";
pub(super) const ENDS_BEFORE_IT_BEGINS: &str = "失效时间要晚于生效时间。";
pub(super) const UNKNOWN_SECTION: &str = "所选的栏目已不存在，请重新选择。";
pub(super) const NOT_NOW: &str = "公告当前的状态不能这样操作，请刷新页面后再看。";
pub(super) const DROPS_SIGNATURES: &str =
    "修改后，这篇公告会退回草稿，已有的审核签字和定时都会作废。确定要修改吗？";
pub(super) const TIME_IS_PAST: &str = "这个时间已经过去了，请选择以后的时间。";
pub(super) const TIME_IS_FAR: &str = "时间太远了，请选择两年以内的时间。";
pub(super) const WITHDRAWN_BEFORE_PUBLISHED: &str = "下线时间要晚于发布时间。";
pub(super) const NO_REASON: &str = "请写明原因。";
pub(super) const IMPORTED_GONE: &str = "导入内容时已从文件中删去";
pub(super) const WITHDRAWN_BY_TIME: &str = "到了设定的下线时间";
pub(super) const COPY_SUFFIX: &str = "（副本）";
pub(super) const SYSTEM: &str = "系统";
pub(super) const UNKNOWN_PERSON: &str = "已离开的同事";
pub(super) const LATE_LIMIT: &str = "请填写10分钟到7天之间的时间。";

pub(super) fn too_long(length: usize, most: usize) -> String {
    format!("现有{length}个字，最多{most}个字。")
}

/// Somebody else saved it first.
pub(super) fn stale(name: &str, when: &str) -> String {
    format!("{name}在{when}保存过这篇公告，与您打开时的内容已经不同。请先比较，再决定保留哪一份。")
}
