//! What residents sent and what they were answered, kept so that nothing is lost and a repeat gets the
//! same answer.

pub mod erasures;
pub mod gathering;
pub mod store;

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// A push that is about to be recorded, with its answer.
#[derive(Clone, Serialize, Deserialize)]
pub struct Message {
    /// What makes it the same push when WeChat repeats it: [`crate::wechat::Inbound::identity`].
    pub identity: String,
    pub openid: String,
    /// [`crate::wechat::Inbound::name`].
    pub kind: Cow<'static, str>,
    /// What was said or tapped, as JSON.
    pub content: String,
    /// By WeChat's clock.
    pub sent_at: Timestamp,
    /// By ours.
    pub received_at: Timestamp,
    /// The body of the reply before encryption: XML, or `success`.
    pub answer: Arc<str>,
}

/// The events that stand in a conversation: what a resident did. The others are reports of the platform, and where
/// somebody is, which a phone tells unasked every few seconds.
pub const SHOWN_EVENTS: [&str; 12] = [
    "event.subscribe",
    "event.unsubscribe",
    "event.scan",
    "event.click",
    "event.view",
    "event.view_miniprogram",
    "event.scancode_push",
    "event.scancode_waitmsg",
    "event.pic_sysphoto",
    "event.pic_photo_or_album",
    "event.pic_weixin",
    "event.location_select",
];

/// Whether a message of this kind was written, spoken or sent, and not only tapped.
pub fn is_written(kind: &str) -> bool {
    !kind.starts_with("event.")
}

/// Whether a message of this kind stands in a conversation.
pub fn is_shown(kind: &str) -> bool {
    is_written(kind) || SHOWN_EVENTS.contains(&kind)
}
