//! What residents sent and what they were answered, kept so that nothing is lost and a repeat gets the
//! same answer.

pub mod erasures;
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
