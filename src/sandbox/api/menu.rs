//! The custom menu (§7.1).

use serde_json::{Value, json};

use super::failure::Failure;
use super::{Request, ok};
use crate::sandbox::accounts::StoredMenu;
use crate::wechat::Menu;

pub(super) fn create(request: &mut Request<'_>) -> Result<Value, Failure> {
    let menu = Menu::from_json(&request.body)
        .map_err(|error| Failure::with_hint(error.errcode(), format!("invalid menu: {error}")))?;
    let id = u64::from(rand::random::<u32>());
    request.account().menu = Some(StoredMenu { id, menu });
    Ok(ok())
}

pub(super) fn get(request: &mut Request<'_>) -> Result<Value, Failure> {
    let stored = request.account().menu.as_ref().ok_or(Failure::new(46_003))?;
    let mut menu = stored.menu.to_json();
    for button in menu["button"].as_array_mut().into_iter().flatten() {
        with_empty_list(button);
        for child in button["sub_button"].as_array_mut().into_iter().flatten() {
            with_empty_list(child);
        }
    }
    menu["menuid"] = json!(stored.id);
    Ok(json!({ "menu": menu }))
}

pub(super) fn delete(request: &mut Request<'_>) -> Result<Value, Failure> {
    request.account().menu = None;
    Ok(ok())
}

/// The menu that is in force, in the other form: children in `sub_button.list`.
pub(super) fn current(request: &mut Request<'_>) -> Result<Value, Failure> {
    let Some(stored) = &request.account().menu else {
        return Ok(json!({"is_menu_open": 0, "selfmenu_info": {"button": []}}));
    };
    let mut menu = stored.menu.to_json();
    for button in menu["button"].as_array_mut().into_iter().flatten() {
        if let Some(children) = button.get_mut("sub_button") {
            *children = json!({ "list": children.take() });
        }
    }
    Ok(json!({"is_menu_open": 1, "selfmenu_info": menu}))
}

/// `menu/get` gives every button a list of children, though it be empty.
fn with_empty_list(button: &mut Value) {
    if button.get("sub_button").is_none() {
        button["sub_button"] = json!([]);
    }
}
