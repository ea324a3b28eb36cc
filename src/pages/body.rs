//! The one place where stored HTML becomes part of a page: it was sanitized when it was stored, and is fitted
//! into the page here.

use minijinja::Value;

/// Marks a sanitized body as safe to show, after fitting it in.
pub(super) fn fitted(sanitized_html: &str) -> Value {
    Value::from_safe_string(fit(sanitized_html))
}

/// Makes a body's first-level headings second-level (the page's title is the only first), lets wide tables
/// scroll by themselves, and loads pictures when they come near.
fn fit(html: &str) -> String {
    let mut fitted = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (text, from_tag) = rest.split_at(start);
        fitted.push_str(text);
        let (tag, after) = from_tag.split_at(tag_length(from_tag));
        push_tag(&mut fitted, tag);
        rest = after;
    }
    fitted.push_str(rest);
    fitted
}

/// Attribute values may hold `<` and `>` as they are, so that a tag ends at the first `>` outside of quotes.
fn tag_length(from_tag: &str) -> usize {
    let mut quote = None;
    for (index, byte) in from_tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return index + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None | Some(_), _) => {}
        }
    }
    from_tag.len()
}

fn push_tag(fitted: &mut String, tag: &str) {
    match tag_name(tag) {
        "h1" => fitted.push_str(&tag.replacen("h1", "h2", 1)),
        "/h1" => fitted.push_str("</h2>"),
        "img" => fitted.push_str(&tag.replacen("<img", "<img loading=\"lazy\"", 1)),
        "table" => {
            // Whoever uses a keyboard scrolls by the arrow keys, for which the box must take the focus.
            fitted.push_str("<div class=\"ht-scroll\" tabindex=\"0\">");
            fitted.push_str(tag);
        }
        "/table" => {
            fitted.push_str(tag);
            fitted.push_str("</div>");
        }
        _ => fitted.push_str(tag),
    }
}

fn tag_name(tag: &str) -> &str {
    let inner = tag.trim_start_matches('<').trim_end_matches('>');
    inner.split(|character: char| character.is_ascii_whitespace()).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_fitted_into_its_page() {
        assert_eq!(
            fit(
                "<h1>停电</h1><p>a &lt; b</p><table><tr><td>1</td></tr></table><img src=\"../pictures/a.png\" alt=\"表\">"
            ),
            "<h2>停电</h2><p>a &lt; b</p><div class=\"ht-scroll\" tabindex=\"0\"><table><tr><td>1</td></tr></table></div>\
             <img loading=\"lazy\" src=\"../pictures/a.png\" alt=\"表\">"
        );
    }

    #[test]
    fn markup_inside_an_attribute_stays_an_attribute() {
        let html = "<a title=\"<img x> <table> <h1>\" href=\"/\">看</a>";
        assert_eq!(fit(html), html);
        assert_eq!(fit("<img alt='<h1>' src=\"a\">"), "<img loading=\"lazy\" alt='<h1>' src=\"a\">");
    }

    #[test]
    fn a_body_that_ends_within_a_tag_is_kept_as_it_is() {
        assert_eq!(fit("字<b title=\""), "字<b title=\"");
        assert_eq!(fit(""), "");
    }
}
