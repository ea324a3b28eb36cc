//! A menu as it is being edited: in WeChat's own form, but it may still be unfinished.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::wechat::Menu;
use crate::wechat::menu::{Action, Button, MAX_BUTTONS, MAX_CHILDREN, MenuError};

pub const MAX_VARIANTS: usize = 10;
/// Longer than anything that WeChat takes, so that what is too long can still be saved and shortened later.
const MAX_FIELD_CHARS: usize = 2_048;

/// The menu of everybody, and the menus of some.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MenuDefinition)]
pub struct Definition {
    /// The columns, from left to right.
    #[serde(default)]
    pub button: Vec<Entry>,
    /// Menus for some residents. The first that fits is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<Variant>,
}

/// A menu for residents with a tag, or with some kind of phone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MenuVariant)]
pub struct Variant {
    /// What editors call it.
    pub name: String,
    /// WeChat's number of the tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Client>,
    #[serde(default)]
    pub button: Vec<Entry>,
}

/// The kind of phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = MenuClient)]
pub enum Client {
    Ios,
    Android,
    Other,
}

impl Client {
    /// The platform's `client_platform_type`.
    fn number(self) -> &'static str {
        match self {
            Self::Ios => "1",
            Self::Android => "2",
            Self::Other => "3",
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Ios => "ios",
            Self::Android => "android",
            Self::Other => "other",
        }
    }
}

/// A button, with the platform's names of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MenuEntry)]
pub struct Entry {
    #[serde(default)]
    pub name: String,
    /// One of WeChat's types; missing on a column that has entries below it.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagepath: Option<String>,
    /// The entries of a column, from top to bottom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub sub_button: Vec<Entry>,
}

/// A conditional menu as the platform takes it.
pub struct Conditional {
    pub menu: Menu,
    pub rule: Value,
}

impl Definition {
    /// Whether it is small enough to be kept, however unfinished.
    pub fn is_bounded(&self) -> bool {
        let menus = self.variants.iter().map(|variant| &variant.button).chain([&self.button]);
        self.variants.len() <= MAX_VARIANTS
            && self.variants.iter().all(|variant| variant.name.chars().count() <= 100)
            && menus.into_iter().all(|buttons| {
                buttons.len() <= MAX_BUTTONS
                    && buttons.iter().all(|button| {
                        button.sub_button.len() <= MAX_CHILDREN
                            && button.is_bounded()
                            && button
                                .sub_button
                                .iter()
                                .all(|entry| entry.sub_button.is_empty() && entry.is_bounded())
                    })
            })
    }

    /// The menu of everybody, as the platform takes it.
    ///
    /// # Errors
    /// [`MenuError`] with the first thing that is missing or beyond a limit.
    pub fn menu(&self) -> Result<Menu, MenuError> {
        menu_of(&self.button)
    }

    /// The menus of some, as the platform takes them.
    ///
    /// # Errors
    /// As [`Definition::menu`].
    pub fn conditionals(&self) -> Result<Vec<Conditional>, MenuError> {
        let conditional = |variant: &Variant| {
            let mut rule = json!({});
            if let Some(tag) = variant.tag {
                rule["tag_id"] = json!(tag.to_string());
            }
            if let Some(client) = variant.client {
                rule["client_platform_type"] = json!(client.number());
            }
            Ok(Conditional { menu: menu_of(&variant.button)?, rule })
        };
        self.variants.iter().map(conditional).collect()
    }

    /// As columns hold it. Other versions of the program read the menu of everybody in it.
    pub fn to_column(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".into())
    }
}

impl From<&Menu> for Definition {
    fn from(menu: &Menu) -> Self {
        Self { button: menu.buttons().iter().map(Entry::from).collect(), variants: Vec::new() }
    }
}

impl From<&Button> for Entry {
    fn from(button: &Button) -> Self {
        let mut entry = Self {
            name: button.name.clone(),
            kind: button.action.type_name().map(str::to_owned),
            key: button.action.key().map(str::to_owned),
            ..Self::default()
        };
        match &button.action {
            Action::View { url } => entry.url = Some(url.clone()),
            Action::MediaId { media_id } | Action::ViewLimited { media_id } => {
                entry.media_id = Some(media_id.clone());
            }
            Action::ArticleId { article_id } | Action::ArticleViewLimited { article_id } => {
                entry.article_id = Some(article_id.clone());
            }
            Action::MiniProgram { app_id, page_path, url } => {
                entry.appid = Some(app_id.clone());
                entry.pagepath = Some(page_path.clone());
                entry.url = Some(url.clone());
            }
            Action::Children(children) => entry.sub_button = children.iter().map(Self::from).collect(),
            Action::Click { .. }
            | Action::ScanCodePush { .. }
            | Action::ScanCodeWait { .. }
            | Action::PicSysPhoto { .. }
            | Action::PicPhotoOrAlbum { .. }
            | Action::PicWeixin { .. }
            | Action::LocationSelect { .. } => (),
        }
        entry
    }
}

impl Entry {
    fn is_bounded(&self) -> bool {
        let optional =
            [&self.kind, &self.key, &self.url, &self.media_id, &self.article_id, &self.appid, &self.pagepath];
        let texts = optional.into_iter().flatten().chain([&self.name]);
        texts.into_iter().all(|text| text.chars().count() <= MAX_FIELD_CHARS)
    }
}

fn menu_of(buttons: &[Entry]) -> Result<Menu, MenuError> {
    Menu::from_json(&json!({ "button": buttons }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_menu_keeps_every_field_on_its_way() {
        let json = json!({ "button": [
            { "name": "一", "sub_button": [
                { "name": "a", "type": "click", "key": "k" },
                { "name": "b", "type": "view", "url": "https://example.cn/" },
                { "name": "c", "type": "scancode_waitmsg", "key": "k" },
                { "name": "d", "type": "media_id", "media_id": "m" },
                { "name": "e", "type": "article_id", "article_id": "a" },
            ] },
            { "name": "二", "type": "miniprogram", "appid": "wx1a2b3c4d5e6f7a8b", "pagepath": "p", "url": "https://example.cn/" },
        ] });
        let menu = Menu::from_json(&json).unwrap();
        let definition = Definition::from(&menu);
        assert_eq!(definition.menu().unwrap(), menu);
        assert!(definition.is_bounded());
        let read: Definition = serde_json::from_str(&definition.to_column()).unwrap();
        assert_eq!(read, definition);
        assert_eq!(Menu::from_json(&serde_json::from_str(&definition.to_column()).unwrap()).unwrap(), menu);
    }

    #[test]
    fn a_menu_that_is_too_large_is_not_kept() {
        let entry = |name: &str| Entry { name: name.into(), ..Entry::default() };
        let with = |button: Vec<Entry>| Definition { button, variants: Vec::new() };
        assert!(with(vec![entry(""), entry("x")]).is_bounded(), "unfinished is no fault");
        assert!(!with(vec![entry("x"); 4]).is_bounded());
        assert!(!with(vec![Entry { sub_button: vec![entry("x"); 6], ..entry("x") }]).is_bounded());
        let third = Entry { sub_button: vec![entry("x")], ..entry("x") };
        assert!(!with(vec![Entry { sub_button: vec![third], ..entry("x") }]).is_bounded());
        assert!(!with(vec![entry(&"长".repeat(3000))]).is_bounded());
    }
}
