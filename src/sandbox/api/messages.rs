//! Customer-service messages (§7.3): a text, one card or a menu message, while the resident's window is open.

use serde_json::Value;

use super::failure::Failure;
use super::users::parse;
use super::{Request, ok};
use crate::sandbox::chat::{Content, From, Kind};
use crate::sandbox::windows::Closed;
use crate::wechat::reply::{Article, MAX_FIELD_BYTES, MAX_TEXT_BYTES, MAX_URL_BYTES, menu_link};

const MAX_MENU_LINES: usize = 10;

pub(super) fn send(request: &mut Request<'_>) -> Result<Value, Failure> {
    let to = parse(request.text("touser"))?;
    let content = match request.text("msgtype") {
        "text" => text(&request.body)?,
        "news" => card(&request.body)?,
        "msgmenu" => menu(&request.body)?,
        _ => return Err(Failure::new(40_008)),
    };
    let now = request.now;
    let followers = &mut request.account().followers;
    let Some(follower) = followers.get_mut(&to) else {
        return Err(Failure::new(if followers.knows(&to) { 45_015 } else { 40_003 }));
    };
    follower.windows.take(now).map_err(|closed| match closed {
        Closed::TooLate => Failure::new(45_015),
        Closed::UsedUp => Failure::new(45_047),
    })?;
    let id = request.world.next_id();
    // A follower of the crowd has no phone that could show it.
    if let Some(chat) = request.account().chat_of(&to) {
        chat.add(id, now, content, None);
    }
    Ok(ok())
}

/// 「对方正在输入」: checked, but not shown.
pub(super) fn typing(request: &mut Request<'_>) -> Result<Value, Failure> {
    let to = parse(request.text("touser"))?;
    let is_command = ["Typing", "CancelTyping"].contains(&request.text("command"));
    request.account().followers.get(&to).ok_or(Failure::new(40_003))?;
    if is_command { Ok(ok()) } else { Err(Failure::new(45_072)) }
}

fn text(body: &Value) -> Result<Content, Failure> {
    let text = string(&body["text"], "content");
    if text.trim().is_empty() {
        return Err(Failure::new(44_004));
    }
    within_limit(text)?;
    Ok(Content::text(From::Account, Kind::Text, text))
}

fn card(body: &Value) -> Result<Content, Failure> {
    let articles = body["news"]["articles"].as_array().ok_or(Failure::new(44_003))?;
    match articles.as_slice() {
        [] => Err(Failure::new(44_003)),
        [article] => {
            let field = |name: &str, limit: usize, code: i64| match string(article, name) {
                text if text.len() > limit => Err(Failure::new(code)),
                text => Ok(text.to_owned()),
            };
            Ok(Content::news([&Article {
                title: field("title", MAX_FIELD_BYTES, 45_003)?,
                description: field("description", MAX_FIELD_BYTES, 45_004)?,
                picture_url: field("picurl", MAX_URL_BYTES, 45_006)?,
                url: field("url", MAX_URL_BYTES, 45_005)?,
            }]))
        }
        _ => Err(Failure::new(45_008)),
    }
}

/// On the phone it is a text with a link for each line, which is how WeChat shows it, too.
fn menu(body: &Value) -> Result<Content, Failure> {
    let menu = &body["msgmenu"];
    let lines = menu["list"].as_array().ok_or(Failure::new(47_001))?;
    if lines.is_empty() {
        return Err(Failure::new(44_004));
    }
    if lines.len() > MAX_MENU_LINES {
        return Err(Failure::new(45_098));
    }
    let (head, tail) = (string(menu, "head_content"), string(menu, "tail_content"));
    within_limit(head)?;
    within_limit(tail)?;
    let mut text = head.to_owned();
    for line in lines {
        let (id, label) = (string(line, "id"), string(line, "content"));
        within_limit(id)?;
        within_limit(label)?;
        if id.is_empty() || label.is_empty() {
            return Err(Failure::new(44_004));
        }
        text.push('\n');
        text.push_str(&menu_link(label, label, id));
    }
    text.push('\n');
    text.push_str(tail);
    Ok(Content::text(From::Account, Kind::Text, text.trim()))
}

fn within_limit(text: &str) -> Result<(), Failure> {
    if text.len() > MAX_TEXT_BYTES { Err(Failure::new(45_002)) } else { Ok(()) }
}

fn string<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}
