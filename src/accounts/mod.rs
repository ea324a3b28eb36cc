//! The official accounts: their settings, their secrets, and what their kind allows.

mod directory;
mod sealing;
pub mod store;

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

pub use self::directory::Directory;
pub use self::sealing::{MasterKey, MasterKeyError};
use crate::app::App;
use crate::platform::Caller;
use crate::wechat::envelope::Envelope;
use crate::wechat::{AccountKind, AesKey, AppId, Capability, Mode, Token};

/// The key of an account's row. Every query of every feature takes one.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, DeriveValueType, Serialize, Deserialize,
)]
pub struct AccountId(pub i64);

/// The name of an account in URLs and on the command line: `[a-z0-9-]`, 1 to 32 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug(String);

impl Slug {
    /// # Errors
    /// With what a slug may be, when the text is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        match text.len() {
            1..=32 if text.bytes().all(allowed) => Ok(Self(text.into())),
            _ => Err(format!("`{text}` is no account name: use 1 to 32 of a-z, 0-9 and `-`")),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One official account, with its secrets opened. No `Debug`.
#[derive(Clone)]
pub struct Account {
    pub id: AccountId,
    pub slug: String,
    pub name: String,
    pub app_id: AppId,
    /// The `gh_…` name under which pushes are addressed; not checked when unknown.
    pub original_id: Option<String>,
    pub mode: Mode,
    pub kind: AccountKind,
    pub verified: bool,
    pub token: Token,
    pub envelope: Envelope,
    pub app_secret: String,
    pub api_base: String,
    /// Counts every change of the account or of what it tells residents, so that nodes know when to reload.
    pub revision: i64,
}

impl Account {
    /// Whether WeChat grants this account something.
    pub fn can(&self, capability: Capability) -> bool {
        capability.granted(self.kind, self.verified)
    }

    /// Who calls the platform.
    pub fn caller(&self) -> Caller {
        Caller {
            app_id: self.app_id.clone(),
            app_secret: self.app_secret.clone(),
            api_base: self.api_base.clone(),
        }
    }
}

/// An account as it can be read without the master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unopened {
    pub id: AccountId,
    pub slug: String,
    pub name: String,
    pub app_id: String,
    pub original_id: Option<String>,
    pub mode: String,
    pub kind: String,
    pub verified: bool,
    pub api_base: String,
}

/// What background work of the features gets.
pub struct Context {
    pub app: App,
    pub directory: Directory,
}

/// The settings of an account as an operator gives them, checked. No `Debug`.
pub struct Settings {
    pub name: String,
    pub app_id: AppId,
    pub app_secret: String,
    pub token: Token,
    pub aes_key: AesKey,
    pub mode: Mode,
    pub kind: AccountKind,
    pub verified: bool,
    pub original_id: Option<String>,
    pub api_base: String,
}
