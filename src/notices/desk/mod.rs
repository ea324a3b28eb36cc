//! What is done to a notice, each within the transaction that is given. Whoever calls commits, notes it in the audit
//! trail in the same transaction, and tells the nodes of a change afterwards.

mod publishing;
mod writing;

use sea_orm::{ConnectionTrait, DbErr};

use super::content::{Content, Faults};
use super::models::{notice, revision};
use super::states::{Action, State, after};
use super::store;
use crate::accounts::AccountId;
use crate::clock::Timestamp;

pub use self::publishing::{
    approve, article_of, expire, miss, pin, publish, schedule, set_withdrawal, step, unschedule, withdraw,
};
pub use self::writing::{Saving, create, duplicate, restore, save, trash, untrash};
pub(super) use self::writing::{blank, version};

/// The person that stands for the program itself.
pub const NOBODY: i64 = 0;

/// Who does it to which version of which notice, and when.
#[derive(Clone, Copy, Debug)]
pub struct Deed {
    pub account: AccountId,
    pub id: i64,
    /// The version that the doer has seen.
    pub version: i64,
    pub person: i64,
    pub now: Timestamp,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such notice")]
    NotFound,
    /// Somebody else has changed it meanwhile.
    #[error("the notice was changed meanwhile")]
    Stale { person: i64, at: i64 },
    #[error("the notice's state does not allow it")]
    NotNow,
    /// Signatures or a time would be lost, and nobody has agreed to that.
    #[error("signatures would be lost")]
    Drops,
    #[error("fields are wrong: {0:?}")]
    Invalid(Faults),
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl Refusal {
    fn field(name: &str, message: &str) -> Self {
        Self::Invalid(Faults::from([(name.to_owned(), message.to_owned())]))
    }
}

/// The notice, when it is still as the doer has seen it.
async fn seen(db: &impl ConnectionTrait, deed: &Deed) -> Result<notice::Model, Refusal> {
    let notice = store::find(db, deed.account, deed.id).await?.ok_or(Refusal::NotFound)?;
    if notice.version != deed.version {
        return Err(Refusal::Stale { person: notice.changed_by, at: notice.changed_at });
    }
    Ok(notice)
}

/// As [`seen`], out of the trash.
async fn at_hand(db: &impl ConnectionTrait, deed: &Deed) -> Result<notice::Model, Refusal> {
    let notice = seen(db, deed).await?;
    if notice.deleted_at.is_some() { Err(Refusal::NotNow) } else { Ok(notice) }
}

fn next_state(notice: &notice::Model, action: Action) -> Result<State, Refusal> {
    after(notice.state, action, notice.shown()).ok_or(Refusal::NotNow)
}

/// Writes the notice, unless somebody was faster. What it returns has the new version.
async fn put(db: &impl ConnectionTrait, mut notice: notice::Model) -> Result<notice::Model, Refusal> {
    if !store::put(db, &notice).await? {
        let present = store::find(db, notice.account_id, notice.id).await?.ok_or(Refusal::NotFound)?;
        return Err(Refusal::Stale { person: present.changed_by, at: present.changed_at });
    }
    notice.version += 1;
    Ok(notice)
}

/// What a version of a notice says.
pub async fn content_of(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: i64,
    number: i64,
) -> Result<Content, Refusal> {
    let revision = store::revision(db, account, id, number).await?.ok_or(Refusal::NotFound)?;
    read(&revision)
}

/// What a revision says.
///
/// # Errors
/// When its row is not one of ours.
pub fn read(revision: &revision::Model) -> Result<Content, Refusal> {
    let unreadable = |error| Refusal::Database(DbErr::Custom(format!("a revision cannot be read: {error}")));
    serde_json::from_str(&revision.content).map_err(unreadable)
}

/// Takes over into the row what lists and searches go by.
pub(super) fn fill(notice: &mut notice::Model, content: &Content) {
    notice.title.clone_from(&content.title);
    notice.section = content.sections.first().cloned();
    notice.sections =
        if content.sections.is_empty() { String::new() } else { format!(",{},", content.sections.join(",")) };
    notice.cover.clone_from(&content.cover);
    notice.superseded_by.clone_from(&content.superseded_by);
    notice.content_hash = content.hash();
    notice.search_text = content.search_text();
}
