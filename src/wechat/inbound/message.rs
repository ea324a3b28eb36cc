//! What residents send (§2).

use std::collections::BTreeMap;

use serde::Serialize;

use super::COMMON;
use crate::wechat::xml::{Element, ParseError};

/// A message of a resident. Media ids are temporary: after three days they are gone.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// `text`
    Text {
        /// What they wrote. Emoticons are emoji, or codes such as `/:rose` and `[微笑]`.
        content: String,
        /// The id of the item, when they tapped one of a menu within a message; `content` is then its label.
        menu_id: Option<String>,
    },
    /// `image`
    Image {
        /// The platform's copy; may be empty.
        pic_url: String,
        /// To download it.
        media_id: String,
    },
    /// `voice`
    Voice {
        /// To download it in the quality of a telephone.
        media_id: String,
        /// `amr` or `speex`; may be empty.
        format: String,
        /// To download it in better quality.
        media_id_16k: Option<String>,
        /// What was said. The platform no longer sends it: a hint at best.
        recognition: Option<String>,
    },
    /// `video`
    Video {
        /// To download it.
        media_id: String,
        /// To download a picture of it; may be empty.
        thumb_media_id: String,
    },
    /// `shortvideo`
    ShortVideo {
        /// To download it.
        media_id: String,
        /// To download a picture of it; may be empty.
        thumb_media_id: String,
    },
    /// `location`
    Location {
        /// Degrees, -90 to 90 (GCJ-02).
        latitude: f64,
        /// Degrees, -180 to 180 (GCJ-02).
        longitude: f64,
        /// The map's zoom.
        scale: Option<u32>,
        /// The address; may be empty.
        label: String,
        /// The name of the place.
        poi_name: Option<String>,
    },
    /// `link`: an article that was passed on.
    Link {
        /// May be empty.
        title: String,
        /// May be empty.
        description: String,
        /// What it opens.
        url: String,
    },
    /// `miniprogrampage`: a card of a mini program that was passed on.
    MiniProgramPage {
        /// May be empty.
        title: String,
        /// The mini program.
        app_id: String,
        /// The page in it.
        page_path: String,
        /// The platform's copy of the card's picture; may be empty.
        thumb_url: String,
        /// To download the card's picture; may be empty.
        thumb_media_id: String,
    },
    /// Anything else.
    Other {
        /// As it came, in small letters.
        msg_type: String,
        /// Everything that came with it, by path.
        fields: BTreeMap<String, String>,
    },
}

impl Message {
    /// The platform's `MsgType`, and `other` for what we do not know.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Voice { .. } => "voice",
            Self::Video { .. } => "video",
            Self::ShortVideo { .. } => "shortvideo",
            Self::Location { .. } => "location",
            Self::Link { .. } => "link",
            Self::MiniProgramPage { .. } => "miniprogrampage",
            Self::Other { .. } => "other",
        }
    }

    /// Reads the elements of a message push. Ids must be there; what only describes may be absent, as a resident
    /// should be answered all the same.
    pub(super) fn read(msg_type: &str, root: &Element<'_>) -> Result<Self, ParseError> {
        let id = |name: &'static str| root.required(name).map(str::to_owned);
        let owned = |name: &str| root.optional(name).map(str::to_owned);
        let text = |name: &str| root.text_of(name).unwrap_or("").trim().to_owned();
        Ok(match msg_type {
            "text" => Self::Text {
                content: root.text_of("Content").ok_or(ParseError::Missing("Content"))?.to_owned(),
                menu_id: owned("bizmsgmenuid"),
            },
            "image" => Self::Image { pic_url: text("PicUrl"), media_id: id("MediaId")? },
            "voice" => Self::Voice {
                media_id: id("MediaId")?,
                format: text("Format"),
                media_id_16k: owned("MediaId16K"),
                recognition: owned("Recognition"),
            },
            "video" => Self::Video { media_id: id("MediaId")?, thumb_media_id: text("ThumbMediaId") },
            "shortvideo" => {
                Self::ShortVideo { media_id: id("MediaId")?, thumb_media_id: text("ThumbMediaId") }
            }
            "location" => Self::Location {
                latitude: root.degrees("Location_X", 90.0)?,
                longitude: root.degrees("Location_Y", 180.0)?,
                scale: root.optional("Scale").and_then(|scale| scale.parse().ok()),
                label: text("Label"),
                poi_name: owned("Poiname"),
            },
            "link" => Self::Link { title: text("Title"), description: text("Description"), url: id("Url")? },
            "miniprogrampage" => Self::MiniProgramPage {
                title: text("Title"),
                app_id: id("AppId")?,
                page_path: text("PagePath"),
                thumb_url: text("ThumbUrl"),
                thumb_media_id: text("ThumbMediaId"),
            },
            _ => Self::Other { msg_type: msg_type.to_owned(), fields: root.flatten(&COMMON) },
        })
    }
}
