//! When the database is back: what was kept in the journal goes into it.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;
use tokio::time::Instant;

use super::away::{Away, Standing};
use super::group::{Origin, Recorded, write_group};
use super::rejected::Person;
use super::writer::Recording;
use crate::accounts::AccountId;
use crate::app::App;
use crate::clock::Timestamp;
use crate::db;
use crate::messages::{self, erasures};

/// How long between two looks at a database that is away.
const PAUSE: Duration = Duration::from_secs(1);
const LOOK_LIMIT: Duration = Duration::from_secs(2);
/// So many are brought into the database together. Nobody waits for them, so they get more time.
const GROUP: usize = 256;
const GROUP_LIMIT: Duration = Duration::from_secs(10);
/// A database that is slower than this takes what is in the journal, and nothing else yet.
const QUICK: Duration = Duration::from_millis(300);
/// How soon what was kept of an erased person, because the database refused it, is removed on every node.
const ERASING: Duration = Duration::from_secs(30);

/// Why nothing goes from the journal into the database now.
struct Hindrance {
    standing: Standing,
    reason: String,
}

impl Hindrance {
    fn database(reason: impl Into<String>) -> Self {
        Self { standing: Standing::Away, reason: reason.into() }
    }

    fn slowness() -> Self {
        Self { standing: Standing::Slow, reason: "it is too slow for residents to wait for it".into() }
    }

    /// The database itself has answered.
    fn journal(error: &io::Error) -> Self {
        Self { standing: Standing::Returning, reason: format!("the journal cannot be read: {error}") }
    }
}

/// Brings what was kept into the database whenever it is back, until shutdown. What is left then is brought by the
/// next process.
pub(super) async fn bring_back(app: App, away: Arc<Away>) {
    loop {
        match away.standing() {
            Standing::Here => {
                tokio::select! {
                    () = app.shutdown.cancelled() => return,
                    () = away.gone() => (),
                }
                tracing::error!(
                    "the database is away: pushes are answered and kept in the journal until it is back"
                );
            }
            _ => tracing::info!(
                pushes = away.waiting(),
                "what an earlier process left in the journal goes into the database"
            ),
        }
        let since = Instant::now();
        let mut told = String::new();
        while away.is_away() {
            let Err(Hindrance { standing, reason }) = bring_some(&app, &away).await else { continue };
            away.returns(standing);
            if reason != told {
                tracing::warn!(reason, "what is in the journal cannot be brought into the database yet");
                told = reason;
            }
            tokio::select! {
                () = app.shutdown.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => (),
            }
        }
        tracing::info!(seconds = since.elapsed().as_secs(), "the database is back, and the journal is in it");
    }
}

/// Brings one group into the database; when nothing is left, ends the absence.
async fn bring_some(app: &App, away: &Arc<Away>) -> Result<(), Hindrance> {
    let looked = Instant::now();
    let look = tokio::time::timeout(LOOK_LIMIT, app.db.ping()).await;
    look.map_err(|_elapsed| Hindrance::database("it does not answer"))?
        .map_err(|error| Hindrance::database(db::told(&error)))?;
    let is_quick = looked.elapsed() <= QUICK;
    let (records, next) = away.next(GROUP).await.map_err(|error| Hindrance::journal(&error))?;
    let started = Instant::now();
    if records.is_empty() {
        if !is_quick {
            return Err(Hindrance::slowness());
        }
        // Also after a start with nothing but what was brought already.
        return away.come_back().await.map(drop).map_err(|error| Hindrance::journal(&error));
    }
    let group = records.iter().filter_map(|record| {
        let read = serde_json::from_slice(record);
        // The error would quote it.
        read.inspect_err(|_| tracing::error!("a push in the journal cannot be read")).ok()
    });
    let group: Arc<Vec<Recording>> = Arc::new(group.collect());
    let outcomes = write_group(app, &group, Origin::Journal, GROUP_LIMIT).await;
    let outcomes = outcomes.map_err(|away| Hindrance::database(away.to_string()))?;
    let mut refused = Vec::new();
    for (place, (recording, outcome)) in group.iter().zip(outcomes).enumerate() {
        match outcome {
            Recorded::New => (),
            Recorded::Repeat(first) if first == recording.message.answer => (),
            Recorded::Repeat(_) => {
                keep_given(app, recording).await.map_err(|error| Hindrance::database(db::told(&error)))?;
            }
            Recorded::Refused(reason) => {
                tracing::error!(%reason, "the database refuses a push; it is kept in journal/rejected.jsonl");
                app.metrics.rejected();
                refused.push((place, reason));
            }
        }
    }
    if !refused.is_empty() {
        away.reject(&group, refused).await.map_err(|error| Hindrance::journal(&error))?;
    }
    // It takes what was kept, and says so while much of it is left.
    away.returns(Standing::Returning);
    let is_all = away.have_done(next, records.len() as u64).await;
    if !is_all.map_err(|error| Hindrance::journal(&error))? {
        return Ok(());
    }
    if started.elapsed() > QUICK {
        return Err(Hindrance::slowness());
    }
    away.come_back().await.map(drop).map_err(|error| Hindrance::journal(&error))
}

/// A push that had got into the database just before that went away, and then was answered anew from here, since
/// nobody could know: this is the answer that the resident has.
async fn keep_given(app: &App, recording: &Recording) -> Result<(), DbErr> {
    let Recording { account, message, .. } = recording;
    let transaction = app.db.begin_write().await?;
    messages::store::replace_answer(&transaction, *account, &message.identity, &message.answer).await?;
    transaction.commit().await
}

/// Removes what erased people had sent from what is kept because the database refused it. Each node does so for its
/// own, until shutdown.
pub(super) async fn forget_erased(app: App, away: Arc<Away>) {
    let mut seen = None;
    loop {
        match forget_since(&app, &away, seen).await {
            Ok(newest) => seen = newest,
            Err(reason) => tracing::debug!(reason, "what erased people had sent is looked for again soon"),
        }
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(ERASING) => (),
        }
    }
}

/// Looks only when somebody was erased since then; gives when the last one was.
async fn forget_since(
    app: &App,
    away: &Arc<Away>,
    seen: Option<Timestamp>,
) -> Result<Option<Timestamp>, String> {
    let db = app.db.reader();
    let newest = erasures::store::newest(db).await.map_err(|error| db::told(&error))?;
    if newest == seen {
        return Ok(newest);
    }
    let told = |error: io::Error| error.to_string();
    let people = away.rejected_people().await.map_err(told)?;
    let mut by_account: HashMap<AccountId, Vec<&str>> = HashMap::new();
    for (account, openid) in &people {
        by_account.entry(*account).or_default().push(openid);
    }
    let mut erased: HashMap<Person, Timestamp> = HashMap::new();
    for (account, openids) in by_account {
        for openids in openids.chunks(GROUP) {
            let found = erasures::store::among(db, account, openids).await;
            let found = found.map_err(|error| db::told(&error))?;
            erased.extend(found.into_iter().map(|(openid, at)| ((account, openid.to_owned()), at)));
        }
    }
    if !erased.is_empty() {
        let pushes = away.forget_rejected(erased).await.map_err(told)?;
        tracing::info!(pushes, "what erased people had sent was removed from journal/rejected.jsonl");
    }
    Ok(newest)
}
