//! Who works in the console: people and their roles, passwords, second factors, sessions, permissions, the audit trail.
//!
//! A handler says by its arguments who may call it ([`permissions`]); what it changes it notes in the trail ([`audit`]),
//! in the same transaction.

pub mod audit;
mod browsers;
mod doors;
mod factors;
mod passwords;
mod people;
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

use self::doors::Doors;
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

/// Reseals the secrets of all second factors, when the master key is changed; gives how many there are. One that is
/// sealed with the new key already stays as it is, so that it may be repeated.
///
/// # Errors
/// When the database does not answer, or a secret opens with neither key. Then the transaction must not be committed.
pub async fn reseal_factors(
    db: &impl sea_orm::ConnectionTrait,
    former: &MasterKey,
    key: &MasterKey,
) -> anyhow::Result<usize> {
    let all = store::sealed_factors(db).await?;
    for (id, sealed) in &all {
        let purpose = factors::purpose(*id);
        let secret = key.open(sealed, &purpose).or_else(|_| former.open(sealed, &purpose))?;
        store::reseal_factor(db, *id, &key.seal(&secret, &purpose)).await?;
    }
    Ok(all.len())
}

/// A name to sign in with: what can be typed on any keyboard and has one spelling.
pub fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    (2..=64).contains(&name.len()) && name.bytes().all(allowed)
}

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
    key: Arc<MasterKey>,
    doors: Doors,
}

impl Office {
    /// Seals what is given out and must come back unchanged.
    pub fn key(&self) -> &MasterKey {
        &self.key
    }

    pub fn new(app: App, directory: Directory, key: Arc<MasterKey>) -> Self {
        Self { app, directory, key, doors: Doors::default() }
    }
}
