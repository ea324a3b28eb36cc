//! A group of pushes into the database: one transaction for all, or for each one if one of them is bad.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use super::writer::Recording;
use crate::accounts::AccountId;
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::{self, Db};
use crate::jobs::{self, NewJob};
use crate::messages::{self, Message};
use crate::subscribers::{self, Contact};
use sea_orm::{DbErr, SqlErr};
use tracing::Instrument;

/// What became of a recording.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Recorded {
    New,
    /// It had been recorded before, with this answer.
    Repeat(Arc<str>),
    /// The database will never take it: something in it does not fit.
    Refused(Arc<str>),
}

/// The database is away: nothing of the group can be said to be recorded, and all of it may be tried again.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Away(String);

impl From<DbErr> for Away {
    fn from(error: DbErr) -> Self {
        Self(error.to_string())
    }
}

/// Writes a group, of which some may have been recorded before. It is waited for no longer than `limit`; a
/// transaction that takes longer ends by itself, since one that is dropped may stay open on the server.
///
/// # Errors
/// When the database is away or too slow. Parts of the group may have been recorded; those are repeats at the next try.
pub(super) async fn write_group(
    app: &App,
    group: &Arc<Vec<Recording>>,
    limit: Duration,
) -> Result<Vec<Recorded>, Away> {
    let (db, now, group) = (app.db.clone(), app.clock.now(), Arc::clone(group));
    let span = tracing::debug_span!("commit", size = group.len());
    let work = async move { write_or_sort_out(&db, now, &group).await };
    let work = app.tasks.spawn(work.instrument(span));
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Away("writing it panicked".into())),
        Err(_) => Err(Away(format!("slower than {limit:?}"))),
    }
}

async fn write_or_sort_out(db: &Db, now: Timestamp, group: &[Recording]) -> Result<Vec<Recorded>, Away> {
    let all: Vec<&Recording> = group.iter().collect();
    let mut outcome = write(db, now, &all).await;
    if outcome.as_ref().is_err_and(db::was_in_the_way) {
        outcome = write(db, now, &all).await;
    }
    match outcome {
        Ok(()) => Ok(group.iter().map(|_| Recorded::New).collect()),
        Err(error) if is_repeat(&error) => sort_out_repeats(db, now, group).await,
        Err(error) if db::is_about_values(&error) => write_each(db, now, group).await,
        Err(error) => Err(error.into()),
    }
}

/// Those that were recorded before get their answer, and the others are written together.
async fn sort_out_repeats(db: &Db, now: Timestamp, group: &[Recording]) -> Result<Vec<Recorded>, Away> {
    let known = known_answers(db, group).await?;
    let new: Vec<&Recording> =
        group.iter().filter(|recording| !known.contains_key(&key(recording))).collect();
    if known.is_empty() || write(db, now, &new).await.is_err() {
        return write_each(db, now, group).await;
    }
    let outcome =
        |recording: &Recording| known.get(&key(recording)).cloned().map_or(Recorded::New, Recorded::Repeat);
    Ok(group.iter().map(outcome).collect())
}

/// Each by itself, so that a bad one cannot fail its neighbors.
async fn write_each(db: &Db, now: Timestamp, group: &[Recording]) -> Result<Vec<Recorded>, Away> {
    let mut outcomes = Vec::with_capacity(group.len());
    for recording in group {
        outcomes.push(write_one(db, now, recording).await?);
    }
    Ok(outcomes)
}

async fn write_one(db: &Db, now: Timestamp, recording: &Recording) -> Result<Recorded, Away> {
    let mut outcome = write(db, now, &[recording]).await;
    // A deadlock with another node is over when it is tried again.
    if outcome.as_ref().is_err_and(db::was_in_the_way) {
        outcome = write(db, now, &[recording]).await;
    }
    match outcome {
        Ok(()) => Ok(Recorded::New),
        Err(error) if is_repeat(&error) => {
            let known = known_answers(db, std::slice::from_ref(recording)).await?;
            let answer = known.into_values().next();
            Ok(answer.map_or_else(|| Recorded::Refused(error.to_string().into()), Recorded::Repeat))
        }
        Err(error) if db::is_about_values(&error) => Ok(Recorded::Refused(error.to_string().into())),
        Err(error) => Err(error.into()),
    }
}

fn is_repeat(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

fn key(recording: &Recording) -> (AccountId, &str) {
    (recording.account, &recording.message.identity)
}

/// The answers of those in a group that have been recorded before.
async fn known_answers<'a>(
    db: &Db,
    group: &'a [Recording],
) -> Result<HashMap<(AccountId, &'a str), Arc<str>>, DbErr> {
    let mut identities: BTreeMap<AccountId, Vec<&str>> = BTreeMap::new();
    for recording in group {
        identities.entry(recording.account).or_default().push(&recording.message.identity);
    }
    let mut known = HashMap::new();
    for (account, identities) in identities {
        let mut answers = messages::store::answers(db.reader(), account, &identities).await?;
        let found = identities
            .iter()
            .filter_map(|identity| Some(((account, *identity), Arc::from(answers.remove(*identity)?))));
        known.extend(found);
    }
    Ok(known)
}

async fn write(db: &Db, now: Timestamp, recordings: &[&Recording]) -> Result<(), DbErr> {
    let transaction = db.begin_write().await?;
    let rows: Vec<(AccountId, &Message)> =
        recordings.iter().map(|recording| (recording.account, &recording.message)).collect();
    messages::store::insert(&transaction, &rows).await?;
    let mut contacts: BTreeMap<AccountId, Vec<(&str, &Contact, Timestamp)>> = BTreeMap::new();
    for Recording { account, message, contact, .. } in recordings {
        if let Some(contact) = contact {
            contacts.entry(*account).or_default().push((&message.openid, contact, message.sent_at));
        }
    }
    for (account, contacts) in contacts {
        subscribers::store::note(&transaction, account, &contacts).await?;
    }
    let jobs: Vec<NewJob> = recordings.iter().flat_map(|recording| recording.jobs.iter().cloned()).collect();
    jobs::store::enqueue(&transaction, &jobs, now).await?;
    transaction.commit().await
}
