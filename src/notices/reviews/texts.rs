//! Every word that the reviews say, in Simplified Chinese.

use super::Stage;

pub(super) const COMMENT: &str = "这条批注";
pub(super) const SAY_WHY: &str = "请写明退回的原因和要修改的地方。";
pub(super) const GIVE_A_REASON: &str = "请写明为什么可以保留。";
pub(super) const NOTHING_TO_HURRY: &str = "本账号只需一次审核，不需要走加急。";
pub(super) const SAME_PERSON: &str =
    "您撰写过或审核过这篇公告。撰稿人和各级审核人必须是不同的人，请由其他同事审核。";
pub(super) const NOT_ALLOWED: &str = "您没有这一级审核的权限。";
pub(super) const OTHER_CONTENT: &str =
    "公告的内容刚刚有了变化，与您看到的不同，签字没有生效。请看过新的内容再审。";
pub(super) const BLOCKED: &str = "检查还有错误没有改正，改好后才能提交或签字。";
pub(super) const EMPTY: &str = "请填写内容。";
pub(super) const URGENT_REASON: &str = "请写明加急的原因。";
pub(super) const BAD_PASSAGE: &str = "批注的位置不正确，请重新选择文字。";
pub(super) const TOO_MANY_COMMENTS: &str = "批注太多，请先处理已有的批注。";
pub(super) const NOT_AN_ANSWER: &str = "只能对整条批注作答或标记已处理。";
pub(super) const REVIEWS_RANGE: &str = "审核次数只能是1、2或3次，不能没有审核。";
pub(super) const SETTING_REASON: &str = "少于三次审核的，请写明理由，理由会留在操作记录里。";

pub(super) fn too_long(most: usize) -> String {
    format!("最多{most}个字。")
}

pub(super) fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::First => "一审",
        Stage::Second => "二审",
        Stage::Third => "三审",
    }
}

/// What a change of the content took away.
pub(super) fn dropped(stages: &[Stage]) -> String {
    if stages.is_empty() {
        return "内容有修改，退回草稿，需要重新提交。".into();
    }
    let names: Vec<&str> = stages.iter().map(|name| stage(*name)).collect();
    format!("内容有修改，{}的签字作废，需要重新提交。", names.join("、"))
}
