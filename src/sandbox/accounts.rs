//! One official account of the sandbox, with all that the platform keeps of it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::chat::Chat;
use super::followers::Followers;
use super::push::{Identity, Record};
use super::residents::{RESIDENTS, open_id};
use super::settings::{AccountSettings, Error};
use super::texts;
use super::tokens::TokenBook;
use super::usage::Usage;
use crate::clock::Timestamp;
use crate::wechat::envelope::Envelope;
use crate::wechat::{AccountKind, AesKey, AppId, Capability, Menu, Mode, OpenId, Token};

const MAX_RECORDS: usize = 200;
/// Those who follow at the start have done so for a year or more.
const FOLLOWED_BEFORE_MS: i64 = 400 * 86_400_000;

pub(super) struct Account {
    pub(super) settings: AccountSettings,
    pub(super) app_id: AppId,
    token: Token,
    envelope: Envelope,
    pub(super) tokens: TokenBook,
    pub(super) menu: Option<StoredMenu>,
    pub(super) followers: Followers,
    pub(super) usage: Usage,
    chats: BTreeMap<&'static str, Chat>,
    records: VecDeque<Record>,
}

/// The menu as `menu/create` made it.
pub(super) struct StoredMenu {
    pub(super) id: u64,
    pub(super) menu: Menu,
    /// The menus for some, in the order in which they were made.
    pub(super) conditionals: Vec<StoredConditional>,
}

/// A menu as `menu/addconditional` made it.
pub(super) struct StoredConditional {
    pub(super) id: u64,
    pub(super) menu: Menu,
    /// The `matchrule` as it came.
    pub(super) rule: Value,
}

/// What can be changed about an account while the sandbox runs.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    mode: Option<Mode>,
    kind: Option<AccountKind>,
    verified: Option<bool>,
    push_url: Option<String>,
}

/// A push address that is none.
#[derive(Debug)]
pub(super) struct NotAUrl;

impl Account {
    pub(super) fn new(settings: AccountSettings, now: Timestamp) -> Result<Self, Error> {
        let slug = || settings.slug.clone();
        let Ok(app_id) = AppId::parse(&settings.app_id) else { return Err(Error::AppId(slug())) };
        let Ok(token) = Token::parse(&settings.token) else { return Err(Error::Token(slug())) };
        let Ok(key) = AesKey::parse(&settings.aes_key) else { return Err(Error::AesKey(slug())) };
        if settings.app_secret.is_empty() {
            return Err(Error::AppSecret(slug()));
        }
        if OpenId::parse(&settings.original_id).is_err() {
            return Err(Error::OriginalId(slug()));
        }
        if !is_push_url(&settings.push_url) {
            return Err(Error::PushUrl(slug()));
        }
        let mut followers = Followers::default();
        for resident in RESIDENTS.iter().filter(|resident| resident.follows_already) {
            followers.add(open_id(&app_id, resident.id), None, now.plus_millis(-FOLLOWED_BEFORE_MS));
        }
        Ok(Self {
            envelope: Envelope::new(app_id.clone(), key, None),
            app_id,
            token,
            settings,
            tokens: TokenBook::default(),
            menu: None,
            followers,
            usage: Usage::default(),
            chats: BTreeMap::new(),
            records: VecDeque::new(),
        })
    }

    pub(super) fn is_granted(&self, capability: Capability) -> bool {
        capability.granted(self.settings.kind, self.settings.verified)
    }

    pub(super) fn change(&mut self, change: Change) -> Result<(), NotAUrl> {
        if let Some(push_url) = change.push_url {
            if !is_push_url(&push_url) {
                return Err(NotAUrl);
            }
            self.settings.push_url = push_url;
        }
        self.settings.mode = change.mode.unwrap_or(self.settings.mode);
        self.settings.kind = change.kind.unwrap_or(self.settings.kind);
        self.settings.verified = change.verified.unwrap_or(self.settings.verified);
        Ok(())
    }

    /// What a push needs to know of the account, as it is at this moment.
    pub(super) fn identity(&self) -> Arc<Identity> {
        Arc::new(Identity {
            app_id: self.app_id.clone(),
            token: self.token.clone(),
            envelope: self.envelope.clone(),
            mode: self.settings.mode,
            original_id: self.settings.original_id.clone(),
            push_url: self.settings.push_url.clone(),
        })
    }

    pub(super) fn chat_mut(&mut self, resident: &'static str) -> &mut Chat {
        self.chats.entry(resident).or_default()
    }

    /// The chat of the resident whom this account knows by that OpenID.
    pub(super) fn chat_of(&mut self, open_id_: &OpenId) -> Option<&mut Chat> {
        let resident = RESIDENTS.iter().find(|resident| open_id(&self.app_id, resident.id) == *open_id_)?;
        Some(self.chat_mut(resident.id))
    }

    pub(super) fn records(&self) -> &VecDeque<Record> {
        &self.records
    }

    /// The record of a push, unless the sandbox was reset meanwhile or too many others have come since.
    pub(super) fn record_mut(&mut self, id: u64) -> Option<&mut Record> {
        self.records.iter_mut().rev().find(|record| record.id == id)
    }

    pub(super) fn add_record(&mut self, record: Record) {
        if self.records.len() == MAX_RECORDS {
            self.records.pop_front();
        }
        self.records.push_back(record);
    }

    /// What the control tells about it.
    pub(super) fn view(&self) -> Value {
        let settings = &self.settings;
        json!({
            "app_id": settings.app_id,
            "slug": settings.slug,
            "name": settings.name,
            "original_id": settings.original_id,
            "mode": settings.mode,
            "kind": settings.kind,
            "verified": settings.verified,
            "title": texts::account_kind(settings.kind, settings.verified),
            "push_url": settings.push_url,
            "menu": self.menu.as_ref().map(|stored| stored.menu.to_json()),
            "followers": self.followers.len(),
            "calls": self.usage.all(),
        })
    }
}

fn is_push_url(url: &str) -> bool {
    url.is_empty()
        || reqwest::Url::parse(url)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
