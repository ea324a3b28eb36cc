//! What a resident's phone shows of the chat with one account.

use std::collections::VecDeque;

use serde::Serialize;
use tokio::sync::oneshot;

use super::texts;
use crate::clock::Timestamp;
use crate::wechat::reply::Article;

const MAX_ENTRIES: usize = 500;

/// One bubble, card or notice.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Entry {
    pub(super) id: u64,
    /// Unix milliseconds.
    pub(super) at: i64,
    #[serde(flatten)]
    pub(super) content: Content,
    /// The push that it was, or that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) push: Option<u64>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Content {
    from: From,
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    articles: Option<Vec<Card>>,
    #[serde(flatten)]
    place: Option<Location>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum From {
    Resident,
    Account,
    System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Text,
    Image,
    Voice,
    Video,
    Location,
    Link,
    News,
    Event,
    Fault,
    Notice,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Card {
    title: String,
    description: String,
    picture_url: String,
    url: String,
}

#[derive(Clone, Debug, Serialize)]
struct Location {
    latitude: f64,
    longitude: f64,
    label: String,
}

/// The chat of one resident with one account.
#[derive(Debug, Default)]
pub(super) struct Chat {
    entries: VecDeque<Entry>,
    /// Done when the last push of this chat is done: the next one waits for it.
    pub(super) last_push: Option<oneshot::Receiver<()>>,
    /// The time that the last follow or leave was said to be at.
    pub(super) last_change: i64,
}

impl Content {
    pub(super) fn text(from: From, kind: Kind, text: impl Into<String>) -> Self {
        Self { from, kind, text: Some(text.into()), articles: None, place: None }
    }

    pub(super) fn location(latitude: f64, longitude: f64, label: &str) -> Self {
        let place = Location { latitude, longitude, label: label.to_owned() };
        Self { from: From::Resident, kind: Kind::Location, text: None, articles: None, place: Some(place) }
    }

    pub(super) fn link(title: &str, description: &str, url: &str) -> Self {
        let card = Card {
            title: title.to_owned(),
            description: description.to_owned(),
            picture_url: String::new(),
            url: url.to_owned(),
        };
        let text = Some(title.to_owned());
        Self { from: From::Resident, kind: Kind::Link, text, articles: Some(vec![card]), place: None }
    }

    pub(super) fn news<'a>(articles: impl IntoIterator<Item = &'a Article>) -> Self {
        let cards = articles.into_iter().map(|article| Card {
            title: article.title.clone(),
            description: article.description.clone(),
            picture_url: article.picture_url.clone(),
            url: article.url.clone(),
        });
        Self {
            from: From::Account,
            kind: Kind::News,
            text: None,
            articles: Some(cards.collect()),
            place: None,
        }
    }

    /// The sentence that the product promises never to cause.
    pub(super) fn fault() -> Self {
        Self::text(From::System, Kind::Fault, texts::FAULT)
    }

    pub(super) fn notice(text: impl Into<String>) -> Self {
        Self::text(From::System, Kind::Notice, text)
    }
}

impl Chat {
    pub(super) fn add(&mut self, id: u64, at: Timestamp, content: Content, push: Option<u64>) {
        if self.entries.len() == MAX_ENTRIES {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry { id, at: at.millis(), content, push });
    }

    /// The entries with a higher number than this one.
    pub(super) fn after(&self, id: u64) -> Vec<Entry> {
        self.entries.iter().filter(|entry| entry.id > id).cloned().collect()
    }
}
