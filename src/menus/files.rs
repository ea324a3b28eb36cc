//! A menu as a TOML file, checked with the line of what is wrong.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use toml::Spanned;

use super::definition::{Client, Definition, Entry, MAX_VARIANTS, Variant};
use crate::wechat::Menu;
use crate::wechat::menu::{MenuError, Problem};

/// More faults than this are not looked for in one go.
const MOST_FAULTS: usize = 30;

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
    #[serde(default)]
    variant: Vec<Spanned<VariantTable>>,
}

/// A menu for some residents.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VariantTable {
    name: String,
    tag: Option<i64>,
    client: Option<Client>,
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
/// Every fault with its line: unknown keys, sections that are not there, and what WeChat would refuse (counts,
/// lengths in bytes, missing fields). What is no TOML is one fault.
pub fn from_toml(text: &str, sections: Option<&[&str]>) -> Result<Definition, Vec<MenuFault>> {
    let line = |offset: usize| text[..offset.min(text.len())].matches('\n').count() + 1;
    let file: File = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        vec![MenuFault { line: line(offset), problem: error.message().into() }]
    })?;
    let mut faults = Vec::new();
    let mut definition =
        Definition { button: read(&file.button, 0, sections, &mut faults), variants: Vec::new() };
    for variant in &file.variant {
        let start = variant.span().start;
        let VariantTable { name, tag, client, button } = variant.get_ref();
        if tag.is_none() && client.is_none() {
            faults.push((start, "a variant needs `tag` or `client`, to say for whom it is".into()));
        }
        let button = read(button, start, sections, &mut faults);
        definition.variants.push(Variant { name: name.clone(), tag: *tag, client: *client, button });
    }
    if definition.variants.len() > MAX_VARIANTS {
        faults.push((0, format!("{} variants, more than {MAX_VARIANTS}", definition.variants.len())));
    }
    if faults.is_empty() {
        return Ok(definition);
    }
    let mut faults: Vec<MenuFault> =
        faults.into_iter().map(|(offset, problem)| MenuFault { line: line(offset), problem }).collect();
    faults.sort_by_key(|fault| fault.line);
    Err(faults)
}

/// The buttons of one menu; every fault is noted with its offset. `start` is where the menu begins.
fn read(
    buttons: &[Spanned<Button>],
    start: usize,
    sections: Option<&[&str]>,
    faults: &mut Vec<(usize, String)>,
) -> Vec<Entry> {
    for button in buttons.iter().flat_map(|top| [top].into_iter().chain(&top.get_ref().sub_button)) {
        faults.extend(check(button, sections).err());
    }
    let mut definition =
        json!({ "button": buttons.iter().map(|button| to_json(button.get_ref())).collect::<Vec<_>>() });
    let entries = serde_json::from_value(definition["button"].clone()).unwrap_or_default();
    // The check stops at the first fault, so what is wrong is put right for it to find the next one.
    for _ in 0..MOST_FAULTS {
        let Err(error) = Menu::from_json(&definition) else { break };
        faults.push((locate(buttons, &error).max(start), error.to_string()));
        put_right(&mut definition, &error);
    }
    entries
}

/// Replaces what is wrong at a path by something that is not.
fn put_right(definition: &mut Value, error: &MenuError) {
    let pointer = format!("/{}", error.path.replace(['.', '['], "/").replace(']', ""));
    if let (Problem::Count { max, .. }, Some(Value::Array(buttons))) =
        (&error.problem, definition.pointer_mut(&pointer))
    {
        buttons.truncate(*max);
        if !buttons.is_empty() {
            return;
        }
    }
    let harmless = json!({ "name": "x", "type": "click", "key": "x" });
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned();
    match (pointer.rsplit('/').next(), definition.pointer_mut(&parent)) {
        (Some("name"), Some(Value::Object(button))) => {
            button.insert("name".into(), "x".into());
        }
        (Some("url"), Some(Value::Object(button))) => {
            button.insert("url".into(), "https://example.cn/".into());
        }
        (Some("button"), _) => *definition = json!({ "button": [harmless] }),
        (_, Some(button @ Value::Object(_))) => *button = harmless,
        _ => match definition.pointer_mut(&pointer) {
            Some(button) => *button = harmless,
            None => *definition = json!({ "button": [harmless] }),
        },
    }
}

/// The file that [`from_toml`] reads back as this menu. A click on one of `sections` is written as such.
pub fn to_toml(menu: &Definition, sections: &[&str]) -> String {
    let mut text = String::new();
    write_menu(&mut text, "button", &menu.button, sections);
    for variant in &menu.variants {
        text.push_str(&format!("[[variant]]\nname = {}\n", quoted(&variant.name)));
        if let Some(tag) = variant.tag {
            text.push_str(&format!("tag = {tag}\n"));
        }
        if let Some(client) = variant.client {
            text.push_str(&format!("client = \"{}\"\n", client.as_str()));
        }
        text.push('\n');
        write_menu(&mut text, "variant.button", &variant.button, sections);
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

/// Where in the file a path such as `button[0].sub_button[2].name` leads; as near as can be told. For too many
/// buttons it is the first that is too many.
fn locate(buttons: &[Spanned<Button>], error: &MenuError) -> usize {
    if let (Problem::Count { max, .. }, "button") = (&error.problem, error.path.as_str()) {
        return buttons.get(*max).map_or(0, |button| button.span().start);
    }
    let mut steps = error.path.split('.');
    let index = |step: &str| step.split(['[', ']']).nth(1).and_then(|digits| digits.parse::<usize>().ok());
    let Some(top) = steps.next().and_then(index).and_then(|index| buttons.get(index)) else { return 0 };
    let mut found = top;
    let mut field = None;
    for step in steps {
        match index(step).and_then(|index| found.get_ref().sub_button.get(index)) {
            Some(child) => found = child,
            None => field = Some(step),
        }
    }
    let button = found.get_ref();
    if let (Problem::Count { max, .. }, Some(extra)) = (&error.problem, button.sub_button.last()) {
        return button.sub_button.get(*max).unwrap_or(extra).span().start;
    }
    match field {
        Some("key") => button.section.as_ref().or(button.key.as_ref()).map(|value| value.span().start),
        Some(name) => fields(button).find(|(key, _)| *key == name).map(|(_, value)| value.span().start),
        None => None,
    }
    .unwrap_or_else(|| button.name.span().start)
}

fn write_menu(text: &mut String, header: &str, buttons: &[Entry], sections: &[&str]) {
    for button in buttons {
        write_button(text, header, button, sections);
        for child in &button.sub_button {
            write_button(text, &format!("{header}.sub_button"), child, sections);
        }
    }
}

fn write_button(text: &mut String, header: &str, button: &Entry, sections: &[&str]) {
    text.push_str(&format!("[[{header}]]\nname = {}\n", quoted(&button.name)));
    let is_click = button.kind.as_deref() == Some("click");
    if let Some(section) = button.key.as_deref().filter(|key| is_click && sections.contains(key)) {
        text.push_str(&format!("section = {}\n\n", quoted(section)));
        return;
    }
    let fields = [
        ("type", &button.kind),
        ("key", &button.key),
        ("url", &button.url),
        ("media_id", &button.media_id),
        ("article_id", &button.article_id),
        ("appid", &button.appid),
        ("pagepath", &button.pagepath),
    ];
    for (key, value) in fields {
        if let Some(value) = value {
            text.push_str(&format!("{key} = {}\n", quoted(value)));
        }
    }
    text.push('\n');
}

fn quoted(value: &str) -> String {
    toml::Value::from(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[[button]]\nname = \"社区简介\"\n\n[[button.sub_button]]\nname = \"社区概况\"\nsection = \"overview\"\n\n\
        [[button.sub_button]]\nname = \"官网\"\ntype = \"view\"\nurl = \"https://example.cn/\"\n\n";

    #[track_caller]
    fn check_fault(text: &str, line: usize, part: &str) {
        let faults = from_toml(text, Some(&["overview"])).err().unwrap();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].line, line, "{faults:?}");
        assert!(faults[0].problem.contains(part), "{faults:?}");
    }

    #[test]
    fn a_menu_file_is_read_and_written_back_the_same() {
        let menu = from_toml(GOOD, Some(&["overview"])).unwrap();
        assert_eq!(menu.button[0].sub_button[0].key.as_deref(), Some("overview"));
        assert_eq!(to_toml(&menu, &["overview"]), GOOD);
    }

    #[test]
    fn a_menu_for_some_is_read_and_written_back_the_same() {
        let text = format!(
            "{GOOD}[[variant]]\nname = \"老人\"\ntag = 101\nclient = \"android\"\n\n[[variant.button]]\nname = \"概况\"\nsection = \"overview\"\n\n"
        );
        let menu = from_toml(&text, Some(&["overview"])).unwrap();
        assert_eq!((menu.variants[0].tag, menu.variants[0].client), (Some(101), Some(Client::Android)));
        assert_eq!(to_toml(&menu, &["overview"]), text);
        check_fault(&text.replace("tag = 101\nclient = \"android\"\n", ""), 13, "tag");
        check_fault(
            &text.replace("name = \"概况\"\nsection = \"overview\"", "name = \"概况\"\nsection = \"x\""),
            20,
            "x",
        );
    }

    #[test]
    fn a_fault_is_named_with_its_line() {
        check_fault("[[button]]\nname = = 3\n", 2, "");
        check_fault(&GOOD.replace("section", "sektion"), 6, "sektion");
        check_fault(&GOOD.replace("\"overview\"", "\"nowhere\""), 6, "nowhere");
        check_fault(&GOOD.replace("社区概况", &"社".repeat(21)), 5, "60");
        check_fault(&GOOD.replace("社区简介", "社区简介介介"), 2, "16");
        check_fault(&GOOD.replace("https://example.cn/", "ftp://example.cn/"), 11, "url");
        let button = "[[button]]\nname = \"a\"\ntype = \"click\"\nkey = \"a\"\n";
        check_fault(&button.repeat(4), 13, "4 buttons");
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let text = GOOD
            .replace("社区简介", "社区简介介介")
            .replace("\"overview\"", "\"nowhere\"")
            .replace("官网", &"官".repeat(21))
            .replace("https://example.cn/", "example");
        let lines: Vec<usize> =
            from_toml(&text, Some(&["overview"])).err().unwrap().iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [2, 6, 9, 11]);
    }
}
