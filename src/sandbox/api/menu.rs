//! The custom menu (§7.1).

use serde_json::{Value, json};

use super::failure::Failure;
use super::{Request, ok};
use crate::sandbox::accounts::{StoredConditional, StoredMenu};
use crate::wechat::Menu;

pub(super) fn create(request: &mut Request<'_>) -> Result<Value, Failure> {
    let menu = Menu::from_json(&request.body)
        .map_err(|error| Failure::with_hint(error.errcode(), format!("invalid menu: {error}")))?;
    let id = u64::from(rand::random::<u32>());
    // The menus for some stay until they are deleted.
    let former = request.account().menu.take();
    let conditionals = former.map(|former| former.conditionals).unwrap_or_default();
    request.account().menu = Some(StoredMenu { id, menu, conditionals });
    Ok(ok())
}

pub(super) fn add_conditional(request: &mut Request<'_>) -> Result<Value, Failure> {
    let menu = Menu::from_json(&request.body)
        .map_err(|error| Failure::with_hint(error.errcode(), format!("invalid menu: {error}")))?;
    let rule = request.body.get("matchrule").cloned().unwrap_or_default();
    let is_given = |field: &str| rule.get(field).is_some_and(|value| *value != "" && !value.is_null());
    if ["sex", "country", "province", "city", "language"].into_iter().any(is_given) {
        return Err(Failure::new(65_320));
    }
    if !["tag_id", "group_id", "client_platform_type"].into_iter().any(is_given) {
        return Err(Failure::new(65_304));
    }
    let id = u64::from(rand::random::<u32>());
    let stored = request.account().menu.as_mut().ok_or(Failure::new(65_303))?;
    stored.conditionals.push(StoredConditional { id, menu, rule });
    Ok(json!({ "menuid": id.to_string() }))
}

pub(super) fn delete_conditional(request: &mut Request<'_>) -> Result<Value, Failure> {
    let given = request.body.get("menuid").cloned().unwrap_or_default();
    let id = given.as_u64().or_else(|| given.as_str()?.parse().ok()).ok_or(Failure::new(65_301))?;
    let stored = request.account().menu.as_mut().ok_or(Failure::new(65_301))?;
    let before = stored.conditionals.len();
    stored.conditionals.retain(|conditional| conditional.id != id);
    if stored.conditionals.len() == before { Err(Failure::new(65_301)) } else { Ok(ok()) }
}

pub(super) fn get(request: &mut Request<'_>) -> Result<Value, Failure> {
    let stored = request.account().menu.as_ref().ok_or(Failure::new(46_003))?;
    let mut answer = json!({ "menu": with_empty_lists(&stored.menu) });
    answer["menu"]["menuid"] = json!(stored.id);
    let conditionals = stored.conditionals.iter().rev().map(|conditional| {
        let mut menu = with_empty_lists(&conditional.menu);
        menu["matchrule"] = conditional.rule.clone();
        menu["menuid"] = json!(conditional.id);
        menu
    });
    let conditionals: Vec<Value> = conditionals.collect();
    if !conditionals.is_empty() {
        answer["conditionalmenu"] = Value::Array(conditionals);
    }
    Ok(answer)
}

/// `menu/get` gives every button a list of children, though it be empty.
fn with_empty_lists(menu: &Menu) -> Value {
    let mut menu = menu.to_json();
    for button in menu["button"].as_array_mut().into_iter().flatten() {
        with_empty_list(button);
        for child in button["sub_button"].as_array_mut().into_iter().flatten() {
            with_empty_list(child);
        }
    }
    menu
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

fn with_empty_list(button: &mut Value) {
    if button.get("sub_button").is_none() {
        button["sub_button"] = json!([]);
    }
}
