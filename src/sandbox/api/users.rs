//! Followers (§7.2).

use serde_json::{Value, json};

use super::failure::Failure;
use super::{Request, ok};
use crate::sandbox::followers::{Follower, Followers};
use crate::wechat::OpenId;

const PAGE: usize = 10_000;
const MAX_BATCH: usize = 100;
/// "Under 30 characters."
const MAX_REMARK_CHARACTERS: usize = 29;

pub(super) fn list(request: &mut Request<'_>) -> Result<Value, Failure> {
    let start = match request.query.get("next_openid").filter(|start| !start.is_empty()) {
        None => None,
        Some(start) => Some(parse(start)?),
    };
    let followers = &request.account().followers;
    let page = followers.after(start.as_ref()).ok_or(Failure::new(40_003))?.take(PAGE);
    let page: Vec<&str> = page.map(|follower| follower.open_id.as_str()).collect();
    let mut answer =
        json!({"total": followers.len(), "count": page.len(), "next_openid": page.last().unwrap_or(&"")});
    // The page after the last has no `data` at all.
    if !page.is_empty() {
        answer["data"] = json!({ "openid": page });
    }
    Ok(answer)
}

pub(super) fn info(request: &mut Request<'_>) -> Result<Value, Failure> {
    let open_id = parse(request.query.get("openid").map_or("", String::as_str))?;
    describe(&request.account().followers, &open_id)
}

pub(super) fn batch_get(request: &mut Request<'_>) -> Result<Value, Failure> {
    let list = request.body.get("user_list").and_then(Value::as_array).ok_or(Failure::new(40_031))?;
    if !(1..=MAX_BATCH).contains(&list.len()) {
        return Err(Failure::new(40_032));
    }
    let open_ids =
        list.iter().map(|user| parse(user.get("openid").and_then(Value::as_str).unwrap_or_default()));
    let open_ids = open_ids.collect::<Result<Vec<OpenId>, Failure>>()?;
    let followers = &request.account().followers;
    let users =
        open_ids.iter().map(|open_id| describe(followers, open_id)).collect::<Result<Vec<_>, Failure>>()?;
    Ok(json!({ "user_info_list": users }))
}

pub(super) fn update_remark(request: &mut Request<'_>) -> Result<Value, Failure> {
    let open_id = parse(request.text("openid"))?;
    let remark = request.body.get("remark").and_then(Value::as_str).ok_or(Failure::new(40_035))?.to_owned();
    if remark.chars().count() > MAX_REMARK_CHARACTERS {
        return Err(Failure::new(40_035));
    }
    let follower = request.account().followers.get_mut(&open_id).ok_or(Failure::new(40_003))?;
    follower.remark = remark;
    Ok(ok())
}

pub(super) fn parse(open_id: &str) -> Result<OpenId, Failure> {
    OpenId::parse(open_id).or(Err(Failure::new(40_003)))
}

fn describe(followers: &Followers, open_id: &OpenId) -> Result<Value, Failure> {
    match followers.get(open_id) {
        Some(follower) => Ok(portrait(follower)),
        // Of somebody who has left nothing else is told.
        None if followers.knows(open_id) => Ok(json!({"subscribe": 0, "openid": open_id.as_str()})),
        None => Err(Failure::new(40_003)),
    }
}

/// No name, no picture, no sex, no town: the platform has told none of them since 2021.
fn portrait(follower: &Follower) -> Value {
    let scene = follower.scene.as_deref().unwrap_or_default();
    let number = scene.parse::<u32>().ok();
    json!({
        "subscribe": 1,
        "openid": follower.open_id.as_str(),
        "language": "",
        "subscribe_time": follower.since.seconds(),
        "remark": follower.remark,
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": if scene.is_empty() { "ADD_SCENE_SEARCH" } else { "ADD_SCENE_QR_CODE" },
        "qr_scene": number.unwrap_or_default(),
        "qr_scene_str": if number.is_none() { scene } else { "" },
    })
}
