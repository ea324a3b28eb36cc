//! What residents do, and what it causes: following, a window, an entry in the chat, and a push.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::Sandbox;
use super::chat::{Content, Entry, From, Kind};
use super::compose::{self, Composed, Context};
use super::control::Refusal;
use super::push::{ATTEMPTS, Push, Record};
use super::residents::{self, Resident};
use super::state::World;
use super::texts;
use crate::clock::Timestamp;
use crate::wechat::{Capability, OpenId};

/// How much longer than all attempts a request waits for its push.
const PATIENCE: Duration = Duration::from_secs(1);

const SUBSCRIBE: &str = "event.subscribe";
const UNSUBSCRIBE: &str = "event.unsubscribe";

/// A resident at an account.
#[derive(Clone)]
pub(super) struct Whom {
    app_id: String,
    resident: &'static Resident,
}

/// Something that a resident does, as the push that it makes.
pub(super) struct Deed {
    pub(super) kind: String,
    pub(super) fields: Map<String, Value>,
    /// What the phone shows of it; `None` for what its kind shows.
    pub(super) entry: Option<Content>,
}

/// What a deed has led to.
#[derive(Serialize)]
pub(super) struct Done {
    /// The first push that it caused.
    push: Option<u64>,
    entries: Vec<Entry>,
    /// The page that the phone opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<String>,
}

impl Whom {
    /// The account is looked for when something is done.
    pub(super) fn parse(app_id: &str, resident: &str) -> Result<Self, Refusal> {
        let resident = residents::find(resident).ok_or(Refusal::not_found(texts::NO_SUCH_RESIDENT))?;
        Ok(Self { app_id: app_id.to_owned(), resident })
    }

    pub(super) fn app_id(&self) -> &str {
        &self.app_id
    }
}

impl Deed {
    /// `fields` are an object.
    pub(super) fn new(kind: &str, fields: Value) -> Self {
        let fields = match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        Self { kind: kind.to_owned(), fields, entry: None }
    }

    pub(super) fn with_entry(self, entry: Content) -> Self {
        Self { entry: Some(entry), ..self }
    }
}

impl Done {
    pub(super) fn opening(self, url: String) -> Self {
        Self { open: Some(url), ..self }
    }
}

impl Sandbox {
    pub(super) async fn follow(&self, whom: Whom, scene: Option<String>) -> Result<Done, Refusal> {
        let name = {
            let world = self.world();
            let account = world.account(&whom.app_id).ok_or(Refusal::not_found(texts::NO_SUCH_ACCOUNT))?;
            if account.followers.get(&residents::open_id(&account.app_id, whom.resident.id)).is_some() {
                return Err(Refusal::conflict("follows_already", texts::FOLLOWS_ALREADY));
            }
            if scene.is_some() && !account.is_granted(Capability::SceneQr) {
                return Err(Refusal::conflict("no_scene_codes", texts::NO_SCENE_CODES));
            }
            account.settings.name.clone()
        };
        let fields = match scene {
            Some(scene) => json!({"EventKey": format!("qrscene_{scene}"), "Ticket": "gQ_sandbox_ticket"}),
            None => json!({}),
        };
        let deed = Deed::new(SUBSCRIBE, fields).with_entry(Content::notice(texts::followed(&name)));
        self.act(whom, vec![deed]).await
    }

    pub(super) async fn leave(&self, whom: Whom) -> Result<Done, Refusal> {
        let name = self.name_of_followed(&whom)?;
        let deed = Deed::new(UNSUBSCRIBE, json!({})).with_entry(Content::notice(texts::left(&name)));
        self.act(whom, vec![deed]).await
    }

    /// Sends a message, which needs that the resident follows.
    pub(super) async fn write(&self, whom: Whom, deed: Deed) -> Result<Done, Refusal> {
        self.name_of_followed(&whom)?;
        self.act(whom, vec![deed]).await
    }

    /// Scans a code with a scene: the platform tells of it in another way when that makes somebody a follower.
    pub(super) async fn scan(&self, whom: Whom, scene: String) -> Result<Done, Refusal> {
        let is_follower = self.name_of_followed(&whom).is_ok();
        if !is_follower {
            return self.follow(whom, Some(scene)).await;
        }
        let is_granted =
            self.world().account(&whom.app_id).is_some_and(|it| it.is_granted(Capability::SceneQr));
        if !is_granted {
            return Err(Refusal::conflict("no_scene_codes", texts::NO_SCENE_CODES));
        }
        let entry = Content::text(From::System, Kind::Event, texts::scanned(&scene));
        let deed = Deed::new("event.SCAN", json!({ "EventKey": scene })).with_entry(entry);
        self.act(whom, vec![deed]).await
    }

    /// Does one thing after the other, waits for the pushes that they cause, and says what the phone then shows.
    pub(super) async fn act(&self, whom: Whom, deeds: Vec<Deed>) -> Result<Done, Refusal> {
        let mut deliveries = Vec::new();
        let (mut first, mut seen) = (None, 0);
        for deed in deeds {
            let permit = self.inner.in_hand.clone().try_acquire_owned().or(Err(Refusal::busy()))?;
            let mut world = self.world();
            let (mut push, before) = prepare(&mut world, &whom, deed, self.inner.options.clock.now())?;
            push.permit = Some(permit);
            if first.is_none() {
                (first, seen) = (Some(push.id), before);
            }
            deliveries.push(self.dispatch(push));
        }
        let attempts = u32::try_from(ATTEMPTS).unwrap_or(u32::MAX);
        let until = Instant::now() + self.inner.options.attempt_limit * attempts + PATIENCE;
        for delivery in deliveries {
            // One that takes longer goes on by itself; the phone asks for new entries anyway.
            tokio::time::timeout_at(until, delivery).await.ok();
        }
        let mut world = self.world();
        let account = world.account_mut(&whom.app_id).ok_or(Refusal::not_found(texts::NO_SUCH_ACCOUNT))?;
        Ok(Done { push: first, entries: account.chat_mut(whom.resident.id).after(seen), open: None })
    }

    /// Adds to the chat what needs no push, and shows it.
    pub(super) fn show(&self, whom: &Whom, content: Content) -> Result<Done, Refusal> {
        let now = self.inner.options.clock.now();
        let mut world = self.world();
        let id = world.next_id();
        let account = world.account_mut(&whom.app_id).ok_or(Refusal::not_found(texts::NO_SUCH_ACCOUNT))?;
        let chat = account.chat_mut(whom.resident.id);
        chat.add(id, now, content, None);
        Ok(Done { push: None, entries: chat.after(id - 1), open: None })
    }

    /// The name of an account that the resident follows.
    pub(super) fn name_of_followed(&self, whom: &Whom) -> Result<String, Refusal> {
        let world = self.world();
        let account = world.account(&whom.app_id).ok_or(Refusal::not_found(texts::NO_SUCH_ACCOUNT))?;
        match account.followers.get(&residents::open_id(&account.app_id, whom.resident.id)) {
            Some(_) => Ok(account.settings.name.clone()),
            None => Err(Refusal::conflict("follows_not", texts::FOLLOWS_NOT)),
        }
    }
}

/// Makes the push of a deed, with everything that happens at the platform at that moment. Also says after which
/// number the entries of this deed stand.
fn prepare(world: &mut World, whom: &Whom, deed: Deed, now: Timestamp) -> Result<(Push, u64), Refusal> {
    let (id, message_id, entry_id) = (world.next_id(), world.next_message_id(now), world.next_id());
    let account = world.account_mut(&whom.app_id).ok_or(Refusal::not_found(texts::NO_SUCH_ACCOUNT))?;
    let from = residents::open_id(&account.app_id, whom.resident.id);
    let chat = account.chat_mut(whom.resident.id);
    let mut at = now.seconds();
    if deed.kind == SUBSCRIBE || deed.kind == UNSUBSCRIBE {
        // Nobody follows, leaves and follows again within a second, save a test. A second stands for the time that a
        // person takes: with the same second, the second following could not be told from the first (§4).
        at = at.max(chat.last_change + 1);
        chat.last_change = at;
    }
    let identity = account.identity();
    let context =
        Context { to: &identity.original_id, app_id: account.app_id.as_str(), from: &from, at, message_id };
    let composed = compose::compose(&deed.kind, &deed.fields, &context)
        .map_err(|error| Refusal::invalid(texts::not_understood(&error)))?;
    // A push in another's name has no consequences here.
    let is_own = composed.text("FromUserName") == Some(from.as_str());
    let openid = composed.text("FromUserName").and_then(|name| OpenId::parse(name).ok());
    if is_own && deed.kind == SUBSCRIBE {
        let scene = composed.text("EventKey").and_then(|key| key.strip_prefix("qrscene_"));
        account.followers.add(from.clone(), scene.map(str::to_owned), now);
    }
    if is_own && deed.kind == UNSUBSCRIBE {
        account.followers.remove(&from);
    }
    if let (true, Some(trigger), Some(follower)) =
        (is_own, composed.trigger, account.followers.get_mut(&from))
    {
        follower.windows.open(trigger, now);
    }
    let entry = deed.entry.unwrap_or_else(|| entry_of(&deed.kind, &composed));
    let (done, receiver) = oneshot::channel();
    let chat = account.chat_mut(whom.resident.id);
    chat.add(entry_id, now, entry, Some(id));
    let after = chat.last_push.replace(receiver);
    account.add_record(Record::new(id, deed.kind, whom.resident.id, composed.xml.clone()));
    let faults = world.faults.push.clone();
    let is_lost = world.faults.push.drop > 0;
    if is_lost {
        world.faults.push.drop -= 1;
    }
    let push = Push {
        id,
        identity,
        resident: whom.resident.id,
        from: openid.unwrap_or(from),
        inner: composed.xml,
        shown: composed.shown,
        faults,
        is_lost,
        after,
        done,
        permit: None,
    };
    Ok((push, id))
}

/// What the phone shows of a push that says nothing else about it.
fn entry_of(kind: &str, composed: &Composed) -> Content {
    let text = |name: &str| composed.text(name).unwrap_or_default();
    let resident = |kind: Kind, text: &str| Content::text(From::Resident, kind, text);
    match kind {
        "text" => resident(Kind::Text, text("Content")),
        "image" => resident(Kind::Image, texts::PICTURE),
        "voice" => resident(Kind::Voice, texts::VOICE),
        "video" => resident(Kind::Video, texts::VIDEO),
        "shortvideo" => resident(Kind::Video, texts::SHORT_VIDEO),
        "link" => Content::link(text("Title"), text("Description"), text("Url")),
        "location" => {
            let number = |name: &str| composed.number(name).unwrap_or_default();
            Content::location(number("Location_X"), number("Location_Y"), text("Label"))
        }
        _ => {
            let title = compose::title(kind).unwrap_or(kind);
            Content::text(From::System, Kind::Event, texts::pushed(title))
        }
    }
}
