//! Making a menu the account's own: a version is kept, and WeChat is given it by a job.

use sea_orm::DatabaseTransaction;

use super::Definition;
use super::jobs::PushMenu;
use super::store::{self, Version};
use crate::accounts::{self, Account};
use crate::clock::Timestamp;
use crate::jobs::{self, NewJob};
use crate::wechat::Capability;

/// Keeps a menu as a new version without publishing it; gives its number.
///
/// # Errors
/// When the database does not answer, or somebody else just took the number; then the transaction is to be rolled back.
pub async fn keep(
    db: &DatabaseTransaction,
    account: &Account,
    definition: &Definition,
    note: &str,
    by: &str,
    now: Timestamp,
) -> anyhow::Result<i64> {
    let number = store::latest_version(db, account.id).await? + 1;
    let version = Version {
        number,
        definition: definition.clone(),
        note: note.into(),
        saved_by: by.into(),
        saved_at: now,
        published_at: None,
    };
    store::save_version(db, account.id, &version).await?;
    Ok(number)
}

/// Makes a kept version the account's menu, and the draft the same. Nodes are to be told after the commit.
///
/// # Errors
/// When the database does not answer, or there is no such version.
pub async fn adopt(
    db: &DatabaseTransaction,
    account: &Account,
    number: i64,
    by: &str,
    now: Timestamp,
) -> anyhow::Result<()> {
    let version = store::version(db, account.id, number).await?;
    let mut version = version.ok_or_else(|| anyhow::anyhow!("there is no version {number} of the menu"))?;
    store::replace(db, account.id, &version.definition, now).await?;
    version.published_at = Some(now);
    store::save_version(db, account.id, &version).await?;
    let draft = store::draft(db, account.id).await?.map_or(0, |draft| draft.version);
    store::save_draft(db, account.id, &version.definition, draft, by, now).await?;
    accounts::store::touch(db, account.id).await?;
    Ok(())
}

/// Has the account's menu pushed to WeChat, where WeChat grants it one; says whether it does.
///
/// # Errors
/// When the database does not answer.
pub async fn push(
    db: &DatabaseTransaction,
    account: &Account,
    number: i64,
    now: Timestamp,
) -> anyhow::Result<bool> {
    if !account.can(Capability::CustomMenu) {
        return Ok(false);
    }
    store::ask_push(db, account.id, number, now).await?;
    let job = NewJob::new(&PushMenu { account: account.slug.clone(), number }, account.id.0, now);
    jobs::store::enqueue(db, &[job], now).await?;
    Ok(true)
}
