//! Pushes of every kind of §2 and §3, as XML: defaults that make sense, under fields that the caller chose.

mod events;
mod messages;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::windows::Trigger;
use crate::wechat::OpenId;
use crate::wechat::xml::Writer;

/// How deep fields may be nested, and how many there may be: the platform's reader of pushes is bounded, too.
const MAX_DEPTH: usize = 8;
const MAX_FIELDS: usize = 400;
const MAX_NAME_BYTES: usize = 64;
/// The longest push. The platform's own are far shorter, save perhaps one about a mass message of eight articles.
const MAX_BYTES: usize = 32 * 1024;
/// What stands before the name of an event.
const EVENT: &str = "event.";

/// Where a push comes from, and when.
pub(super) struct Context<'a> {
    /// The account's `gh_…` name.
    pub(super) to: &'a str,
    pub(super) app_id: &'a str,
    pub(super) from: &'a OpenId,
    /// Unix seconds.
    pub(super) at: i64,
    pub(super) message_id: u64,
}

/// What the phone does with the answer to a push (§4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Shows it, or the fault notice; one article only.
    AnswerToMessage,
    /// Shows it, or the fault notice.
    AnswerToEvent,
    /// Shows nothing, however it went.
    Nothing,
}

/// A push as XML.
#[derive(Debug)]
pub(super) struct Composed {
    pub(super) xml: String,
    /// All fields, in their order.
    pub(super) fields: Vec<(String, Value)>,
    pub(super) shown: Shown,
    /// The window that it opens.
    pub(super) trigger: Option<Trigger>,
}

/// A kind that can be composed, for a list to choose from.
#[derive(Serialize)]
pub(super) struct Kind {
    kind: String,
    title: &'static str,
    /// The fields of this kind with their defaults.
    fields: Map<String, Value>,
}

/// Fields that cannot be sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum ComposeError {
    #[error("`{0}` is no kind of push")]
    Kind(String),
    #[error("`{0}` is no name of a field")]
    Name(String),
    #[error("the fields are too many, too long, or nested too deep")]
    Bounds,
}

/// A kind of message or event, as the tables list them.
struct Template {
    /// The `MsgType` or the `Event`, spelt as the platform does.
    name: &'static str,
    title: &'static str,
    shown: Shown,
    trigger: Option<Trigger>,
    fields: fn(&Context<'_>) -> Fields,
}

type Fields = Vec<(&'static str, Value)>;

/// Every kind that is known.
pub(super) fn kinds() -> Vec<Kind> {
    let from = OpenId::parse("oExample").expect("letters are an OpenID");
    let example = Context {
        to: "gh_0123456789ab",
        app_id: "wx0123456789abcdef",
        from: &from,
        at: 1_767_225_600,
        message_id: 1_767_225_600_000_000_000,
    };
    let kind = |prefix: &str, template: &Template| Kind {
        kind: format!("{prefix}{}", template.name),
        title: template.title,
        fields: (template.fields)(&example)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    };
    let messages = messages::TEMPLATES.iter().map(|template| kind("", template));
    messages.chain(events::templates().map(|template| kind(EVENT, template))).collect()
}

/// What a kind is called in Chinese, if it is known.
pub(super) fn title(kind: &str) -> Option<&'static str> {
    template(kind).map(|template| template.title)
}

/// The push of a kind, with `overrides` in place of its defaults: a text or number for a plain element, an object for
/// a group (merged with the default), a list for repeated elements, `null` to leave an element out. A kind that is
/// not known has the fields that are given, so that the platform's next invention can be tried.
///
/// # Errors
/// [`ComposeError`] for fields that cannot be XML or are too many.
pub(super) fn compose(
    kind: &str,
    overrides: &Map<String, Value>,
    context: &Context<'_>,
) -> Result<Composed, ComposeError> {
    let (name, is_event) = match kind.strip_prefix(EVENT) {
        Some(name) => (name, true),
        None => (kind, false),
    };
    if !is_name(name) {
        return Err(ComposeError::Kind(kind.to_owned()));
    }
    let mut fields = vec![
        ("ToUserName".to_owned(), json!(context.to)),
        ("FromUserName".to_owned(), json!(context.from.as_str())),
        ("CreateTime".to_owned(), json!(context.at)),
        ("MsgType".to_owned(), json!(if is_event { "event" } else { name })),
    ];
    if is_event {
        fields.push(("Event".to_owned(), json!(name)));
    }
    let template = template(kind);
    if let Some(template) = template {
        let own = (template.fields)(context);
        fields.extend(own.into_iter().map(|(name, value)| (name.to_owned(), value)));
    }
    if !is_event {
        fields.push(("MsgId".to_owned(), json!(context.message_id)));
    }
    for (name, value) in overrides {
        replace(&mut fields, name, value);
    }
    let unknown = if is_event { Shown::Nothing } else { Shown::AnswerToMessage };
    let trigger = match template {
        // A tap on a line of a menu message arrives as a text, and counts as a tap on the menu (§7.3).
        Some(_) if !is_event && is_menu_tap(&fields) => Some(Trigger::Gesture),
        Some(template) => template.trigger,
        None => None,
    };
    Ok(Composed {
        xml: write(&fields)?,
        fields,
        shown: template.map_or(unknown, |template| template.shown),
        trigger,
    })
}

impl Composed {
    /// The text of a field, if it has one.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name)?.1.as_str()
    }

    /// The number in a field, whether it is written as a text or as a number.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        match &self.fields.iter().find(|(field, _)| field == name)?.1 {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }
}

fn template(kind: &str) -> Option<&'static Template> {
    match kind.strip_prefix(EVENT) {
        Some(name) => events::templates().find(|template| template.name.eq_ignore_ascii_case(name)),
        None => messages::TEMPLATES.iter().find(|template| template.name == kind),
    }
}

fn is_menu_tap(fields: &[(String, Value)]) -> bool {
    fields
        .iter()
        .any(|(name, value)| name == "bizmsgmenuid" && value.as_str().is_some_and(|id| !id.is_empty()))
}

fn replace(fields: &mut Vec<(String, Value)>, name: &str, value: &Value) {
    let place = fields.iter().position(|(field, _)| field == name);
    match (place, value) {
        (Some(place), Value::Null) => {
            fields.remove(place);
        }
        (None, Value::Null) => {}
        (Some(place), value) => merge(&mut fields[place].1, value),
        (None, value) => fields.push((name.to_owned(), value.clone())),
    }
}

/// Recurses no deeper than the JSON reader does, which is 128 levels.
fn merge(into: &mut Value, changes: &Value) {
    match (into, changes) {
        (Value::Object(into), Value::Object(changes)) => {
            for (name, change) in changes {
                match change {
                    Value::Null => drop(into.remove(name)),
                    change => merge(into.entry(name.clone()).or_insert(Value::Null), change),
                }
            }
        }
        (into, changes) => *into = changes.clone(),
    }
}

fn write(fields: &[(String, Value)]) -> Result<String, ComposeError> {
    let mut writer = Writer::with_capacity(512);
    let mut left = MAX_FIELDS;
    writer.open("xml");
    for (name, value) in fields {
        write_field(&mut writer, name, value, 1, &mut left)?;
    }
    writer.close("xml");
    let xml = writer.finish();
    if xml.len() > MAX_BYTES { Err(ComposeError::Bounds) } else { Ok(xml) }
}

/// Recurses at most [`MAX_DEPTH`] deep.
fn write_field(
    writer: &mut Writer,
    name: &str,
    value: &Value,
    depth: usize,
    left: &mut usize,
) -> Result<(), ComposeError> {
    if !is_name(name) {
        return Err(ComposeError::Name(name.to_owned()));
    }
    if depth > MAX_DEPTH || *left == 0 {
        return Err(ComposeError::Bounds);
    }
    *left -= 1;
    match value {
        Value::Null => {}
        Value::String(text) => writer.text(name, text),
        Value::Number(number) => writer.number(name, number),
        Value::Bool(is) => writer.number(name, i32::from(*is)),
        Value::Array(siblings) => {
            for sibling in siblings {
                write_field(writer, name, sibling, depth + 1, left)?;
            }
        }
        Value::Object(group) => {
            writer.open(name);
            for (name, value) in group {
                write_field(writer, name, value, depth + 1, left)?;
            }
            writer.close(name);
        }
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    name.len() <= MAX_NAME_BYTES
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
