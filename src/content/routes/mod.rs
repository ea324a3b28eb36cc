//! What the console does with places, contacts and events, and with answers and sections.

pub mod contacts;
pub mod events;
pub mod greetings;
mod input;
pub mod places;
pub mod rules;
pub mod sections;
mod sheets;
mod words;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::editing::{self, Editable, Refused};
use super::texts;
use crate::accounts;
use crate::admin::Office;
use crate::admin::audit::{self, Entry};
use crate::admin::permissions::Member;
use crate::http::{Error, Result};
use sea_orm::DatabaseTransaction;

pub use self::input::{RuleInput, check_targets};
pub use self::sheets::{ImportQuery, SheetReport};

/// What a list is narrowed to.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Sought {
    /// Words that stand in a text of the entry.
    #[param(max_length = 50)]
    q: Option<String>,
}

impl Sought {
    fn words(&self) -> Option<String> {
        let words: String = self.q.as_deref()?.trim().chars().take(50).collect();
        (!words.is_empty()).then_some(words)
    }
}

/// The version that was read.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Version {
    version: String,
}

/// Which one of an account.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OneOf {
    /// The account's slug.
    #[expect(dead_code, reason = "read by the permission")]
    account: String,
    id: i64,
}

/// The order of a list.
#[derive(Deserialize, ToSchema)]
pub struct Order {
    /// Ids from the top; those that are not named follow behind.
    #[schema(max_items = 5000)]
    ids: Vec<i64>,
}

/// A kind of row with what the API says of it.
trait Shown: Editable + Sync {
    type View: Serialize + From<Self>;
    /// What the audit trail calls it.
    const KIND: &'static str;
    const NOT_FOUND: &'static str;
}

/// A refusal, for people.
fn refused<E: Shown>(refusal: Refused) -> Error {
    match refusal {
        Refused::NotFound => Error::NotFound(E::NOT_FOUND),
        Refused::Stale => Error::stale(),
        Refused::Invalid(problems) => {
            let told = problems.iter().map(|(field, problem)| (api_name(field), texts::problem(problem)));
            Error::Invalid(told.collect())
        }
        Refused::Taken => Error::field("slug", texts::TAKEN),
        Refused::InUse(titles) => Error::Conflict("in_use", texts::in_use(&titles)),
        Refused::Full => Error::Conflict("full", texts::FULL.into()),
        Refused::Database(error) => error.into(),
    }
}

/// The API's name of a field of a file.
fn api_name(field: &str) -> String {
    match field {
        "starts" => "starts_at".into(),
        "ends" => "ends_at".into(),
        other => other.into(),
    }
}

async fn create<E: Shown>(
    office: &Office,
    member: &Member,
    draft: E::Draft,
    position: Option<i64>,
) -> Result<E::View> {
    let write = office.app.db.begin_write().await?;
    let row =
        editing::create::<E>(&write, member.account_id(), draft, position.map(|at| at.clamp(0, 1 << 40)));
    let row = row.await.map_err(refused::<E>)?;
    note::<E>(office, member, &write, "create", None, Some(&row)).await?;
    publish(office, member, write).await?;
    Ok(row.into())
}

async fn change<E: Shown>(
    office: &Office,
    member: &Member,
    id: i64,
    version: &str,
    draft: E::Draft,
) -> Result<E::View> {
    let write = office.app.db.begin_write().await?;
    let changed = editing::change::<E>(&write, member.account_id(), id, version, draft).await;
    let (before, after) = changed.map_err(refused::<E>)?;
    if before != after {
        note(office, member, &write, "change", Some(&before), Some(&after)).await?;
        publish(office, member, write).await?;
    }
    Ok(after.into())
}

async fn removed<E: Shown>(
    office: &Office,
    member: &Member,
    write: DatabaseTransaction,
    removed: std::result::Result<E, Refused>,
) -> Result<()> {
    let row = removed.map_err(refused::<E>)?;
    note(office, member, &write, "remove", Some(&row), None).await?;
    publish(office, member, write).await
}

async fn reorder<E: Shown>(office: &Office, member: &Member, ids: &[i64]) -> Result<()> {
    let write = office.app.db.begin_write().await?;
    let has_moved = editing::order::<E>(&write, member.account_id(), ids).await.map_err(refused::<E>)?;
    if has_moved {
        note::<E>(office, member, &write, "order", None, None).await?;
        publish(office, member, write).await?;
    }
    Ok(())
}

async fn note<E: Shown>(
    office: &Office,
    member: &Member,
    write: &DatabaseTransaction,
    verb: &str,
    before: Option<&E>,
    after: Option<&E>,
) -> Result<()> {
    let shown = |row: &E| serde_json::to_value(E::View::from(row.clone())).unwrap_or_default();
    let row = after.or(before);
    let entry = Entry {
        account: Some(member.account_id()),
        action: &format!("{}.{verb}", E::KIND),
        subject: row.map(|row| (E::KIND, row.id())),
        title: row.map_or("", |row| row.title()),
        before: before.map(shown),
        after: after.map(shown),
    };
    audit::record(write, &member.who(), entry, office.app.clock.now()).await?;
    Ok(())
}

/// Ends the transaction so that residents get what was changed at once.
async fn publish(office: &Office, member: &Member, write: DatabaseTransaction) -> Result<()> {
    accounts::store::touch(&write, member.account_id()).await?;
    write.commit().await?;
    office.app.kv.tell_changed().await;
    Ok(())
}
