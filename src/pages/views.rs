//! What each of the residents' pages shows, as plain values. All `…_at` and `valid_…` are unix milliseconds,
//! as the rows have them; all `…_html` is sanitized already.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::content::Attachment;

/// What stands around every page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Frame {
    /// Whose page it is; none on pages of the whole site, or when the account is unknown.
    pub account: Option<AccountName>,
    pub title: String,
    /// One or two sentences for who shares the page.
    pub description: String,
    /// The whole address of the picture for who shares the page.
    pub picture_url: Option<String>,
    pub canonical_url: Option<String>,
    /// Whether the page is shown in the large type of 关怀版.
    pub is_care: bool,
    /// Where the other type size is chosen: see [`super::links::care_toggle`].
    pub care_toggle_url: Option<String>,
    pub css_url: String,
    /// The number that every page offers to dial.
    pub hotline: Option<Hotline>,
    /// Whether it is shown before residents see it: it says so, and no search engine is to keep it.
    pub is_preview: bool,
    #[serde(skip)]
    pub now: Timestamp,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct AccountName {
    pub slug: String,
    pub name: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Hotline {
    pub name: String,
    pub phone: String,
}

/// The account's start page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Home {
    pub boards: Vec<Board>,
    /// Pinned and latest, in the order in which they are to stand.
    pub notices: Vec<ArticleRow>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Board {
    pub title: String,
    pub sections: Vec<SectionTile>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct SectionTile {
    pub key: String,
    pub number: i64,
    pub title: String,
    pub summary: String,
    /// As `SectionKind::as_str` has it: decides the icon where the key is not a known one.
    pub kind: &'static str,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct SectionLink {
    pub key: String,
    pub title: String,
    pub board: String,
}

/// A section, whatever its kind.
#[derive(Clone, Debug)]
pub(super) struct SectionPage {
    pub link: SectionLink,
    pub summary: String,
    /// The page itself, or an introduction to what follows; may be empty.
    pub body_html: String,
    pub content: SectionContent,
    /// A section of any kind may have articles.
    pub articles: ArticleList,
}

/// What a section shows between its text and its articles.
#[derive(Clone, Debug)]
pub(super) enum SectionContent {
    Page,
    Articles,
    Map(Vec<PlaceRow>),
    /// In the order in which they are to stand; those of one group need not be neighbors.
    Contacts(Vec<ContactRow>),
    /// In any order.
    Events(Vec<EventRow>),
}

#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ArticleList {
    pub rows: Vec<ArticleRow>,
    /// The cursor of `?before=` for the next older ones.
    pub older: Option<String>,
    /// Whether these are not the newest, so that a way back to those is offered.
    pub is_continued: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct ArticleRow {
    pub slug: String,
    pub title: String,
    pub digest: String,
    pub published_at: i64,
    /// From this moment on it counts as expired.
    pub valid_until: Option<i64>,
    pub is_pinned: bool,
    /// Its picture, below the address of the account's pages.
    pub picture: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct PlaceRow {
    pub slug: String,
    pub name: String,
    pub category: String,
    pub address: String,
    /// Degrees, GCJ-02.
    pub latitude: f64,
    pub longitude: f64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct ContactRow {
    pub name: String,
    pub group: String,
    pub phone: String,
    pub hours: Option<String>,
    pub note: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct EventRow {
    pub slug: String,
    pub title: String,
    pub starts_at: i64,
    pub ends_at: i64,
    pub venue: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct ArticlePage {
    pub title: String,
    pub source: Option<String>,
    pub document_number: Option<String>,
    pub published_at: i64,
    /// It is not in force before.
    pub valid_from: Option<i64>,
    /// From this moment on it counts as expired.
    pub valid_until: Option<i64>,
    pub body_html: String,
    pub section: Option<SectionLink>,
    pub newer: Option<PageLink>,
    pub older: Option<PageLink>,
    pub author: Option<String>,
    /// Whom it concerns.
    pub audience_note: Option<String>,
    /// What took its place.
    pub superseded_by: Option<PageLink>,
    pub attachments: Vec<Attachment>,
}

/// Another page of the same kind.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PageLink {
    pub slug: String,
    pub title: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct PlacePage {
    pub place: PlaceRow,
    pub phone: Option<String>,
    pub hours: Option<String>,
    pub note: Option<String>,
    pub section: Option<SectionLink>,
    /// Every place of the account in its usual order, this one among them: for the map, and for what is near.
    pub all_places: Vec<PlaceRow>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct EventPage {
    pub event: EventRow,
    /// The venue on the map.
    pub place: Option<PageLink>,
    pub organizer: Option<String>,
    pub audience: Option<String>,
    pub signup: Option<String>,
    pub body_html: String,
    pub section: Option<SectionLink>,
}

/// An answer that was too long for the chat.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AnswerPage {
    pub title: String,
    /// Plain text; its line breaks are kept.
    pub text: String,
}

/// Why there is nothing to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ErrorPage {
    NotFound,
    Internal,
}

/// The first page of a demo.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Landing {
    pub accounts: Vec<LandingAccount>,
    /// The phone of the sandbox.
    pub phone_url: String,
    /// As whom a visitor may sign in to the console.
    pub workers: Vec<LandingWorker>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct LandingWorker {
    /// Its name in the API.
    pub role: &'static str,
    pub title: &'static str,
    /// What such a person does.
    pub duty: &'static str,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct LandingAccount {
    pub slug: String,
    pub name: String,
    /// 服务号 rather than 订阅号.
    pub is_service: bool,
    pub is_verified: bool,
}
