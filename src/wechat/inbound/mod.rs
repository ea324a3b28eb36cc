//! Pushes: what the platform tells us, decrypted (§2, §3), and how to know one again when it is repeated (§4).

mod identity;
mod message;

use std::collections::BTreeMap;

pub use self::message::Message;
use super::event::Event;
use super::id::{OpenId, is_user_name};
use super::xml::Element;
pub use super::xml::ParseError;

/// The last second of the year 9999. Times beyond could not be kept in milliseconds, and the platform sends none.
const MAX_SENT_AT: i64 = 253_402_300_799;
/// What every push has, and the unknown ones therefore need not keep.
const COMMON: [&str; 4] = ["ToUserName", "FromUserName", "CreateTime", "MsgType"];

/// One push.
#[derive(Clone, Debug, PartialEq)]
pub struct Inbound {
    /// The account's `gh_…` name. It must be that of the account whose address was called (§1.6).
    pub to: String,
    /// Who did it.
    pub from: OpenId,
    /// When, by the platform's clock, in unix seconds.
    pub sent_at: i64,
    /// What.
    pub kind: Kind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A resident wrote, spoke, or sent something.
    Message {
        /// The `MsgId`. It is not unique: two residents may have the same (§4).
        id: u64,
        /// What they sent.
        message: Message,
        /// The article of ours from which they wrote, if any.
        article: Option<SourceArticle>,
    },
    /// Something else happened.
    Event(Event),
    /// A `MsgType` that we do not know, and without a `MsgId`.
    Other {
        /// As it came.
        msg_type: String,
        /// Everything that came with it, by path.
        fields: BTreeMap<String, String>,
    },
}

/// An article of ours under which a message was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceArticle {
    /// The `MsgDataId`.
    pub data_id: String,
    /// Which of several, from 1.
    pub index: Option<u32>,
}

/// How many customer-service messages a push allows us to send, and until when (§7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// So many.
    pub messages: u32,
    /// Within so many seconds of the push.
    pub seconds: u32,
}

impl Inbound {
    /// Reads a push: the body in the plain mode, or what was in the envelope.
    ///
    /// Elements may stand in any order, in CDATA sections or not; unknown ones are ignored, and of repeated ones the
    /// first counts. Kinds we do not know become `Other`, so that they can be acknowledged.
    ///
    /// # Errors
    /// [`ParseError`] when it is not XML, is dangerous or beyond a bound, or lacks what a push of its kind must have.
    pub fn parse(xml: &str) -> Result<Self, ParseError> {
        let root = Element::parse(xml)?;
        if root.name() != "xml" {
            return Err(ParseError::Missing("xml"));
        }
        let to = root.required("ToUserName")?;
        if !is_user_name(to) {
            return Err(ParseError::Invalid { field: "ToUserName", expected: "the name of an account" });
        }
        let Ok(from) = OpenId::parse(root.required("FromUserName")?) else {
            return Err(ParseError::Invalid { field: "FromUserName", expected: "an OpenID" });
        };
        let sent_at = root.number("CreateTime")?;
        if !(0..=MAX_SENT_AT).contains(&sent_at) {
            return Err(ParseError::Invalid { field: "CreateTime", expected: "a unix time in seconds" });
        }
        Ok(Self { to: to.to_owned(), from, sent_at, kind: Kind::read(&root)? })
    }

    /// The same for all repeats of one push, and different for different pushes of one account: 28 characters of
    /// `[A-Za-z0-9_-]`.
    ///
    /// It is made of what §4 advises: sender, `MsgId` and time for messages; sender, time, name, key and job for
    /// events. Sender and name are hashed, so it does not tell who the sender is; time and `MsgId` come first, so that
    /// identities sort by them.
    pub fn identity(&self) -> String {
        identity::of(self)
    }

    /// What it is, for logs, counters and storage: `text`, `image` … for messages, `event.subscribe`, `event.click` …
    /// for events, and `other` or `event.other` for what we do not know. There are about fifty.
    pub fn name(&self) -> &'static str {
        match &self.kind {
            Kind::Message { message, .. } => message.name(),
            Kind::Event(event) => event.full_name(),
            Kind::Other { .. } => "other",
        }
    }

    /// Whether a resident sees our reply in the chat, and the platform's fault sentence if we fail (§4): all messages,
    /// and some events ([`Event::opens_chat`]).
    pub fn opens_chat(&self) -> bool {
        match &self.kind {
            Kind::Message { .. } | Kind::Other { .. } => true,
            Kind::Event(event) => event.opens_chat(),
        }
    }

    /// The customer-service messages that it allows, if any (§7.3). A tap on a menu within a message is taken for a
    /// tap on the menu, the smaller of the two allowances that the platform's pages name.
    pub fn allowance(&self) -> Option<Allowance> {
        let after_action = Allowance { messages: 3, seconds: 60 };
        match &self.kind {
            Kind::Message { message: Message::Text { menu_id: Some(_), .. }, .. } => Some(after_action),
            Kind::Message { .. } => Some(Allowance { messages: 5, seconds: 48 * 60 * 60 }),
            Kind::Event(
                Event::Subscribe { .. }
                | Event::Scan { .. }
                | Event::Click { .. }
                | Event::ScanCodePush { .. }
                | Event::ScanCodeWait { .. },
            ) => Some(after_action),
            Kind::Event(_) | Kind::Other { .. } => None,
        }
    }
}

impl Kind {
    fn read(root: &Element<'_>) -> Result<Self, ParseError> {
        let msg_type = root.required("MsgType")?;
        if msg_type.eq_ignore_ascii_case("event") {
            return Event::read(root).map(Self::Event);
        }
        // Some of the platform's pages spell it `MsgID`.
        let id = match root.optional_number("MsgId")? {
            Some(id) => Some(id),
            None => root.optional_number("MsgID")?,
        };
        let message = Message::read(&msg_type.to_ascii_lowercase(), root)?;
        match (id, message) {
            (Some(id), message) => Ok(Self::Message { id, message, article: SourceArticle::read(root)? }),
            (None, Message::Other { msg_type, fields }) => Ok(Self::Other { msg_type, fields }),
            (None, _) => Err(ParseError::Missing("MsgId")),
        }
    }
}

impl SourceArticle {
    fn read(root: &Element<'_>) -> Result<Option<Self>, ParseError> {
        let Some(data_id) = root.optional("MsgDataId").filter(|data_id| *data_id != "0") else {
            return Ok(None);
        };
        Ok(Some(Self { data_id: data_id.to_owned(), index: root.optional_number("Idx")? }))
    }
}

#[cfg(test)]
pub(super) mod tests;
