//! What the bench says, in Simplified Chinese.

use crate::content::answering::Choice;

pub(super) const NOTHING: &str = "这种消息不需要答复。";
pub(super) const OTHER: &str = "用内置的文字答复。";
pub(super) const MENU: &str = "居民要看菜单（或只发了问候、标点），答复带数字的栏目菜单。";
pub(super) const TROUBLE: &str = "程序出错了，居民会看到一句道歉。请把这句话告诉系统管理员。";
pub(super) const NO_WORD: &str = "句子里没有它的关键词。";
pub(super) const EMPTY_SENTENCE: &str = "请输入 1 到 600 个字。";

pub(super) fn section(title: &str) -> String {
    format!("这句话正好是栏目“{title}”的序号、名称或别名，栏目优先于关键词规则。")
}

pub(super) fn by_rule(place: usize, count: usize, choice: Choice) -> String {
    match (count, choice) {
        (0 | 1, _) => "由一条关键词规则答复。".into(),
        (count, Choice::Turns) => {
            format!("由一条关键词规则答复；它有 {count} 条答复轮流使用，这里显示第 {} 条。", place + 1)
        }
        (count, Choice::Random) => {
            format!("由一条关键词规则答复；它有 {count} 条答复随机使用，这里显示第 {} 条。", place + 1)
        }
    }
}

pub(super) fn article(title: &str) -> String {
    format!("没有规则命中，但句子里提到了文章“{title}”的标题或关键词。")
}

pub(super) fn section_named(title: &str) -> String {
    format!("没有规则命中，但句子里提到了栏目“{title}”。")
}

pub(super) fn welcome(is_own: bool) -> String {
    if is_own {
        "关注时发送您设置的欢迎语。".into()
    } else {
        "关注时发送内置的欢迎语。".into()
    }
}

pub(super) fn not_found(is_own: bool) -> String {
    let whose = if is_own { "您设置的" } else { "内置的" };
    format!("没有规则、文章或栏目与它有关，用{whose}默认答复。")
}

pub(super) fn answers(word: &str) -> String {
    format!("由它答复：命中了“{word}”，而且排在最前面。")
}

pub(super) fn too_late(word: &str) -> String {
    format!("也命中了“{word}”，但排在后面，轮不到它。")
}

pub(super) fn before_rules(word: &str) -> String {
    format!("命中了“{word}”，但这句话在轮到规则以前就已有答复，或者它指向的内容不存在。")
}

pub(super) fn leads_nowhere(word: &str) -> String {
    format!("命中了“{word}”，但它指向的栏目或文章不存在、已过期，或者这个公众号发不了，所以轮到下一条。")
}

pub(super) fn out_of_hours(word: &str) -> String {
    format!("命中了“{word}”，但现在不在它的答复时段。")
}

pub(super) fn disabled(word: &str) -> String {
    format!("命中了“{word}”，但它已停用。")
}

pub(super) fn broken(problem: &str) -> String {
    format!("这条规则不会起作用：{problem}")
}

pub(super) const NEVER_A_WORD: &str = "它的关键词去掉标点和空格以后什么也不剩，永远不会命中。";

pub(super) fn gone(what: &str, slug: &str) -> String {
    format!("它的答复指向{what}“{slug}”，但那里已经没有内容了，居民问到时会轮到下一条规则。")
}

pub(super) fn duplicate(word: &str, other: &str) -> String {
    format!("关键词“{word}”和前面的规则“{other}”重复，总是由前面那条答复。")
}

pub(super) fn overlap(word: &str, by: &str, other: &str) -> String {
    format!("居民问“{word}”时，前面的规则“{other}”会因为“{by}”先答复。")
}

pub(super) fn never(other: &str) -> String {
    format!(
        "它永远轮不到：它的每个关键词都会先被前面的规则“{other}”等答复。请提高它的优先级，或者删去重复的关键词。"
    )
}

pub(super) fn always_a_section(word: &str, title: &str) -> String {
    format!("“{word}”正好是栏目“{title}”的名称或别名，居民这样问时总是由栏目答复。")
}

pub(super) fn always_help(word: &str) -> String {
    format!("“{word}”是查看菜单的口令，居民这样问时总是看到菜单。")
}

pub(super) fn never_before_sections() -> String {
    "它永远轮不到：它的每个关键词都是栏目的名称或菜单口令，那些总是优先。".into()
}
