//! What the clock does to notices: publishes, takes back, marks as expired. Every node looks; each thing happens once,
//! also after an outage.

use std::time::Duration;

use sea_orm::ConnectionTrait;

use super::desk::{self, Deed, NOBODY, Refusal};
use super::models::notice;
use super::states::State;
use super::store::{self, Due};
use super::texts;
use crate::app::App;
use crate::clock::Timestamp;

/// How often a node looks; times are to the minute.
const LOOK: Duration = Duration::from_secs(2);
const LIMIT: u64 = 100;
/// Every so many looks the trash is gone through.
const TRASH_EVERY: u32 = 200;
/// What is due for longer waits for a person, unless the account has decided otherwise.
pub const LATE_MINUTES: i64 = 12 * 60;
const MINUTE_MILLIS: i64 = 60_000;
/// What is in the trash can be taken out for so long.
pub const TRASH_MILLIS: i64 = 30 * 86_400_000;

/// What the clock has done to a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Published,
    /// Its time was missed by too much, or something is lacking: somebody has to decide.
    Missed,
    Withdrawn,
    Expired,
}

/// Looks again and again until the process is to end.
pub async fn keep(app: App) {
    let mut is_failing = false;
    for look in 0_u32.. {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(LOOK) => (),
        }
        let result = match run_due(&app).await {
            Ok(done) if look % TRASH_EVERY == 0 => empty_trash(&app).await.map(|()| done),
            result => result,
        };
        match result {
            Ok(done) => {
                is_failing = false;
                if done > 0 {
                    tracing::info!(
                        notices = done,
                        "notices were published, withdrawn or expired by their time"
                    );
                    app.kv.tell_changed().await;
                }
            }
            Err(error) if !is_failing => {
                tracing::warn!(
                    error = told(&error),
                    "what is due for notices cannot be done; it is tried again"
                );
                is_failing = true;
            }
            Err(_) => (),
        }
    }
}

/// Does what is due; says how much it was.
///
/// # Errors
/// When the database does not answer.
pub async fn run_due(app: &App) -> Result<usize, Refusal> {
    let now = app.clock.now();
    let mut done = 0;
    for due in store::due(app.db.reader(), now, LIMIT).await? {
        let transaction = app.db.begin_write().await?;
        match one(&transaction, due, now).await {
            Ok(Some(_)) => {
                transaction.commit().await?;
                done += 1;
            }
            // Another node was faster, or somebody has changed it: it is looked at again.
            Ok(None) | Err(Refusal::Stale { .. } | Refusal::NotNow | Refusal::NotFound) => {
                transaction.rollback().await?
            }
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Removes for good what has been in the trash for long enough.
async fn empty_trash(app: &App) -> Result<(), Refusal> {
    let transaction = app.db.begin_write().await?;
    store::purge_trash(&transaction, app.clock.now().plus_millis(-TRASH_MILLIS), LIMIT).await?;
    transaction.commit().await?;
    Ok(())
}

/// Does to one notice what is due.
///
/// # Errors
/// [`Refusal::Stale`] when somebody else was faster.
pub async fn one(db: &impl ConnectionTrait, due: Due, now: Timestamp) -> Result<Option<Done>, Refusal> {
    let Some(notice) = store::find(db, due.account, due.id).await? else { return Ok(None) };
    let deed = Deed { account: due.account, id: due.id, version: notice.version, person: NOBODY, now };
    let is_due = |at: Option<i64>| at.is_some_and(|at| at <= now.millis());
    if notice.state == State::Scheduled && !notice.missed && is_due(notice.publish_at) {
        return publish(db, &deed, &notice).await.map(Some);
    }
    if notice.live_revision.is_some() && is_due(notice.withdraw_at) {
        desk::withdraw(db, &deed, texts::WITHDRAWN_BY_TIME).await?;
        return Ok(Some(Done::Withdrawn));
    }
    if notice.state == State::Published && is_due(notice.expires_at) {
        desk::expire(db, &deed).await?;
        return Ok(Some(Done::Expired));
    }
    Ok(None)
}

async fn publish(db: &impl ConnectionTrait, deed: &Deed, notice: &notice::Model) -> Result<Done, Refusal> {
    let at = Timestamp::from_millis(notice.publish_at.unwrap_or_default());
    let limit = store::late_limit(db, deed.account).await?.unwrap_or(LATE_MINUTES);
    if deed.now.millis() - at.millis() > limit * MINUTE_MILLIS {
        desk::miss(db, deed).await?;
        return Ok(Done::Missed);
    }
    match desk::publish(db, deed, at).await {
        Ok(_) => Ok(Done::Published),
        // A section is gone, or its last day is over.
        Err(Refusal::Invalid(_)) => {
            desk::miss(db, deed).await?;
            Ok(Done::Missed)
        }
        Err(error) => Err(error),
    }
}

fn told(error: &Refusal) -> String {
    match error {
        Refusal::Database(error) => crate::db::told(error),
        other => other.to_string(),
    }
}
