//! What is wrong with a menu before it is published: everything at once, each with its place.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::definition::{Definition, Entry, Variant};
use super::known::{Known, Target, target};
use super::texts;
use crate::wechat::AppId;
use crate::wechat::menu::{
    MAX_BUTTONS, MAX_CHILD_NAME_BYTES, MAX_CHILDREN, MAX_FIELD_BYTES, MAX_KEY_BYTES, MAX_NAME_BYTES,
    MAX_URL_BYTES,
};

/// All conditional menus together may lead to this many hosts (65316).
const MAX_HOSTS: usize = 3;
/// What phones show of a name, in half-width characters; the rest becomes dots.
const SHOWN_WIDTH: usize = 8;
const SHOWN_CHILD_WIDTH: usize = 16;

/// Something that is wrong, or that an editor should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MenuProblem)]
pub struct Problem {
    pub level: Level,
    #[serde(flatten)]
    pub place: Place,
    /// In Chinese, with what to do.
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = MenuProblemLevel)]
pub enum Level {
    /// It cannot be published like this.
    Error,
    Warning,
    Hint,
}

/// Where in a menu; numbers begin at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MenuPlace)]
pub struct Place {
    /// Which variant; missing for the menu of everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// Which entry of the column; missing for the column itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// Which field, by the platform's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
}

/// Everything that is to be said of a menu.
pub fn problems(definition: &Definition, known: &Known) -> Vec<Problem> {
    let mut check = Check { known, problems: Vec::new() };
    check.menu(&definition.button, Place::default());
    for (index, variant) in definition.variants.iter().enumerate() {
        check.variant(variant, index);
    }
    check.hosts(definition);
    // What the table above does not know of, WeChat would still refuse.
    if !has_errors(&check.problems) {
        let strict = definition.menu().and_then(|_| definition.conditionals());
        if let Err(error) = strict {
            check.say(Level::Error, Place::default(), error.advice());
        }
    }
    check.problems
}

pub fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.level == Level::Error)
}

struct Check<'a> {
    known: &'a Known,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn say(&mut self, level: Level, place: Place, message: impl Into<String>) {
        self.problems.push(Problem { level, place, message: message.into() });
    }

    fn error(&mut self, place: Place, field: &'static str, message: impl Into<String>) {
        self.say(Level::Error, Place { field: Some(field), ..place }, message);
    }

    fn variant(&mut self, variant: &Variant, index: usize) {
        let place = Place { variant: Some(index), ..Place::default() };
        match variant.name.trim().chars().count() {
            0 => self.error(place, "name", texts::VARIANT_WITHOUT_NAME),
            1..=20 => (),
            _ => self.error(place, "name", texts::VARIANT_NAME_TOO_LONG),
        }
        if variant.tag.is_none() && variant.client.is_none() {
            self.error(place, "matchrule", texts::VARIANT_WITHOUT_AUDIENCE);
        }
        if variant.tag.is_some_and(|tag| tag < 0) {
            self.error(place, "matchrule", texts::NO_SUCH_TAG);
        }
        self.menu(&variant.button, place);
    }

    fn menu(&mut self, buttons: &[Entry], place: Place) {
        if buttons.is_empty() {
            self.error(place, "button", texts::NO_COLUMN);
        }
        if buttons.len() > MAX_BUTTONS {
            self.error(place, "button", texts::too_many_columns(buttons.len()));
        }
        for (column, button) in buttons.iter().enumerate() {
            let place = Place { column: Some(column), ..place };
            self.name(button, place, MAX_NAME_BYTES, SHOWN_WIDTH);
            if button.sub_button.is_empty() {
                self.action(button, place);
                continue;
            }
            if button.kind.is_some() {
                self.error(place, "type", texts::ACTION_AND_CHILDREN);
            }
            if button.sub_button.len() > MAX_CHILDREN {
                self.error(place, "sub_button", texts::too_many_rows(button.sub_button.len()));
            }
            for (row, entry) in button.sub_button.iter().enumerate() {
                let place = Place { row: Some(row), ..place };
                self.name(entry, place, MAX_CHILD_NAME_BYTES, SHOWN_CHILD_WIDTH);
                if !entry.sub_button.is_empty() {
                    self.error(place, "sub_button", texts::THIRD_LEVEL);
                }
                self.action(entry, place);
            }
        }
    }

    fn name(&mut self, entry: &Entry, place: Place, limit: usize, shown: usize) {
        self.text(Some(&entry.name), place, "name", limit);
        let width: usize = entry.name.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum();
        if width > shown && entry.name.len() <= limit {
            let place = Place { field: Some("name"), ..place };
            self.say(Level::Warning, place, texts::name_is_cut(shown / 2));
        }
    }

    /// Says whether the text is there and fit.
    fn text(&mut self, text: Option<&str>, place: Place, field: &'static str, limit: usize) -> bool {
        let text = text.unwrap_or_default();
        if text.trim().is_empty() {
            self.error(place, field, texts::missing(field));
        } else if text.len() > limit {
            self.error(place, field, texts::too_long(field, text.len(), limit));
        } else if text.chars().any(char::is_control) {
            self.error(place, field, texts::control_character(field));
        } else {
            return true;
        }
        false
    }

    fn action(&mut self, entry: &Entry, place: Place) {
        match entry.kind.as_deref().unwrap_or_default() {
            "" => self.error(place, "type", texts::NO_ACTION),
            "click" => self.click(entry, place),
            "view" => self.address(entry, place),
            "scancode_push" | "scancode_waitmsg" | "pic_sysphoto" | "pic_photo_or_album" | "pic_weixin"
            | "location_select" => {
                self.text(entry.key.as_deref(), place, "key", MAX_KEY_BYTES);
            }
            kind @ ("media_id" | "view_limited") => {
                self.text(entry.media_id.as_deref(), place, "media_id", MAX_FIELD_BYTES);
                if kind == "view_limited" {
                    let place = Place { field: Some("type"), ..place };
                    self.say(Level::Warning, place, texts::SUPERSEDED);
                }
            }
            "article_id" | "article_view_limited" => {
                self.text(entry.article_id.as_deref(), place, "article_id", MAX_FIELD_BYTES);
            }
            "miniprogram" => {
                let is_there = self.text(entry.appid.as_deref(), place, "appid", MAX_FIELD_BYTES);
                if is_there && entry.appid.as_deref().is_some_and(|id| AppId::parse(id).is_err()) {
                    self.error(place, "appid", texts::NOT_AN_APP_ID);
                }
                self.text(entry.pagepath.as_deref(), place, "pagepath", MAX_FIELD_BYTES);
                self.address(entry, place);
                let place = Place { field: Some("appid"), ..place };
                self.say(Level::Hint, place, texts::MUST_BE_LINKED);
            }
            _ => self.error(place, "type", texts::UNKNOWN_TYPE),
        }
    }

    fn click(&mut self, entry: &Entry, place: Place) {
        let Some(key) = entry.key.as_deref() else {
            return self.error(place, "key", texts::missing("key"));
        };
        if !self.text(Some(key), place, "key", MAX_KEY_BYTES) || self.known.sections.contains_key(key) {
            return;
        }
        match self.known.rules.get(key) {
            Some(true) => (),
            Some(false) => self.error(place, "key", texts::key_of_a_disabled_rule(key)),
            None => self.error(place, "key", texts::dead_key(key)),
        }
    }

    fn address(&mut self, entry: &Entry, place: Place) {
        let Some(url) = entry.url.as_deref().filter(|url| !url.trim().is_empty()) else {
            return self.error(place, "url", texts::missing("url"));
        };
        if !self.text(Some(url), place, "url", MAX_URL_BYTES) {
            return;
        }
        let Some(host) = host(url) else {
            return self.error(place, "url", texts::NOT_A_URL);
        };
        let place = Place { field: Some("url"), ..place };
        match target(url, &self.known.pages) {
            Target::Elsewhere | Target::Home => (),
            Target::Page(page) if self.known.found.contains(&page) => (),
            Target::Page(_) | Target::Nowhere => self.say(Level::Error, place, texts::DEAD_LINK),
        }
        if is_private(host) {
            self.say(Level::Warning, place, texts::PRIVATE_ADDRESS);
        } else if url.starts_with("http://") {
            self.say(Level::Hint, place, texts::WITHOUT_TLS);
        }
    }

    fn hosts(&mut self, definition: &Definition) {
        let menus = definition.variants.iter().flat_map(|variant| &variant.button);
        let entries = menus.flat_map(|button| [button].into_iter().chain(&button.sub_button));
        let urls = entries.filter_map(|entry| entry.url.as_deref());
        let hosts: BTreeSet<&str> = urls.filter_map(host).collect();
        if hosts.len() > MAX_HOSTS {
            self.error(
                Place { variant: Some(0), ..Place::default() },
                "button",
                texts::too_many_hosts(hosts.len()),
            );
        }
    }
}

/// The host of an address that a phone can open.
fn host(url: &str) -> Option<&str> {
    let rest = ["https://", "http://"].iter().find_map(|scheme| url.strip_prefix(scheme))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    let is_name = !host.is_empty()
        && !host.starts_with('.')
        && !host.contains("..")
        && host.chars().all(|character| character.is_alphanumeric() || matches!(character, '.' | '-' | '_'));
    (is_name && authority == authority.trim_start_matches('@') && !url.contains(char::is_whitespace))
        .then_some(host)
}

/// Whether only machines nearby can open it.
fn is_private(host: &str) -> bool {
    let is_address = host.parse::<std::net::Ipv4Addr>();
    let is_near = is_address.is_ok_and(|address| address.is_private() || address.is_loopback());
    is_near || host == "localhost" || !host.contains('.')
}

#[cfg(test)]
mod tests {
    use super::super::known::Page;
    use super::*;

    fn known() -> Known {
        Known {
            pages: "https://wx.example.cn/h/hope".into(),
            sections: [("map".to_owned(), "社区地图".to_owned())].into(),
            rules: [("fire".to_owned(), true), ("old".to_owned(), false)].into(),
            found: [Page::Article("there".into())].into(),
        }
    }

    fn entry(kind: &str) -> Entry {
        Entry { name: "名称".into(), kind: Some(kind.into()), ..Entry::default() }
    }

    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "the entries are made on the spot")]
    fn check(entry: Entry, expected: &[(Level, &str)]) {
        let definition = Definition { button: vec![entry.clone()], variants: Vec::new() };
        let found = problems(&definition, &known());
        let found: Vec<_> =
            found.iter().map(|problem| (problem.level, problem.place.field.unwrap_or_default())).collect();
        assert_eq!(found, expected, "{entry:?}");
    }

    #[test]
    fn every_type_has_its_fields() {
        let click = |key: &str| Entry { key: Some(key.into()), ..entry("click") };
        let view = |url: &str| Entry { url: Some(url.into()), ..entry("view") };
        check(click("map"), &[]);
        check(click("fire"), &[]);
        check(click("old"), &[(Level::Error, "key")]);
        check(click("gone"), &[(Level::Error, "key")]);
        check(click(&"k".repeat(129)), &[(Level::Error, "key")]);
        check(entry("click"), &[(Level::Error, "key")]);
        check(view("https://example.cn/"), &[]);
        check(view("http://example.cn/"), &[(Level::Hint, "url")]);
        check(view("https://192.168.1.5/"), &[(Level::Warning, "url")]);
        check(view("https://wx.example.cn/h/hope/a/there"), &[]);
        check(view("https://wx.example.cn/h/hope/a/gone"), &[(Level::Error, "url")]);
        check(view("https://wx.example.cn/h/hope/nowhere"), &[(Level::Error, "url")]);
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "example.cn",
            "https://a b.cn/",
            "https://a..b/",
        ] {
            check(view(bad), &[(Level::Error, "url")]);
        }
        check(view(&format!("https://example.cn/{}", "x".repeat(1024))), &[(Level::Error, "url")]);
        check(entry("media_id"), &[(Level::Error, "media_id")]);
        check(entry("teleport"), &[(Level::Error, "type")]);
        check(Entry { kind: None, ..entry("x") }, &[(Level::Error, "type")]);
        check(Entry { name: "社区公告栏".into(), ..click("map") }, &[(Level::Warning, "name")]);
        check(Entry { name: "社区公告栏目".into(), ..click("map") }, &[(Level::Error, "name")]);
        let program = Entry {
            appid: Some("wx1a2b3c4d5e6f7a8b".into()),
            pagepath: Some("pages/index".into()),
            url: Some("https://example.cn/".into()),
            ..entry("miniprogram")
        };
        check(program.clone(), &[(Level::Hint, "appid")]);
        check(
            Entry { appid: Some("x".into()), ..program },
            &[(Level::Error, "appid"), (Level::Hint, "appid")],
        );
    }

    #[test]
    fn a_variant_needs_an_audience_and_few_hosts() {
        let view = |host: &str| Entry { url: Some(format!("https://{host}.cn/")), ..entry("view") };
        let column = Entry {
            sub_button: ["a", "b", "c", "d"].map(view).to_vec(),
            ..Entry { kind: None, ..entry("") }
        };
        let variant = Variant { name: "老人".into(), tag: None, client: None, button: vec![column] };
        let definition = Definition { button: vec![view("e")], variants: vec![variant] };
        let found = problems(&definition, &known());
        let fields: Vec<_> =
            found.iter().map(|problem| (problem.place.variant, problem.place.field)).collect();
        assert_eq!(fields, [(Some(0), Some("matchrule")), (Some(0), Some("button"))], "{found:?}");
    }
}
