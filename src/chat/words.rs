//! What a resident typed, made comparable: widths, case, spaces, numerals.

/// A question or keyword without what does not matter: full-width letters and digits become half-width,
/// capitals small, spaces and invisible characters go, and so does punctuation at both ends.
pub(super) fn normalize(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|character| {
            !character.is_whitespace() && !character.is_control() && !is_invisible(*character)
        })
        .flat_map(|character| half_width(character).to_lowercase())
        .collect();
    kept.trim_matches(is_punctuation).to_owned()
}

/// Whether nothing but a question mark was typed.
pub(super) fn is_question_mark(text: &str) -> bool {
    let mut marks = text.chars().filter(|character| !character.is_whitespace()).peekable();
    marks.peek().is_some() && marks.all(|character| matches!(half_width(character), '?'))
}

/// The number that a normalized text names: digits, Chinese numerals up to 九十九, or a circled number, also
/// as 第三 or 3号.
pub(super) fn number(normalized: &str) -> Option<i64> {
    let text = ["回复", "我选", "选择", "选", "第"].iter().find_map(|said| normalized.strip_prefix(said));
    let text = text.unwrap_or(normalized);
    let text = text.strip_suffix(['个', '项', '号', '条']).unwrap_or(text);
    if !text.is_empty() && text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    let mut characters = text.chars();
    match (characters.next()?, characters.next(), characters.next(), characters.next()) {
        (circled @ '①'..='⑳', None, None, None) => Some(i64::from(circled as u32 - '①' as u32) + 1),
        ('十' | '拾', None, None, None) => Some(10),
        ('十', Some(ones), None, None) => Some(10 + numeral(ones)?),
        (tens, Some('十'), None, None) => Some(numeral(tens)? * 10),
        (tens, Some('十'), Some(ones), None) => Some(numeral(tens)? * 10 + numeral(ones)?),
        (ones, None, None, None) => numeral(ones),
        _ => None,
    }
}

fn numeral(character: char) -> Option<i64> {
    Some(match character {
        '一' | '壹' => 1,
        '二' | '贰' | '两' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn half_width(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        _ => character,
    }
}

/// Zero-width characters and variation selectors, which keyboards add unasked.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation()
        || matches!(character, '。' | '，' | '、' | '；' | '：' | '“' | '”' | '‘' | '’' | '…' | '—' | '·')
        || matches!(character, '《' | '》' | '【' | '】' | '「' | '」' | '〈' | '〉' | '～')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_case_spaces_and_punctuation_do_not_matter() {
        for text in ["垃圾分类", " 垃圾 分类？", "「垃圾分类」", "垃圾分类。。。", "\u{feff}垃圾分类\n"]
        {
            assert_eq!(normalize(text), "垃圾分类", "{text:?}");
        }
        assert_eq!(normalize("ＡＥＤ在哪"), "aed在哪");
        assert_eq!(normalize("😀"), "😀");
    }

    #[test]
    fn a_number_may_be_written_in_many_ways() {
        for (text, expected) in [
            ("1", Some(1)),
            ("１", Some(1)),
            ("一", Some(1)),
            ("①", Some(1)),
            ("第三", Some(3)),
            ("3号", Some(3)),
            ("回复1", Some(1)),
            ("我选 3", Some(3)),
            ("拾", Some(10)),
            ("10", Some(10)),
            ("十", Some(10)),
            ("⑩", Some(10)),
            ("十二", Some(12)),
            ("二十", Some(20)),
            ("九十九", Some(99)),
            ("3.", Some(3)),
            ("100", None),
            ("一一", None),
            ("3楼", None),
            ("", None),
            ("-3 只猫", None),
        ] {
            assert_eq!(number(&normalize(text)), expected, "{text}");
        }
    }

    #[test]
    fn question_marks_of_both_widths_ask_for_help() {
        assert!(is_question_mark("?") && is_question_mark(" ？？"));
        assert!(!is_question_mark("") && !is_question_mark("停电?"));
    }
}
