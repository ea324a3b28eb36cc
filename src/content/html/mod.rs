//! Bodies as HTML: made safe on the way in and out, and shown in other forms: plain text, and HTML that WeChat takes.

mod pieces;
mod plain;
mod styles;
mod wechat;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use ammonia::UrlRelative;

pub use self::pieces::{Piece, pieces, written};
pub use self::plain::{excerpt, plain_text};
pub use self::styles::style_value;
pub use self::wechat::for_wechat;

/// Stands where a picture is that could not be brought along, so that somebody puts it in. A notice with such a mark
/// is not published.
pub const MISSING_PICTURE: &str = "【缺图";
const MISSING_STYLE: &str = "background-color: #fff1b8; color: #ad2102";

/// So many times a body is read at most until it stays as it is.
const ROUNDS: usize = 5;

const TAGS: [&str; 46] = [
    "a",
    "b",
    "blockquote",
    "br",
    "caption",
    "code",
    "col",
    "colgroup",
    "del",
    "div",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "ins",
    "dl",
    "dt",
    "dd",
];

/// A body with only what a notice needs. What is left neither runs, nor leaves its place on the page, nor loads anything
/// from elsewhere: pictures are our own, and the others leave a mark (see [`MISSING_PICTURE`]). Doing it twice changes
/// nothing.
pub fn sanitize(html: &str) -> String {
    // Nesting that HTML does not know is put right by reading, and what was put right may be read otherwise again.
    let mut clean = sanitize_once(html);
    for _ in 1..ROUNDS {
        let again = sanitize_once(&clean);
        if again == clean {
            break;
        }
        clean = again;
    }
    clean
}

fn sanitize_once(html: &str) -> String {
    let attributes: HashMap<&str, HashSet<&str>> = [
        ("a", ["href", "title"].into()),
        ("img", ["src", "alt", "title", "width", "height"].into()),
        ("ol", ["start", "type"].into()),
        ("table", ["width", "border", "cellpadding", "cellspacing", "align"].into()),
        ("td", ["colspan", "rowspan", "width", "height", "align", "valign"].into()),
        ("th", ["colspan", "rowspan", "width", "height", "align", "valign", "scope"].into()),
        ("tr", ["align", "valign"].into()),
        ("col", ["span", "width"].into()),
        ("colgroup", ["span", "width"].into()),
    ]
    .into();
    let mut cleaner = ammonia::Builder::default();
    cleaner
        .tags(TAGS.into())
        .clean_content_tags(
            ["script", "style", "title", "noscript", "template", "textarea", "select", "svg", "math"].into(),
        )
        .tag_attributes(attributes)
        .generic_attributes(["style"].into())
        .url_schemes(["http", "https", "tel", "mailto"].into())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer"))
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            (_, "style") => styles::restrained(value).map(Cow::Owned),
            ("img", "src") => is_own_picture(value).then_some(Cow::Borrowed(value)),
            ("a", "href") => is_link(value).then_some(Cow::Borrowed(value)),
            (_, "alt" | "title" | "href") => Some(Cow::Borrowed(value)),
            // What is left are sizes and words such as `center`.
            _ => value
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'%' | b'.'))
                .then_some(Cow::Borrowed(value)),
        });
    let clean = cleaner.clean(html).to_string();
    let mut marked: Vec<Piece> = Vec::new();
    for piece in pieces(&clean) {
        match piece {
            Piece::Start { ref name, .. } if name == "img" && piece.attribute("src").is_none() => {
                marked.extend(missing_picture(piece.attribute("alt").unwrap_or_default()));
            }
            // Readers of HTML pass over a line break that begins such a text, each time that they read it.
            Piece::Text(text) if matches!(marked.last(), Some(Piece::Start { name, .. }) if name == "pre") => {
                marked.push(Piece::Text(text.trim_start_matches('\n').to_owned()));
            }
            other => marked.push(other),
        }
    }
    written(marked).trim().to_owned()
}

fn missing_picture(alt: &str) -> Vec<Piece> {
    let name = "span".to_owned();
    let alt: String = alt.chars().filter(|character| !matches!(character, '【' | '】')).take(40).collect();
    let colon = if alt.is_empty() { "" } else { "：" };
    vec![
        Piece::Start { name: name.clone(), attributes: vec![("style".into(), MISSING_STYLE.into())] },
        Piece::Text(format!("{MISSING_PICTURE}{colon}{alt}】")),
        Piece::End { name },
    ]
}

/// Whether a picture is one of ours: in the media library, or among those that came with files.
pub fn is_own_picture(source: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && !name.contains("..")
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    if let Some(name) = source.strip_prefix("../pictures/") {
        return is_name(name);
    }
    let mut parts = source.strip_prefix("/h/").unwrap_or_default().splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(account), Some("media"), Some(name)) => is_name(account) && is_medium(name),
        (Some(account), Some("pictures"), Some(name)) => is_name(account) && is_name(name),
        _ => false,
    }
}

/// Whether it is a name in the media library: `{hash}.{ending}`.
pub fn is_medium(name: &str) -> bool {
    let Some((hash, ending)) = name.split_once('.') else { return false };
    let is_hash = (32..=64).contains(&hash.len())
        && hash.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let is_ending = (1..=8).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    is_hash && is_ending
}

/// The web, a telephone, an address, or a page of ours.
fn is_link(target: &str) -> bool {
    // Browsers pass over white space and control characters in an address.
    if target.chars().any(char::is_control) {
        return false;
    }
    let lower = target.trim().to_ascii_lowercase();
    ["http://", "https://", "tel:", "mailto:", "/h/", "../"].iter().any(|start| lower.starts_with(start))
}

#[cfg(test)]
mod tests;
