//! Who works in the console: people and their roles, passwords, second factors, sessions, permissions, the audit trail.
//!
//! A handler says by its arguments who may call it ([`permissions`]); what it changes it notes in the trail ([`audit`]),
//! in the same transaction.

pub mod audit;
mod passwords;
pub mod permissions;
mod roles;
pub mod routes;
mod sessions;
pub mod store;
mod texts;

use std::sync::Arc;

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::passwords::{PasswordFault, check_strength, hash};
pub use self::permissions::{
    Address, Agent, Manager, Member, Owner, Publisher, Reader, Reviewer, SignedIn, Writer,
};
pub use self::roles::{Ability, Grants, Role};
pub use self::texts::password_fault;
use crate::accounts::{Directory, MasterKey};
use crate::app::App;

/// The key of a person's row.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    DeriveValueType,
    Serialize,
    Deserialize,
    ToSchema,
)]
pub struct PersonId(pub i64);

/// Somebody who may sign in to the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    pub id: PersonId,
    /// The name to sign in with.
    pub name: String,
    /// The name that others see.
    pub display_name: String,
}

/// The state of every handler of the API.
#[derive(Clone)]
pub struct Office {
    pub app: App,
    pub directory: Directory,
    /// Seals the secrets of second factors.
    #[expect(dead_code, reason = "second factors are not there yet")]
    key: Arc<MasterKey>,
}

impl Office {
    pub fn new(app: App, directory: Directory, key: Arc<MasterKey>) -> Self {
        Self { app, directory, key }
    }
}
