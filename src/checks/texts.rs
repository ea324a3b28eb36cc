//! What findings say, in Simplified Chinese: what is wrong and why, and what to do about it.

use super::{Level, Word};

type Told = (String, String);

fn told(message: &str, remedy: &str) -> Told {
    (message.into(), remedy.into())
}

pub(super) fn title_missing() -> Told {
    told("没有标题。微信不接收没有标题的文章。", "请填写标题。")
}

pub(super) fn title_long(length: usize, most: usize) -> Told {
    (
        format!("标题有{length}个字，超过{most}个字，在微信里可能显示不全，也可能被拒收。"),
        format!("建议缩短到{most}个字以内；确需保留的，请说明理由。"),
    )
}

pub(super) fn too_long(field: &str, length: usize, most: usize) -> Told {
    (format!("{field}有{length}个字，微信最多接收{most}个字。"), format!("请把{field}缩短到{most}个字以内。"))
}

pub(super) fn title_characters() -> Told {
    told(
        "标题里有表情或不可见的字符，微信可能拒收，读屏软件也读不好。",
        "请删去这些字符；确需保留的，请说明理由。",
    )
}

pub(super) fn digest_missing() -> Told {
    told("没有摘要，微信会截取正文开头54个字，常常断在半句。", "建议用一两句话写明谁、什么时候、做什么。")
}

pub(super) fn source_missing() -> Told {
    told("没有写来源，居民看不出消息由谁发布。", "建议填写发布单位；转载的写明原发布单位。")
}

pub(super) fn cover_missing() -> Told {
    told("没有封面图，推送到微信图文时必须有封面。", "建议选一张封面图；只在网页上看的可以不选。")
}

pub(super) fn validity_reversed() -> Told {
    told("有效期的结束时间早于开始时间。", "请检查有效期的两个时间。")
}

pub(super) fn validity_over() -> Told {
    told("有效期已经过了，发布后会马上显示为已过期。", "请改正结束时间；只为存档的，请说明理由。")
}

pub(super) fn body_missing() -> Told {
    told("正文是空的。", "请填写正文。")
}

pub(super) fn body_too_long(length: usize, most: usize) -> Told {
    (
        format!("正文连同格式有{length}个字符，微信要求少于{most}个。"),
        "请分成几篇，或者用「清除格式」去掉从别处带来的格式。".into(),
    )
}

pub(super) fn body_too_heavy(bytes: usize) -> Told {
    (
        format!("正文连同格式有{}KB，超过微信1MB的上限，其他项目没有检查。", bytes / 1024),
        "请分成几篇；图片要放进素材库，不要直接嵌在正文里。".into(),
    )
}

pub(super) fn picture_lost() -> Told {
    told("这张图片没有带过来，居民看不到。", "请在原来的位置重新插入图片。")
}

pub(super) fn picture_local() -> Told {
    told("这张图片还在您的电脑上，居民看不到。从Word粘贴时常会这样。", "请删去它，从电脑上传同一张图片。")
}

pub(super) fn picture_foreign() -> Told {
    told("这张图片放在别人的网站上，随时可能打不开，在微信里也不显示。", "请把图片存进素材库，再插入正文。")
}

pub(super) fn alt_missing() -> Told {
    told(
        "图片没有说明文字，看不见图片的居民不知道图上是什么。",
        "请用一句话写出图上的内容；纯装饰的请说明理由。",
    )
}

pub(super) fn alt_is_file_name(alt: &str) -> Told {
    (
        format!("图片的说明是「{alt}」，看起来是文件名，听的人不知道图上是什么。"),
        "请改成一句话，写出图上的内容。".into(),
    )
}

pub(super) fn heading_empty() -> Told {
    told("有一个空的小标题，读屏软件会读到一个没有名字的标题。", "请删去它；要留空行，用普通段落。")
}

pub(super) fn heading_first_level() -> Told {
    told("正文里用了一级标题，而文章的标题已经是一级标题。", "请改成二级标题。")
}

pub(super) fn heading_order(before: u8, level: u8) -> Told {
    let name =
        |level: u8| ["一", "二", "三", "四", "五", "六"].get(usize::from(level) - 1).copied().unwrap_or("");
    let before = match before {
        1 => "文章标题".into(),
        other => format!("{}级标题", name(other)),
    };
    let next = name((level - 1).min(6));
    (
        format!("{before}下面直接用了{}级标题，跳过了中间一级，读屏软件会让人以为漏了内容。", name(level)),
        format!("请依次使用标题级别，可以先试{next}级标题；只为字小一点的，请改用字号。"),
    )
}

pub(super) fn link_malformed(why: &str) -> Told {
    (format!("链接打不开：{why}。"), "请重新复制完整的地址，点一下确认能打开。".into())
}

pub(super) fn link_private() -> Told {
    told("链接指向单位内网或者您自己的电脑，居民打不开。", "请换成公开的网址，或者把文件作为附件上传。")
}

pub(super) fn link_insecure() -> Told {
    told(
        "链接是http://开头，传输没有加密，部分手机会提示不安全。",
        "建议改成https://开头的地址，改后点一下确认能打开。",
    )
}

pub(super) fn link_without_text() -> Told {
    told("有一个链接没有文字，居民点不到。", "请写上链接的文字，或者删去这个链接。")
}

pub(super) fn link_vague() -> Told {
    told("链接的文字没有说明会打开什么。", "建议写出内容，例如「查看停水范围」。")
}

pub(super) fn contrast(ratio: f32, least: f32) -> Told {
    (
        format!(
            "这段文字的颜色和背景太接近（对比度{ratio:.1}，至少要{least}），老人和在阳光下看手机的人看不清。"
        ),
        "请换成更深的颜色，或者去掉颜色；确需保留的，请说明理由。".into(),
    )
}

const MASK: &str = "请点「遮盖」，只保留首尾几位；不需要公开的，整段删去。";

pub(super) fn identity() -> Told {
    told("这里有完整的身份证号，公开会泄露个人信息。", MASK)
}

pub(super) fn identity_old() -> Told {
    told(
        "这里像是15位的旧身份证号，公开会泄露个人信息。",
        "是身份证号的，请点「遮盖」；不是的，请说明是什么号码。",
    )
}

pub(super) fn bank_card() -> Told {
    told("这里有银行卡号，公开会泄露个人信息。", MASK)
}

pub(super) fn mobile() -> Told {
    told(
        "这里有手机号，公开会泄露个人信息。",
        "请点「遮盖」；是对外公布的工作电话，请先登记到「联系电话」，登记过的不再提示。",
    )
}

pub(super) fn landline() -> Told {
    told(
        "这里有固定电话，可能是居民家里的号码。",
        "是居民家里的，请点「遮盖」；是公开的服务电话，请说明理由，或者登记到「联系电话」。",
    )
}

pub(super) fn plate() -> Told {
    told("这里有车牌号，能认出车主是谁。", "请点「遮盖」；确需公开的（例如请车主挪车），请说明理由。")
}

pub(super) fn word(word: &Word) -> Told {
    let reason = match word.reason.trim().trim_end_matches('。') {
        "" => "在本账号的词库里".to_owned(),
        reason => reason.to_owned(),
    };
    let remedy = match word.suggestion.as_deref().map(str::trim).filter(|suggestion| !suggestion.is_empty()) {
        Some(suggestion) => format!("建议改成「{suggestion}」。"),
        None => "请改用别的说法，或者删去。".to_owned(),
    };
    (format!("用到了「{}」：{reason}。", word.word), remedy)
}

pub(super) const WORD_HEADING: &str = "词";
pub(super) const REASON: &str = "理由";
pub(super) const SUGGESTION: &str = "建议";
pub(super) const ALLOWED: &str = "允许的说法";
pub(super) const LINES_HEADING: &str = "词\t级别\t理由\t建议\t允许的说法";
pub(super) const WORD_MISSING: &str = "请填写要查找的词。";
pub(super) const REASON_MISSING: &str = "请填写理由，写稿的人会看到。";
pub(super) const WORD_TAKEN: &str = "词库里已经有这个词。";
pub(super) const WORD: &str = "这个词";
pub(super) const SAMPLE: &str = "试一试的文字";

pub(super) fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "错误",
        Level::Warning => "警告",
        Level::Hint => "提示",
    }
}

pub(super) fn longer_than(what: &str, most: usize) -> String {
    format!("{what}最多{most}个字。")
}

pub(super) fn too_many_allowed(most: usize) -> String {
    format!("允许的说法最多{most}条。")
}

pub(super) fn allowed_without_word(text: &str, word: &str) -> String {
    format!("允许的说法「{text}」里没有「{word}」，不会起作用。")
}

pub(super) fn too_many_words(most: u64) -> String {
    format!("词库最多{most}个词，请先删去不用的。")
}

pub(super) fn too_many_lines(most: usize) -> String {
    format!("一次最多导入{most}行，请分几次。")
}

pub(super) fn unknown_level(name: &str) -> String {
    format!("级别「{name}」不认识，请写错误、警告或提示。")
}

pub(super) fn word_twice(word: &str) -> String {
    format!("「{word}」在前面已经出现过。")
}
