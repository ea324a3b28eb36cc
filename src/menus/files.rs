//! A menu as a TOML file, checked with the line of what is wrong.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use toml::Spanned;

use crate::wechat::Menu;

/// What is wrong with a menu file.
#[derive(Debug, PartialEq, Eq)]
pub struct MenuFault {
    /// From 1.
    pub line: usize,
    pub problem: String,
}

impl fmt::Display for MenuFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for MenuFault {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    button: Vec<Spanned<Button>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Button {
    name: Spanned<String>,
    /// Short for a `click` whose key is the section's name.
    section: Option<Spanned<String>>,
    r#type: Option<Spanned<String>>,
    key: Option<Spanned<String>>,
    url: Option<Spanned<String>>,
    media_id: Option<Spanned<String>>,
    article_id: Option<Spanned<String>>,
    appid: Option<Spanned<String>>,
    pagepath: Option<Spanned<String>>,
    #[serde(default)]
    sub_button: Vec<Spanned<Button>>,
}

/// The menu in a file. `sections` are the names that `section = "…"` may use; none means that any may be used.
///
/// # Errors
/// The first fault, with its line: no TOML, unknown keys, a section that is not there, or what WeChat would
/// refuse (counts, lengths in bytes, missing fields).
pub fn from_toml(text: &str, sections: Option<&[&str]>) -> Result<Menu, MenuFault> {
    let line = |offset: usize| text[..offset.min(text.len())].matches('\n').count() + 1;
    let file: File = toml::from_str(text).map_err(|error| MenuFault {
        line: line(error.span().map_or(0, |span| span.start)),
        problem: error.message().into(),
    })?;
    for button in file.button.iter().flat_map(|top| [top].into_iter().chain(&top.get_ref().sub_button)) {
        if let Err((offset, problem)) = check(button, sections) {
            return Err(MenuFault { line: line(offset), problem });
        }
    }
    let definition =
        json!({ "button": file.button.iter().map(|button| to_json(button.get_ref())).collect::<Vec<_>>() });
    Menu::from_json(&definition)
        .map_err(|error| MenuFault { line: line(locate(&file, &error.path)), problem: error.to_string() })
}

/// The file that [`from_toml`] reads back as this menu. A click on one of `sections` is written as such.
pub fn to_toml(menu: &Menu, sections: &[&str]) -> String {
    let mut text = String::new();
    let definition = menu.to_json();
    for button in definition["button"].as_array().into_iter().flatten() {
        write_button(&mut text, "button", button, sections);
        for child in button["sub_button"].as_array().into_iter().flatten() {
            write_button(&mut text, "button.sub_button", child, sections);
        }
    }
    text
}

fn check(button: &Spanned<Button>, sections: Option<&[&str]>) -> Result<(), (usize, String)> {
    let offset = button.span().start;
    let button = button.get_ref();
    let Some(section) = &button.section else { return Ok(()) };
    if button.r#type.is_some() || button.key.is_some() {
        return Err((offset, "a button has either `section`, or `type` and its fields".into()));
    }
    match sections {
        Some(known) if !known.contains(&section.get_ref().as_str()) => {
            let problem =
                format!("there is no section `{}`; there are {}", section.get_ref(), known.join(", "));
            Err((section.span().start, problem))
        }
        _ => Ok(()),
    }
}

fn to_json(button: &Button) -> Value {
    let mut json = Map::new();
    json.insert("name".into(), button.name.get_ref().as_str().into());
    if let Some(section) = &button.section {
        json.insert("type".into(), "click".into());
        json.insert("key".into(), section.get_ref().as_str().into());
    }
    for (key, value) in fields(button) {
        json.insert(key.into(), value.get_ref().as_str().into());
    }
    if !button.sub_button.is_empty() {
        let children = button.sub_button.iter().map(|child| to_json(child.get_ref())).collect();
        json.insert("sub_button".into(), Value::Array(children));
    }
    Value::Object(json)
}

fn fields(button: &Button) -> impl Iterator<Item = (&'static str, &Spanned<String>)> {
    [
        ("type", &button.r#type),
        ("key", &button.key),
        ("url", &button.url),
        ("media_id", &button.media_id),
        ("article_id", &button.article_id),
        ("appid", &button.appid),
        ("pagepath", &button.pagepath),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key, value.as_ref()?)))
}

/// Where in the file a path such as `button[0].sub_button[2].name` leads; as near as can be told.
fn locate(file: &File, path: &str) -> usize {
    let mut steps = path.split('.');
    let index = |step: &str| step.split(['[', ']']).nth(1).and_then(|digits| digits.parse::<usize>().ok());
    let Some(top) = steps.next().and_then(index).and_then(|index| file.button.get(index)) else { return 0 };
    let mut found = top;
    let mut field = None;
    for step in steps {
        match index(step).and_then(|index| found.get_ref().sub_button.get(index)) {
            Some(child) => found = child,
            None => field = Some(step),
        }
    }
    let button = found.get_ref();
    match field {
        Some("key") => button.section.as_ref().or(button.key.as_ref()).map(|value| value.span().start),
        Some(name) => fields(button).find(|(key, _)| *key == name).map(|(_, value)| value.span().start),
        None => None,
    }
    .unwrap_or_else(|| button.name.span().start)
}

fn write_button(text: &mut String, header: &str, button: &Value, sections: &[&str]) {
    let quoted = |value: &str| toml::Value::from(value).to_string();
    text.push_str(&format!("[[{header}]]\n"));
    if let Some(name) = button["name"].as_str() {
        text.push_str(&format!("name = {}\n", quoted(name)));
    }
    let section = button["key"].as_str().filter(|key| button["type"] == "click" && sections.contains(key));
    if let Some(section) = section {
        text.push_str(&format!("section = {}\n\n", quoted(section)));
        return;
    }
    for key in ["type", "key", "url", "media_id", "article_id", "appid", "pagepath"] {
        if let Some(value) = button[key].as_str() {
            text.push_str(&format!("{key} = {}\n", quoted(value)));
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[[button]]\nname = \"社区简介\"\n\n[[button.sub_button]]\nname = \"社区概况\"\nsection = \"overview\"\n\n\
        [[button.sub_button]]\nname = \"官网\"\ntype = \"view\"\nurl = \"https://example.cn/\"\n\n";

    #[track_caller]
    fn check_fault(text: &str, line: usize, part: &str) {
        let fault = from_toml(text, Some(&["overview"])).err().unwrap();
        assert_eq!(fault.line, line, "{fault}");
        assert!(fault.problem.contains(part), "{fault}");
    }

    #[test]
    fn a_menu_file_is_read_and_written_back_the_same() {
        let menu = from_toml(GOOD, Some(&["overview"])).unwrap();
        assert_eq!(menu.to_json()["button"][0]["sub_button"][0]["key"], "overview");
        assert_eq!(to_toml(&menu, &["overview"]), GOOD);
    }

    #[test]
    fn a_fault_is_named_with_its_line() {
        check_fault("[[button]]\nname = = 3\n", 2, "");
        check_fault(&GOOD.replace("section", "sektion"), 6, "sektion");
        check_fault(&GOOD.replace("\"overview\"", "\"nowhere\""), 6, "nowhere");
        check_fault(&GOOD.replace("社区概况", &"社".repeat(21)), 5, "60");
        check_fault(&GOOD.replace("社区简介", "社区简介介介"), 2, "16");
        check_fault(&GOOD.replace("https://example.cn/", "ftp://example.cn/"), 11, "url");
    }
}
