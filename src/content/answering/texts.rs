//! What is said of answers, patterns and hours that cannot be, in Simplified Chinese.

use super::{AnswerFault, Part, PatternFault};

pub(super) fn advice(fault: &AnswerFault) -> String {
    match fault {
        AnswerFault::Missing(part) => format!("请填写{}。", name(*part)),
        AnswerFault::TooLong { part, length, limit } => {
            format!("{}太长：现在是 {length} 个字，最多 {limit} 个字。", name(*part))
        }
        AnswerFault::UnsafeLink => {
            "链接只能以 https://、http://、weixin:// 或 tel: 开头，否则居民的手机打不开。".into()
        }
        AnswerFault::NotAUrl(part) => {
            format!("{}不是网址：应以 http:// 或 https:// 开头，中间没有空格。", name(*part))
        }
        AnswerFault::Cards(count) => format!("现在有 {count} 张卡片，应为 1 到 8 张。"),
        AnswerFault::Answers(count) => format!("现在有 {count} 条答复，应为 1 到 10 条。"),
        AnswerFault::Control(part) => format!("{}含有看不见的字符，请删去后重新输入。", name(*part)),
    }
}

pub(super) fn pattern_advice(fault: &PatternFault) -> String {
    match fault {
        PatternFault::Empty => "请填写表达式。".into(),
        PatternFault::TooLong(length) => format!("表达式太长：现在是 {length} 个字，最多 200 个字。"),
        PatternFault::TooMany(count) => format!("现在有 {count} 个表达式，最多 10 个。"),
        PatternFault::Invalid(problem) => format!("表达式写错了：{problem}"),
        PatternFault::TooLarge => "表达式太复杂，请减少重复次数或分成几条规则。".into(),
        PatternFault::MatchesEverything => {
            "这个表达式连空白也匹配，会回答居民的每一句话，请写得更具体。".into()
        }
    }
}

fn name(part: Part) -> &'static str {
    match part {
        Part::Text => "文字",
        Part::Section => "栏目",
        Part::Article => "文章",
        Part::Title => "标题",
        Part::Description => "说明",
        Part::Picture => "图片地址",
        Part::Url => "网址",
        Part::MediaId => "微信素材编号",
        Part::Agent => "客服账号",
    }
}
