//! Menus as the platform's API writes them (§7.1).

use serde_json::{Map, Value, json};

use super::error::Place;
use super::{Action, Button, MAX_BUTTONS, MAX_CHILDREN, Menu, MenuError, Problem};

impl Menu {
    /// Reads `{"button":[…]}`, as `menu/create` takes it and as `menu/get` gives it inside `menu`. Other fields are
    /// left aside, and an empty `sub_button`, which `menu/get` puts on every button, counts as none.
    ///
    /// # Errors
    /// [`MenuError`] with the first thing that is not understood, or is beyond a limit.
    pub fn from_json(menu: &Value) -> Result<Self, MenuError> {
        let place = Place::root("button");
        let list = menu.get("button").ok_or_else(|| place.error(Problem::Missing))?;
        Self::new(read_buttons(list, place, MAX_BUTTONS)?)
    }

    /// Writes `{"button":[…]}` for `menu/create`.
    pub fn to_json(&self) -> Value {
        json!({ "button": write_buttons(self.buttons()) })
    }
}

fn read_buttons(list: &Value, place: Place, max: usize) -> Result<Vec<Button>, MenuError> {
    let list = list.as_array().ok_or_else(|| place.error(Problem::NotAList))?;
    if list.len() > max {
        return Err(place.error(Problem::Count { count: list.len(), max }));
    }
    list.iter().enumerate().map(|(index, button)| read_button(button, place.at(index))).collect()
}

fn read_button(button: &Value, place: Place) -> Result<Button, MenuError> {
    let button = button.as_object().ok_or_else(|| place.error(Problem::NotAnObject))?;
    let name = text(button, place, "name")?;
    let children =
        button.get("sub_button").filter(|list| list.as_array().is_none_or(|list| !list.is_empty()));
    let action = match children {
        Some(_) if place.is_child() => return Err(place.field("sub_button").error(Problem::ThirdLevel)),
        Some(_) if button.contains_key("type") => {
            return Err(place.field("type").error(Problem::ActionAndChildren));
        }
        Some(list) => Action::Children(read_buttons(list, place.field("sub_button"), MAX_CHILDREN)?),
        None => read_action(button, place)?,
    };
    Ok(Button { name, action })
}

fn read_action(button: &Map<String, Value>, place: Place) -> Result<Action, MenuError> {
    let field = |name: &'static str| text(button, place, name);
    Ok(match field("type")?.as_str() {
        "click" => Action::Click { key: field("key")? },
        "view" => Action::View { url: field("url")? },
        "scancode_push" => Action::ScanCodePush { key: field("key")? },
        "scancode_waitmsg" => Action::ScanCodeWait { key: field("key")? },
        "pic_sysphoto" => Action::PicSysPhoto { key: field("key")? },
        "pic_photo_or_album" => Action::PicPhotoOrAlbum { key: field("key")? },
        "pic_weixin" => Action::PicWeixin { key: field("key")? },
        "location_select" => Action::LocationSelect { key: field("key")? },
        "media_id" => Action::MediaId { media_id: field("media_id")? },
        "view_limited" => Action::ViewLimited { media_id: field("media_id")? },
        "article_id" => Action::ArticleId { article_id: field("article_id")? },
        "article_view_limited" => Action::ArticleViewLimited { article_id: field("article_id")? },
        "miniprogram" => {
            Action::MiniProgram { app_id: field("appid")?, page_path: field("pagepath")?, url: field("url")? }
        }
        _ => return Err(place.field("type").error(Problem::UnknownType)),
    })
}

fn text(button: &Map<String, Value>, place: Place, field: &'static str) -> Result<String, MenuError> {
    match button.get(field) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(place.field(field).error(Problem::NotText)),
        None => Err(place.field(field).error(Problem::Missing)),
    }
}

fn write_buttons(buttons: &[Button]) -> Vec<Value> {
    buttons.iter().map(write_button).collect()
}

fn write_button(button: &Button) -> Value {
    let mut fields = match &button.action {
        Action::Click { key }
        | Action::ScanCodePush { key }
        | Action::ScanCodeWait { key }
        | Action::PicSysPhoto { key }
        | Action::PicPhotoOrAlbum { key }
        | Action::PicWeixin { key }
        | Action::LocationSelect { key } => json!({ "key": key }),
        Action::View { url } => json!({ "url": url }),
        Action::MediaId { media_id } | Action::ViewLimited { media_id } => json!({ "media_id": media_id }),
        Action::ArticleId { article_id } | Action::ArticleViewLimited { article_id } => {
            json!({ "article_id": article_id })
        }
        Action::MiniProgram { app_id, page_path, url } => {
            json!({ "appid": app_id, "pagepath": page_path, "url": url })
        }
        Action::Children(children) => json!({ "sub_button": write_buttons(children) }),
    };
    fields["name"] = json!(button.name);
    if let Some(kind) = button.action.type_name() {
        fields["type"] = json!(kind);
    }
    fields
}
