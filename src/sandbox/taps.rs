//! A tap on the menu: what each type of button does on the phone and tells the account (§7.1).

use serde_json::{Value, json};

use super::Sandbox;
use super::chat::{Content, From, Kind};
use super::control::Refusal;
use super::deeds::{Deed, Done, Whom};
use super::texts;
use crate::wechat::Menu;
use crate::wechat::menu::{Action, Button};

/// The picture that "a camera" takes, by the md5 of which its message belongs to the event.
const PICTURE_MD5: &str = "0cc175b9c0f1b6a831c399e269772661";

/// What a tap leads to.
enum Effect {
    /// Pushes: an event, and perhaps the message that follows it.
    Deeds(Vec<Deed>),
    /// A page, of which the account is told.
    Opens { url: String, deed: Deed },
    /// Something of which the account is not told.
    Shown(Content),
}

impl Sandbox {
    /// Taps the button at this place of the account's menu.
    pub(super) async fn tap(&self, whom: Whom, place: &[usize]) -> Result<Done, Refusal> {
        self.name_of_followed(&whom)?;
        let button = {
            let world = self.world();
            let menu = world.account(whom.app_id()).and_then(|account| account.menu.as_ref());
            let stored = menu.ok_or(Refusal::conflict("no_menu", texts::NO_MENU))?;
            find(&stored.menu, place).ok_or(Refusal::not_found(texts::NO_SUCH_BUTTON))?.clone()
        };
        match effect(&button)? {
            Effect::Deeds(deeds) => self.act(whom, deeds).await,
            Effect::Opens { url, deed } => Ok(self.act(whom, vec![deed]).await?.opening(url)),
            Effect::Shown(content) => self.show(&whom, content),
        }
    }
}

fn find<'a>(menu: &'a Menu, place: &[usize]) -> Option<&'a Button> {
    match place {
        [top] => menu.buttons().get(*top),
        [top, sub] => match &menu.buttons().get(*top)?.action {
            Action::Children(children) => children.get(*sub),
            _ => None,
        },
        _ => None,
    }
}

fn effect(button: &Button) -> Result<Effect, Refusal> {
    let entry = Content::text(From::System, Kind::Event, texts::tapped(&button.name));
    let event = |kind: &str, fields: Value| Deed::new(kind, fields).with_entry(entry.clone());
    let one = |kind: &str, key: &str| Effect::Deeds(vec![event(kind, json!({ "EventKey": key }))]);
    Ok(match &button.action {
        Action::Children(_) => return Err(Refusal::conflict("only_opens", texts::ONLY_OPENS)),
        Action::Click { key } => one("event.CLICK", key),
        Action::ScanCodePush { key } => one("event.scancode_push", key),
        Action::ScanCodeWait { key } => one("event.scancode_waitmsg", key),
        Action::PicSysPhoto { key } => pictures("event.pic_sysphoto", key, event),
        Action::PicPhotoOrAlbum { key } => pictures("event.pic_photo_or_album", key, event),
        Action::PicWeixin { key } => pictures("event.pic_weixin", key, event),
        // The place follows as a message.
        Action::LocationSelect { key } => Effect::Deeds(vec![
            event("event.location_select", json!({ "EventKey": key })),
            Deed::new("location", json!({})),
        ]),
        Action::View { url } => {
            Effect::Opens { url: url.clone(), deed: event("event.VIEW", json!({ "EventKey": url })) }
        }
        Action::MiniProgram { page_path, .. } => one("event.view_miniprogram", page_path),
        Action::MediaId { .. }
        | Action::ViewLimited { .. }
        | Action::ArticleId { .. }
        | Action::ArticleViewLimited { .. } => {
            Effect::Shown(Content::text(From::Account, Kind::Text, texts::MATERIAL))
        }
    })
}

/// The pictures themselves follow as messages.
fn pictures(kind: &str, key: &str, event: impl Fn(&str, Value) -> Deed) -> Effect {
    let info = json!({"Count": 1, "PicList": {"item": [{"PicMd5Sum": PICTURE_MD5}]}});
    let told = event(kind, json!({"EventKey": key, "SendPicsInfo": info}));
    Effect::Deeds(vec![told, Deed::new("image", json!({}))])
}
