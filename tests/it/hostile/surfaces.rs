//! Where something hostile would show, and how it is known.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use hopetree::content::html::{Piece, pieces};
use hopetree::sheets;
use reqwest::Method;
use serde_json::Value;

use crate::support::{Console, Hopetree};

/// Elements that a text of ours never has.
const FORBIDDEN: [&str; 17] = [
    "script", "iframe", "object", "embed", "base", "form", "button", "input", "svg", "math", "style",
    "video", "audio", "details", "template", "noscript", "frame",
];
/// Attributes that hold an address.
const ADDRESSES: [&str; 8] =
    ["href", "src", "action", "formaction", "data", "poster", "xlink:href", "background"];

/// What in a text of HTML would run, load from elsewhere, or lie over the page.
pub fn dangers(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in pieces(html) {
        let Piece::Start { name, attributes } = piece else { continue };
        if FORBIDDEN.contains(&name.as_str()) {
            found.push(format!("<{name}>"));
        }
        for (attribute, value) in attributes {
            let is_code = ADDRESSES.contains(&attribute.as_str()) && is_code(&value);
            let lower = value.to_lowercase();
            let is_loud = attribute == "style"
                && ["url(", "expression", "position", "@import"].iter().any(|word| lower.contains(word));
            if attribute.starts_with("on")
                || attribute == "srcdoc"
                || attribute == "http-equiv"
                || is_code
                || is_loud
            {
                found.push(format!("<{name} {attribute}={value:?}>"));
            }
        }
    }
    found
}

/// Whether a browser would run what stands in the place of an address.
fn is_code(address: &str) -> bool {
    let bare: String =
        address.chars().filter(|character| !character.is_whitespace() && !character.is_control()).collect();
    let bare = bare.to_lowercase();
    ["javascript:", "vbscript:", "data:text", "data:image/svg"].iter().any(|scheme| bare.starts_with(scheme))
}

/// Where the links of a page lead to, of the pages of this account.
pub fn links(page: &str) -> Vec<String> {
    let links =
        pieces(page).into_iter().filter(|piece| matches!(piece, Piece::Start { name, .. } if name == "a"));
    let links =
        links.filter_map(|link| link.attribute("href").map(|href| href.replace("https://wx.example.cn", "")));
    let own = links.filter(|href| href.starts_with("/h/hope/") && !href.starts_with("/h/hope/media/"));
    own.map(|href| href.split('#').next().unwrap_or_default().to_owned()).collect()
}

/// A page of the residents'; gives it.
pub async fn check_page(app: &Hopetree, path: &str) -> String {
    let response = app.http.get(format!("{}{path}", app.url)).send().await.unwrap();
    let status = response.status().as_u16();
    assert!([200, 303, 404].contains(&status), "{path}: {status}");
    let header =
        |name: &str| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let (policy, kind, sniffing) =
        (header("content-security-policy"), header("content-type"), header("x-content-type-options"));
    let page = response.text().await.unwrap();
    if status == 200 && !path.contains("/pictures/") {
        assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{path}: {policy}");
        assert!(kind.starts_with("text/html; charset=utf-8"), "{path}: {kind}");
        assert_eq!(sniffing, "nosniff", "{path}");
        let found: Vec<String> = dangers(&page).into_iter().filter(|danger| !is_ours(danger)).collect();
        assert!(found.is_empty(), "{path}: {found:?}");
        assert!(!page.contains("49490"), "{path}: a template ran");
    }
    page
}

/// What the pages have themselves.
fn is_ours(danger: &str) -> bool {
    let is_icon = danger.starts_with("<link href=\"data:image/svg+xml,%3Csvg");
    is_icon || ["<svg>", "<form>", "<button>", "<input>"].contains(&danger)
}

/// An answer of the API: JSON that nobody takes for a page, and in it no HTML that does anything.
pub async fn check_answer(console: &Console<'_>, path: &str) {
    let response = console.request(Method::GET, path).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    assert!([200, 400, 404, 422].contains(&status), "{path}: {status}");
    assert!(headers["content-type"].to_str().unwrap().starts_with("application/json"), "{path}: {headers:?}");
    assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
    assert_eq!(headers["cache-control"], "no-store", "{path}");
    check_value(path, &response.json().await.unwrap());
}

pub fn check_value(path: &str, value: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if let Some(text) = field.as_str() {
                    let found = if name.contains("html") { dangers(text) } else { Vec::new() };
                    assert!(found.is_empty(), "{path}: {name}: {found:?}");
                    let is_link = ["href", "link", "url", "thumb_url"].contains(&name.as_str());
                    // An editor's draft of a menu is given back as it was typed, with what is wrong.
                    assert!(path.contains("/menu") || !(is_link && is_code(text)), "{path}: {name}: {text}");
                }
                check_value(path, field);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| check_value(path, item)),
        _ => (),
    }
}

/// A sheet: texts only, whatever they begin with.
pub async fn check_sheet(console: &Console<'_>, path: &str, is_written: bool) {
    let response = console.request(Method::GET, path).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (200, &sheets::CONTENT_TYPE.parse().unwrap()),
        "{path}"
    );
    assert!(response.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"), "{path}");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(response.bytes().await.unwrap())).unwrap();
    let mut texts = String::new();
    for name in book.sheet_names() {
        let formulas = book.worksheet_formula(&name).unwrap();
        assert_eq!(formulas.used_cells().next(), None, "{path}: a formula");
        let range = book.worksheet_range(&name).unwrap();
        texts.extend(range.used_cells().map(|(_, _, cell)| format!("{cell}\n")));
    }
    // What begins as a formula is there, as the text that it is.
    assert!(
        !is_written || texts.lines().any(|line| line.starts_with("=HYPERLINK(") || line.starts_with("@SUM(")),
        "{path}: {texts}"
    );
}
