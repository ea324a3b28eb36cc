//! What a push leaves behind: its content, what it tells of the follower, and work for later.

use crate::accounts::Account;
use crate::clock::Timestamp;
use crate::jobs::NewJob;
use crate::subscribers::Contact;
use crate::subscribers::jobs::LearnSource;
use crate::wechat::{Capability, Event, Inbound, Kind};

/// The platform needs a moment until it knows a new follower itself.
const LEARN_AFTER_MILLIS: i64 = 3_000;
const SCENE_CHARS: usize = 128;

/// What was said or tapped, as JSON. Where a resident is without having said so (the event `LOCATION`) is
/// not kept.
pub(super) fn content(push: &Inbound) -> String {
    let json = match &push.kind {
        Kind::Event(Event::Location { .. }) => return "{}".into(),
        Kind::Message { message, .. } => serde_json::to_string(message),
        Kind::Event(event) => serde_json::to_string(event),
        Kind::Other { msg_type, fields } => {
            Ok(serde_json::json!({ "other": { "msg_type": msg_type, "fields": fields } }).to_string())
        }
    };
    json.expect("messages and events are plain fields")
}

/// What the push tells of the person who caused it; none when it was caused by the platform.
pub(super) fn contact(push: &Inbound) -> Option<Contact> {
    let event = match &push.kind {
        Kind::Message { .. } => return Some(Contact::Wrote),
        Kind::Event(event) => event,
        Kind::Other { .. } => return None,
    };
    match event {
        Event::Subscribe { scene, .. } => Some(Contact::Followed { scene: scene.as_deref().map(shortened) }),
        Event::Unsubscribe => Some(Contact::Left),
        Event::Location { .. } => Some(Contact::Present),
        Event::Scan { .. } | Event::View { .. } | Event::ViewMiniProgram { .. } => Some(Contact::Tapped),
        other if other.opens_chat() => Some(Contact::Tapped),
        _ => None,
    }
}

/// The platform's own scenes have at most 64 characters; a longer one must not keep a follow from being recorded.
fn shortened(scene: &str) -> String {
    scene.chars().take(SCENE_CHARS).collect()
}

/// Work that the push makes necessary: asking how a follower came who did not come by a scene.
pub(super) fn jobs(account: &Account, push: &Inbound, now: Timestamp) -> Vec<NewJob> {
    let Kind::Event(Event::Subscribe { scene: None, .. }) = &push.kind else { return Vec::new() };
    if !account.can(Capability::Users) {
        return Vec::new();
    }
    let job = LearnSource { account: account.slug.clone(), openid: push.from.as_str().to_owned() };
    vec![NewJob::new(&job, account.id.0, now.plus_millis(LEARN_AFTER_MILLIS))]
}
