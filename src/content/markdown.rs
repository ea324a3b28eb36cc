//! Markdown as editors keep it in files, made into HTML that is safe to show.

use pulldown_cmark::{Event, Options, Parser, Tag, html};

/// The HTML of a Markdown text. Raw HTML in it is shown as text, and what remains goes through the
/// sanitizer, so that neither a file nor a later editor can bring a script in.
pub(super) fn to_html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(markdown, options).map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        // Pictures are kept by name and shown through the account's own address.
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            let name = dest_url.strip_prefix("pictures/").map(str::to_owned);
            let dest_url = name.map_or(dest_url, |name| format!("../pictures/{name}").into());
            Event::Start(Tag::Image { link_type, dest_url, title, id })
        }
        other => other,
    });
    let mut unsafe_html = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut unsafe_html, events);
    sanitize(&unsafe_html)
}

/// HTML with only what a notice needs: text, lists, tables, links to the web, a telephone or the account's
/// own pages, and pictures.
fn sanitize(unsafe_html: &str) -> String {
    ammonia::Builder::default()
        .url_schemes(["http", "https", "tel", "mailto"].into())
        .link_rel(Some("noopener noreferrer"))
        .clean(unsafe_html)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html_without_anything_that_runs() {
        let html = to_html("## 停电\n\n<script>alert(1)</script>\n\n[点](javascript:alert(1)) **先看电闸**");
        assert!(html.contains("<h2>停电</h2>") && html.contains("<strong>先看电闸</strong>"), "{html}");
        assert!(!html.contains("<script") && !html.contains("javascript:"), "{html}");
    }

    #[test]
    fn a_picture_is_shown_through_the_accounts_address() {
        let html = to_html("![电闸](pictures/power.png)");
        assert!(html.contains("src=\"../pictures/power.png\"") && html.contains("alt=\"电闸\""), "{html}");
    }

    #[test]
    fn a_table_stays_a_table() {
        assert!(to_html("|a|b|\n|-|-|\n|1|2|").contains("<td>1</td>"));
    }
}
