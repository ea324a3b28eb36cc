//! The custom menu: 1 to 3 buttons, each with an action or with 1 to 5 buttons below it (§7.1).

mod error;
mod json;

use self::error::Place;
pub use self::error::{MenuError, Problem};
use super::id::AppId;

/// The most buttons at the bottom of the chat.
pub const MAX_BUTTONS: usize = 3;
/// The most buttons below one of them.
pub const MAX_CHILDREN: usize = 5;
/// The longest name of a button at the bottom, in bytes of UTF-8: five Chinese characters, of which clients show four.
pub const MAX_NAME_BYTES: usize = 16;
/// The longest name of a button below another, in bytes of UTF-8; clients show about eight Chinese characters.
pub const MAX_CHILD_NAME_BYTES: usize = 60;
/// The longest key, in bytes.
pub const MAX_KEY_BYTES: usize = 128;
/// The longest address, in bytes.
pub const MAX_URL_BYTES: usize = 1024;
/// The longest media id, article id or page path, in bytes. The platform names no limit here.
pub const MAX_FIELD_BYTES: usize = 1024;

/// A menu that the platform would accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    buttons: Vec<Button>,
}

/// A button. It is checked when it becomes part of a [`Menu`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub name: String,
    /// What a tap does.
    pub action: Action,
}

/// What a tap on a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `click`: sends us a CLICK event.
    Click {
        /// The event's `EventKey`.
        key: String,
    },
    /// `view`: opens a page, and sends us a VIEW event.
    View {
        /// The page: http or https.
        url: String,
    },
    /// `scancode_push`: scans a code, shows what is in it, and tells us.
    ScanCodePush {
        /// The event's `EventKey`.
        key: String,
    },
    /// `scancode_waitmsg`: scans a code, and waits for our reply.
    ScanCodeWait {
        /// The event's `EventKey`.
        key: String,
    },
    /// `pic_sysphoto`: takes photos with the camera.
    PicSysPhoto {
        /// The event's `EventKey`.
        key: String,
    },
    /// `pic_photo_or_album`: takes photos, or chooses them from the album.
    PicPhotoOrAlbum {
        /// The event's `EventKey`.
        key: String,
    },
    /// `pic_weixin`: chooses pictures from WeChat's album.
    PicWeixin {
        /// The event's `EventKey`.
        key: String,
    },
    /// `location_select`: chooses a place.
    LocationSelect {
        /// The event's `EventKey`.
        key: String,
    },
    /// `media_id`: sends a material.
    MediaId {
        /// A permanent picture, recording or film.
        media_id: String,
    },
    /// `view_limited`: opens an article. Superseded by [`Action::ArticleViewLimited`].
    ViewLimited {
        /// A permanent article.
        media_id: String,
    },
    /// `article_id`: sends a published article as a card.
    ArticleId {
        /// The id that publishing gave.
        article_id: String,
    },
    /// `article_view_limited`: opens a published article.
    ArticleViewLimited {
        /// The id that publishing gave.
        article_id: String,
    },
    /// `miniprogram`: opens a mini program that is linked to the account.
    MiniProgram {
        /// The mini program.
        app_id: String,
        /// The page in it.
        page_path: String,
        /// What old clients open instead: http or https.
        url: String,
    },
    /// No action of its own: opens these buttons. There is no third level.
    Children(Vec<Button>),
}

impl Menu {
    /// # Errors
    /// [`MenuError`] with the first limit of §7.1 that the buttons break.
    pub fn new(buttons: Vec<Button>) -> Result<Self, MenuError> {
        let place = Place::root("button");
        if !(1..=MAX_BUTTONS).contains(&buttons.len()) {
            return Err(place.error(Problem::Count { count: buttons.len(), max: MAX_BUTTONS }));
        }
        for (index, button) in buttons.iter().enumerate() {
            check_button(button, &place.at(index))?;
        }
        Ok(Self { buttons })
    }

    /// The buttons at the bottom of the chat, from left to right.
    pub fn buttons(&self) -> &[Button] {
        &self.buttons
    }

    /// Every button that does something, from left to right and from top to bottom.
    pub fn actions(&self) -> impl Iterator<Item = &Button> {
        self.buttons.iter().flat_map(|button| match &button.action {
            Action::Children(children) => children.as_slice(),
            _ => std::slice::from_ref(button),
        })
    }
}

impl Action {
    /// The platform's `type`. `None` for [`Action::Children`].
    pub fn type_name(&self) -> Option<&'static str> {
        Some(match self {
            Self::Click { .. } => "click",
            Self::View { .. } => "view",
            Self::ScanCodePush { .. } => "scancode_push",
            Self::ScanCodeWait { .. } => "scancode_waitmsg",
            Self::PicSysPhoto { .. } => "pic_sysphoto",
            Self::PicPhotoOrAlbum { .. } => "pic_photo_or_album",
            Self::PicWeixin { .. } => "pic_weixin",
            Self::LocationSelect { .. } => "location_select",
            Self::MediaId { .. } => "media_id",
            Self::ViewLimited { .. } => "view_limited",
            Self::ArticleId { .. } => "article_id",
            Self::ArticleViewLimited { .. } => "article_view_limited",
            Self::MiniProgram { .. } => "miniprogram",
            Self::Children(_) => return None,
        })
    }

    /// The key that the platform will send back when the button is tapped, if it is of a type that has one.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Click { key }
            | Self::ScanCodePush { key }
            | Self::ScanCodeWait { key }
            | Self::PicSysPhoto { key }
            | Self::PicPhotoOrAlbum { key }
            | Self::PicWeixin { key }
            | Self::LocationSelect { key } => Some(key),
            Self::View { .. }
            | Self::MediaId { .. }
            | Self::ViewLimited { .. }
            | Self::ArticleId { .. }
            | Self::ArticleViewLimited { .. }
            | Self::MiniProgram { .. }
            | Self::Children(_) => None,
        }
    }
}

fn check_button(button: &Button, place: &Place) -> Result<(), MenuError> {
    let limit = if place.is_child() { MAX_CHILD_NAME_BYTES } else { MAX_NAME_BYTES };
    check_text(&button.name, limit, &place.field("name"))?;
    match &button.action {
        Action::Click { key }
        | Action::ScanCodePush { key }
        | Action::ScanCodeWait { key }
        | Action::PicSysPhoto { key }
        | Action::PicPhotoOrAlbum { key }
        | Action::PicWeixin { key }
        | Action::LocationSelect { key } => check_text(key, MAX_KEY_BYTES, &place.field("key")),
        Action::View { url } => check_url(url, &place.field("url")),
        Action::MediaId { media_id } | Action::ViewLimited { media_id } => {
            check_text(media_id, MAX_FIELD_BYTES, &place.field("media_id"))
        }
        Action::ArticleId { article_id } | Action::ArticleViewLimited { article_id } => {
            check_text(article_id, MAX_FIELD_BYTES, &place.field("article_id"))
        }
        Action::MiniProgram { app_id, page_path, url } => {
            let app_id_place = place.field("appid");
            check_text(app_id, MAX_FIELD_BYTES, &app_id_place)?;
            if AppId::parse(app_id).is_err() {
                return Err(app_id_place.error(Problem::NotAnAppId));
            }
            check_text(page_path, MAX_FIELD_BYTES, &place.field("pagepath"))?;
            check_url(url, &place.field("url"))
        }
        Action::Children(children) => check_children(children, &place.field("sub_button")),
    }
}

fn check_children(children: &[Button], place: &Place) -> Result<(), MenuError> {
    if place.is_child() {
        return Err(place.error(Problem::ThirdLevel));
    }
    if !(1..=MAX_CHILDREN).contains(&children.len()) {
        return Err(place.error(Problem::Count { count: children.len(), max: MAX_CHILDREN }));
    }
    // Recurses once: a child with children was refused above.
    children.iter().enumerate().try_for_each(|(index, child)| check_button(child, &place.at(index)))
}

fn check_text(text: &str, limit: usize, place: &Place) -> Result<(), MenuError> {
    if text.trim().is_empty() {
        return Err(place.error(Problem::Empty));
    }
    if text.len() > limit {
        return Err(place.error(Problem::TooLong { bytes: text.len(), limit }));
    }
    if text.chars().any(char::is_control) {
        return Err(place.error(Problem::ControlCharacter));
    }
    Ok(())
}

fn check_url(url: &str, place: &Place) -> Result<(), MenuError> {
    check_text(url, MAX_URL_BYTES, place)?;
    let scheme = ["https://", "http://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    match scheme {
        Some(rest) if !rest.starts_with('/') && !rest.is_empty() && !url.contains(char::is_whitespace) => {
            Ok(())
        }
        _ => Err(place.error(Problem::NotAUrl)),
    }
}

#[cfg(test)]
mod tests;
