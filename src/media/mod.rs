//! The media library: the pictures, files and recordings of an account, and links to videos, each once.
//!
//! What an upload is, its bytes say ([`FileType`]); what cannot be trusted is refused with the reason ([`Refusal`]).
//! Pictures are made anew from their pixels. An item has the name of what it holds (its SHA-256), so that what is under
//! an address never changes, and whoever knows it from elsewhere finds nothing of another account.
//!
//! The bytes are written before the row, under a name of their own that is never used again. So there is no row without
//! bytes; and bytes without a row, which an upload that broke off leaves behind, are found by their name and age and
//! removed ([`jobs::Sweep`]), whatever is uploaded meanwhile.

mod fetching;
pub mod jobs;
mod keeping;
mod kinds;
mod links;
mod names;
mod office;
mod pictures;
pub mod routes;
mod storage;
pub mod store;
pub mod texts;
mod uses;

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

pub use self::keeping::{By, Fault, Kept, Media};
pub use self::kinds::{FileType, detect};
pub use self::storage::Storage;
pub use self::uses::{Lookup, Use, Uses};
use crate::clock::Timestamp;

/// The most that may be uploaded of a picture.
pub const PICTURE_BYTES: usize = 10 << 20;
/// The most that may be uploaded of anything else.
pub const FILE_BYTES: usize = 20 << 20;
/// The longest side of a picture that is opened.
pub const SIDE: u32 = 12_000;
/// The most pixels of a picture that is opened.
pub const PIXELS_MILLIONS: u64 = 50;
/// The most frames of an animation.
pub const FRAMES: usize = 500;
/// The most characters of a title, and of an alternative text.
pub const TITLE: usize = 100;
pub const ALT: usize = 200;
/// So long can be taken back what was thrown away.
pub const TRASH_DAYS: i64 = 30;

/// The key of an item's row.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, DeriveValueType, Serialize, Deserialize,
)]
pub struct MediaId(pub i64);

/// What an item is for those who look for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Picture,
    File,
    Audio,
    VideoLink,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Picture, Self::File, Self::Audio, Self::VideoLink];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::File => "file",
            Self::Audio => "audio",
            Self::VideoLink => "video_link",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One item of an account's library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub id: MediaId,
    pub kind: Kind,
    /// Of what is kept: 64 hexadecimal digits.
    pub hash: String,
    /// Where the bytes are; a link has none.
    pub place: Option<String>,
    /// As it was called by whoever uploaded it.
    pub name: String,
    pub title: String,
    /// What a picture shows, for those who do not see it.
    pub alt: String,
    pub extension: String,
    pub content_type: String,
    pub size: i64,
    pub width: Option<i64>,
    pub height: Option<i64>,
    /// To a video that stands elsewhere.
    pub link: Option<String>,
    pub uploaded_at: Timestamp,
    /// The person; 0 for the program itself.
    pub uploaded_by: i64,
    pub deleted_at: Option<Timestamp>,
    /// Counts the changes.
    pub version: i64,
}

impl Item {
    /// The address under which residents get it: a path on this server, or another's for a video.
    pub fn url(&self, account: &str) -> String {
        match &self.link {
            Some(link) => link.clone(),
            None => format!("/h/{account}/media/{}.{}", self.hash, self.extension),
        }
    }

    /// The address of a small picture; only pictures have one.
    pub fn thumb_url(&self, account: &str) -> Option<String> {
        let extension = thumb_extension(&self.extension);
        (self.kind == Kind::Picture).then(|| format!("/h/{account}/media/{}-thumb.{extension}", self.hash))
    }
}

/// The thumbnail of a photo is one, too; others are drawn exactly.
fn thumb_extension(extension: &str) -> &'static str {
    if extension == "jpg" { "jpg" } else { "png" }
}

/// Where the thumbnail of a picture is.
fn thumb_place(place: &str) -> String {
    format!("{place}-thumb")
}

/// Why an upload is not kept. What to do about it: [`texts::refusal`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Empty,
    TooLarge,
    WrongExtension {
        extension: String,
        found: String,
    },
    UnknownType,
    Archive,
    Script,
    Heic,
    Video,
    Macro,
    Encrypted,
    Bomb,
    Broken,
    TooManyPixels,
    LongAnimation,
    AnimatedWebp,
    Quota {
        used_mb: u64,
        quota_mb: u64,
    },
    Link,
    /// Of a picture to be fetched: the address is no source's.
    Source,
    /// It did not come from there.
    Unfetched,
    Busy,
}

impl Refusal {
    /// The stable name of the reason, for the API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "media_empty",
            Self::TooLarge => "media_too_large",
            Self::WrongExtension { .. } => "media_wrong_extension",
            Self::UnknownType => "media_unknown_type",
            Self::Archive => "media_archive",
            Self::Script => "media_script",
            Self::Heic => "media_heic",
            Self::Video => "media_video",
            Self::Macro => "media_macro",
            Self::Encrypted => "media_encrypted",
            Self::Bomb => "media_bomb",
            Self::Broken => "media_broken",
            Self::TooManyPixels => "media_too_many_pixels",
            Self::LongAnimation => "media_long_animation",
            Self::AnimatedWebp => "media_animated_webp",
            Self::Quota { .. } => "media_quota",
            Self::Link => "media_link",
            Self::Source => "media_source",
            Self::Unfetched => "media_unfetched",
            Self::Busy => "media_busy",
        }
    }
}
