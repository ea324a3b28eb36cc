//! What a push leaves behind: its content, what it tells of the follower, and work for later.

use serde_json::{Value, json};

use crate::accounts::Account;
use crate::clock::Timestamp;
use crate::jobs::NewJob;
use crate::subscribers::Contact;
use crate::subscribers::jobs::LearnSource;
use crate::wechat::{Capability, Event, Inbound, Kind, Message};

/// The platform needs a moment until it knows a new follower itself.
const LEARN_AFTER_MILLIS: i64 = 3_000;

/// What was said or tapped, as JSON. Where a resident is without having said so (the event `LOCATION`) is
/// not kept.
pub(super) fn content(push: &Inbound) -> String {
    let content = match &push.kind {
        Kind::Message { message, .. } => of_message(message),
        Kind::Event(event) => of_event(event),
        Kind::Other { fields, .. } => json!(fields),
    };
    content.to_string()
}

fn of_message(message: &Message) -> Value {
    match message {
        Message::Text { content, menu_id } => json!({ "text": content, "menu_id": menu_id }),
        Message::Image { pic_url, media_id } => json!({ "picture": pic_url, "media_id": media_id }),
        Message::Voice { media_id, format, media_id_16k, recognition } => {
            json!({ "media_id": media_id, "format": format, "media_id_16k": media_id_16k, "recognition": recognition })
        }
        Message::Video { media_id, thumb_media_id } | Message::ShortVideo { media_id, thumb_media_id } => {
            json!({ "media_id": media_id, "thumb_media_id": thumb_media_id })
        }
        Message::Location { latitude, longitude, scale, label, poi_name } => {
            json!({ "latitude": latitude, "longitude": longitude, "scale": scale, "label": label, "poi_name": poi_name })
        }
        Message::Link { title, description, url } => {
            json!({ "title": title, "description": description, "url": url })
        }
        Message::MiniProgramPage { title, app_id, page_path, .. } => {
            json!({ "title": title, "app_id": app_id, "page_path": page_path })
        }
        Message::Other { fields, .. } => json!(fields),
    }
}

fn of_event(event: &Event) -> Value {
    match event {
        Event::Subscribe { scene, .. } => json!({ "scene": scene }),
        Event::Scan { scene, .. } => json!({ "scene": scene }),
        Event::Click { key, .. } => json!({ "key": key }),
        Event::View { url, .. } => json!({ "url": url }),
        Event::ViewMiniProgram { page_path, .. } => json!({ "page_path": page_path }),
        Event::ScanCodePush { key, scan_type, result } | Event::ScanCodeWait { key, scan_type, result } => {
            json!({ "key": key, "scan_type": scan_type, "result": result })
        }
        Event::PicSysPhoto { key, md5_sums }
        | Event::PicPhotoOrAlbum { key, md5_sums }
        | Event::PicWeixin { key, md5_sums } => json!({ "key": key, "md5_sums": md5_sums }),
        Event::LocationSelect { key, latitude, longitude, label, .. } => {
            json!({ "key": key, "latitude": latitude, "longitude": longitude, "label": label })
        }
        Event::TemplateSendJobFinish { message_id, status } => {
            json!({ "message_id": message_id, "status": format!("{status:?}") })
        }
        Event::MassSendJobFinish(report) => json!({ "report": format!("{report:?}") }),
        Event::PublishJobFinish(report) => json!({ "report": format!("{report:?}") }),
        Event::Other { fields, .. } => json!(fields),
        Event::Unsubscribe | Event::Location { .. } => json!({}),
        // Notices about the account itself and its other products: few, and read by people.
        notice => json!({ "notice": format!("{notice:?}") }),
    }
}

/// What the push tells of the person who caused it; none when it was caused by the platform.
pub(super) fn contact(push: &Inbound) -> Option<Contact> {
    let event = match &push.kind {
        Kind::Message { .. } => return Some(Contact::Wrote),
        Kind::Event(event) => event,
        Kind::Other { .. } => return None,
    };
    match event {
        Event::Subscribe { scene, .. } => Some(Contact::Followed { scene: scene.clone() }),
        Event::Unsubscribe => Some(Contact::Left),
        Event::Scan { .. } | Event::Location { .. } | Event::View { .. } | Event::ViewMiniProgram { .. } => {
            Some(Contact::Tapped)
        }
        other if other.opens_chat() => Some(Contact::Tapped),
        _ => None,
    }
}

/// Work that the push makes necessary: asking how a follower came who did not come by a scene.
pub(super) fn jobs(account: &Account, push: &Inbound, now: Timestamp) -> Vec<NewJob> {
    let Kind::Event(Event::Subscribe { scene: None, .. }) = &push.kind else { return Vec::new() };
    if !account.can(Capability::Users) {
        return Vec::new();
    }
    let job = LearnSource { account: account.slug.clone(), openid: push.from.as_str().to_owned() };
    vec![NewJob::new(&job, now.plus_millis(LEARN_AFTER_MILLIS))]
}
