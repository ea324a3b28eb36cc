//! Items as the API shows them.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::{Fault, Item, Kind, Refusal, Use, texts};
use crate::http::Error;

#[derive(Clone, Copy, Debug, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Picture,
    File,
    Audio,
    VideoLink,
}

impl From<Kind> for MediaKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Picture => Self::Picture,
            Kind::File => Self::File,
            Kind::Audio => Self::Audio,
            Kind::VideoLink => Self::VideoLink,
        }
    }
}

impl From<MediaKind> for Kind {
    fn from(kind: MediaKind) -> Self {
        match kind {
            MediaKind::Picture => Self::Picture,
            MediaKind::File => Self::File,
            MediaKind::Audio => Self::Audio,
            MediaKind::VideoLink => Self::VideoLink,
        }
    }
}

/// An item of the library.
#[derive(Debug, Serialize, ToSchema)]
pub struct MediaItem {
    pub id: i64,
    pub kind: MediaKind,
    /// Of what is kept: 64 hexadecimal digits.
    pub hash: String,
    /// Where residents find it: a path on this server, or another's address for a video.
    pub url: String,
    /// A small picture; only pictures have one.
    pub thumb_url: Option<String>,
    pub name: String,
    pub title: String,
    pub alt: String,
    pub content_type: String,
    /// In bytes.
    pub size: i64,
    pub width: Option<i64>,
    pub height: Option<i64>,
    /// In milliseconds since 1970.
    pub uploaded_at: i64,
    /// The person; missing for what the program itself brought.
    pub uploaded_by: Option<i64>,
    /// Since when it is in the trash.
    pub deleted_at: Option<i64>,
    pub version: i64,
}

impl MediaItem {
    pub(super) fn new(item: Item, account: &str) -> Self {
        let id = item.id.0;
        let thumb_url = match item.deleted_at {
            // What is in the trash, residents do not find; whoever looks through the trash must see what it is.
            Some(_) => {
                item.thumb_url(account).map(|_| format!("/api/v1/accounts/{account}/media/{id}/thumb"))
            }
            None => item.thumb_url(account),
        };
        Self {
            id,
            kind: item.kind.into(),
            url: item.url(account),
            thumb_url,
            hash: item.hash,
            name: item.name,
            title: item.title,
            alt: item.alt,
            content_type: item.content_type,
            size: item.size,
            width: item.width,
            height: item.height,
            uploaded_at: item.uploaded_at.millis(),
            uploaded_by: (item.uploaded_by != 0).then_some(item.uploaded_by),
            deleted_at: item.deleted_at.map(|moment| moment.millis()),
            version: item.version,
        }
    }
}

/// An item and what shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MediaDetail {
    pub item: MediaItem,
    pub uses: Vec<Use>,
}

/// What became of an upload.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Uploaded {
    pub item: MediaItem,
    /// The account had it already; it was taken out of the trash if it was there.
    pub known: bool,
}

/// How much there is room for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Room {
    /// What the library holds, the trash included.
    pub used_bytes: u64,
    pub quota_bytes: u64,
    /// The largest picture, and the largest other file, that is taken.
    pub picture_bytes: u64,
    pub file_bytes: u64,
    /// The longest title and alternative text, in characters.
    pub title_length: u64,
    pub alt_length: u64,
    /// For how many days something stays in the trash.
    pub trash_days: i64,
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let refusal = match fault {
            Fault::Failed(error) => return error.into(),
            Fault::Refused(refusal) => refusal,
        };
        let text = texts::refusal(&refusal);
        match refusal {
            Refusal::TooLarge => Self::TooLarge(text),
            Refusal::Busy => Self::Unavailable(text),
            Refusal::Quota { .. } => Self::Conflict(refusal.code(), text),
            Refusal::Link => Self::field("link", text),
            Refusal::Source | Refusal::Unfetched => Self::field("url", text),
            _ => Self::field("file", text),
        }
    }
}
