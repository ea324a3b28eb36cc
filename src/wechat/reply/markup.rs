//! The little mark-up that the client understands in texts: links (§5).

use std::fmt::Write;

/// A resident's own words, to be repeated to them: without tags and without `<` and `>`, so that they cannot become
/// a link, and on one line: line ends and tabs become spaces, other control characters are dropped.
pub fn strip_markup(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(opened) = rest.find('<') {
        kept.push_str(&rest[..opened]);
        // Without a `>` anywhere after it, a `<` is no tag; the rest is then looked at once more only.
        match rest[opened..].find('>') {
            Some(length) => rest = &rest[opened + length + 1..],
            None => {
                rest = &rest[opened..];
                break;
            }
        }
    }
    kept.push_str(rest);
    without_brackets(&kept)
}

/// On one line, without `<`, `>` and control characters: what a label may be. A label that is all brackets keeps
/// what is inside them.
fn without_brackets(text: &str) -> String {
    text.replace("\r\n", " ")
        .chars()
        .filter_map(|character| match character {
            '<' | '>' => None,
            '\n' | '\r' | '\t' => Some(' '),
            other if other.is_control() => None,
            other => Some(other),
        })
        .collect()
}

/// A link that opens a page. What would end the attribute is percent-encoded in `url`, and mark-up is stripped from
/// `label`.
pub fn link(url: &str, label: &str) -> String {
    format!("<a href=\"{}\">{}</a>", attribute(url), without_brackets(label))
}

/// A link that sends `content` as if the resident had written it, with `id` as its `bizmsgmenuid`. Both are
/// percent-encoded where the platform reserves a character; Chinese stays as it is.
pub fn menu_link(label: &str, content: &str, id: &str) -> String {
    format!(
        "<a href=\"weixin://bizmsgmenu?msgmenucontent={}&msgmenuid={}\">{}</a>",
        query_value(content),
        query_value(id),
        without_brackets(label)
    )
}

/// A link that opens a page of a mini program, or `url` on old clients. The mini program must be linked to the
/// account (else 45064 or 45086).
pub fn mini_program_link(url: &str, app_id: &str, page_path: &str, label: &str) -> String {
    format!(
        "<a href=\"{}\" data-miniprogram-appid=\"{}\" data-miniprogram-path=\"{}\">{}</a>",
        attribute(url),
        attribute(app_id),
        attribute(page_path),
        without_brackets(label)
    )
}

/// The longest beginning of `text` that has at most `max` bytes and does not end within a character.
pub fn truncate_bytes(text: &str, max: usize) -> &str {
    &text[..text.floor_char_boundary(max)]
}

fn attribute(text: &str) -> String {
    escape(text, |character| matches!(character, '"' | '\'' | '<' | '>' | ' ' | '\\' | '`'))
}

fn query_value(text: &str) -> String {
    escape(text, |character| {
        character.is_ascii() && !character.is_ascii_alphanumeric() && !"-._~".contains(character)
    })
}

/// Percent-encodes the ASCII characters that are `reserved`, and drops control characters.
fn escape(text: &str, reserved: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !character.is_control()) {
        if reserved(character) {
            write!(escaped, "%{:02X}", u32::from(character)).expect("writing to a String cannot fail");
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, proptest};

    use super::{link, menu_link, mini_program_link, strip_markup, truncate_bytes};

    #[test]
    fn a_resident_cannot_smuggle_a_link_into_our_answer() {
        assert_eq!(strip_markup("<a href=\"http://evil\">点我</a>"), "点我");
        assert_eq!(strip_markup("一\r\n二\n三\t四\u{0}\u{7f}五"), "一 二 三 四五");
        assert_eq!(strip_markup("停水吗👨‍👩‍👧？"), "停水吗👨‍👩‍👧？");
    }

    #[test]
    fn a_link_keeps_its_address_and_its_label_apart() {
        let expected = "<a href=\"https://shequ.example.cn/h?a=1&b=2\">停水通知</a>";
        assert_eq!(link("https://shequ.example.cn/h?a=1&b=2", "停水通知"), expected);
        assert_eq!(link("https://x/\" onclick=\"y", "<b>"), "<a href=\"https://x/%22%20onclick=%22y\">b</a>");
    }

    #[test]
    fn a_menu_link_sends_its_content_whatever_is_in_it() {
        assert_eq!(
            menu_link("3 办事指南", "办事指南", "item-3"),
            "<a href=\"weixin://bizmsgmenu?msgmenucontent=办事指南&msgmenuid=item-3\">3 办事指南</a>"
        );
        assert_eq!(
            menu_link("A&B", "a&b=\"c\" %#<\n", "1/2"),
            "<a href=\"weixin://bizmsgmenu?msgmenucontent=a%26b%3D%22c%22%20%25%23%3C&msgmenuid=1%2F2\">A&B</a>"
        );
    }

    #[test]
    fn a_mini_program_link_has_a_page_for_old_clients() {
        assert_eq!(
            mini_program_link("https://x.cn", "wx1a2b3c4d5e6f7a8b", "pages/index", "办理"),
            "<a href=\"https://x.cn\" data-miniprogram-appid=\"wx1a2b3c4d5e6f7a8b\" \
             data-miniprogram-path=\"pages/index\">办理</a>"
        );
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(truncate_bytes("停水通知", 12), "停水通知");
        assert_eq!(truncate_bytes("停水通知", 11), "停水通");
        assert_eq!(truncate_bytes("停水通知", 9), "停水通");
        assert_eq!(truncate_bytes("停水通知", 2), "");
        assert_eq!(truncate_bytes("ab😀", 5), "ab");
        assert_eq!(truncate_bytes("", 5), "");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_label_or_content_breaks_out_of_a_link(label in ".{0,20}", content in ".{0,20}", id in ".{0,8}") {
            let link = menu_link(&label, &content, &id);
            assert_eq!(link.matches('<').count(), 2);
            assert_eq!(link.matches('>').count(), 2);
            assert_eq!(link.split('>').next().unwrap().matches('"').count(), 2);
            assert!(!link.chars().any(char::is_control));
        }
    }
}
