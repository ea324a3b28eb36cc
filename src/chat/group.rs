//! A group of pushes into the database: one transaction for all, or for each one if one of them is bad.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{DatabaseTransaction, DbErr, SqlErr};
use tokio::time::Instant;
use tracing::Instrument;

use super::writer::Recording;
use crate::accounts::{self, AccountId};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::{self, Db};
use crate::jobs::{self, NewJob};
use crate::messages::{self, Message, erasures};
use crate::subscribers::{self, Contact};

/// After another writer was in the way; each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// What became of a recording.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Recorded {
    New,
    /// It had been recorded before, with this answer.
    Repeat(Arc<str>),
    /// The database will never take it: something in it does not fit.
    Refused(Arc<str>),
}

/// Where a group comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    WeChat,
    /// It has waited: meanwhile people in it may have been erased, and accounts removed. What those had sent before
    /// counts as recorded, and is not.
    Journal,
}

/// The database is away: nothing of the group can be said to be recorded, and all of it may be tried again.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Away(String);

impl From<DbErr> for Away {
    fn from(error: DbErr) -> Self {
        Self(db::told(&error))
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
    origin: Origin,
    limit: Duration,
) -> Result<Vec<Recorded>, Away> {
    let writing = Writing { db: app.db.clone(), now: app.clock.now(), until: Instant::now() + limit, origin };
    let group = Arc::clone(group);
    let span = tracing::debug_span!("commit", size = group.len());
    let work = async move { writing.write_or_sort_out(&group).await };
    let work = app.tasks.spawn(work.instrument(span));
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Away("writing it panicked".into())),
        Err(_) => Err(Away(format!("slower than {limit:?}"))),
    }
}

fn is_repeat(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

fn key(recording: &Recording) -> (AccountId, &str) {
    (recording.account, &recording.message.identity)
}

struct Writing {
    db: Db,
    now: Timestamp,
    /// Nobody waits any longer.
    until: Instant,
    origin: Origin,
}

impl Writing {
    async fn write_or_sort_out(&self, group: &[Recording]) -> Result<Vec<Recorded>, Away> {
        let all: Vec<&Recording> = group.iter().collect();
        match self.write(&all).await {
            Ok(()) => Ok(group.iter().map(|_| Recorded::New).collect()),
            Err(error) if is_repeat(&error) => self.sort_out_repeats(group).await,
            Err(error) if db::is_about_values(&error) => self.write_each(group).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Those that were recorded before get their answer, and the others are written together.
    async fn sort_out_repeats(&self, group: &[Recording]) -> Result<Vec<Recorded>, Away> {
        let known = self.known_answers(group).await?;
        let new: Vec<&Recording> =
            group.iter().filter(|recording| !known.contains_key(&key(recording))).collect();
        if known.is_empty() || self.write(&new).await.is_err() {
            return self.write_each(group).await;
        }
        let outcome = |recording: &Recording| {
            known.get(&key(recording)).cloned().map_or(Recorded::New, Recorded::Repeat)
        };
        Ok(group.iter().map(outcome).collect())
    }

    /// Each by itself, so that a bad one cannot fail its neighbors.
    async fn write_each(&self, group: &[Recording]) -> Result<Vec<Recorded>, Away> {
        let mut outcomes = Vec::with_capacity(group.len());
        for recording in group {
            outcomes.push(self.write_one(recording).await?);
        }
        Ok(outcomes)
    }

    async fn write_one(&self, recording: &Recording) -> Result<Recorded, Away> {
        match self.write(&[recording]).await {
            Ok(()) => Ok(Recorded::New),
            Err(error) if is_repeat(&error) => {
                let known = self.known_answers(std::slice::from_ref(recording)).await?;
                let answer = known.into_values().next();
                Ok(answer.map_or_else(|| Recorded::Refused(db::told(&error).into()), Recorded::Repeat))
            }
            Err(error) if db::is_about_values(&error) => Ok(Recorded::Refused(db::told(&error).into())),
            Err(error) => Err(error.into()),
        }
    }

    /// The answers of those in a group that have been recorded before.
    async fn known_answers<'a>(
        &self,
        group: &'a [Recording],
    ) -> Result<HashMap<(AccountId, &'a str), Arc<str>>, DbErr> {
        let mut identities: BTreeMap<AccountId, Vec<&str>> = BTreeMap::new();
        for recording in group {
            identities.entry(recording.account).or_default().push(&recording.message.identity);
        }
        let mut known = HashMap::new();
        for (account, identities) in identities {
            let mut answers = messages::store::answers(self.db.reader(), account, &identities).await?;
            let found = identities
                .iter()
                .filter_map(|identity| Some(((account, *identity), Arc::from(answers.remove(*identity)?))));
            known.extend(found);
        }
        Ok(known)
    }

    /// Writes some together. Other nodes write the same followers: a deadlock with one, however many in a row, only
    /// means that it is done again, as long as somebody waits.
    async fn write(&self, recordings: &[&Recording]) -> Result<(), DbErr> {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.try_to_write(recordings).await {
                Err(error) if db::was_in_the_way(&error) && Instant::now() + pause < self.until => {
                    // Not in step with the other one.
                    tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                outcome => return outcome,
            }
        }
    }

    async fn try_to_write(&self, recordings: &[&Recording]) -> Result<(), DbErr> {
        let transaction = self.db.begin_write().await?;
        match self.origin {
            Origin::WeChat => self.insert(&transaction, recordings).await?,
            Origin::Journal => {
                erasures::store::hold(&transaction, self.now).await?;
                let kept = of_living_accounts(&transaction, recordings).await?;
                let kept = without_erased(&transaction, &kept).await?;
                self.insert(&transaction, &kept).await?;
            }
        }
        transaction.commit().await
    }

    async fn insert(&self, db: &DatabaseTransaction, recordings: &[&Recording]) -> Result<(), DbErr> {
        let rows: Vec<(AccountId, &Message)> =
            recordings.iter().map(|recording| (recording.account, &recording.message)).collect();
        messages::store::insert(db, &rows).await?;
        let mut contacts: BTreeMap<AccountId, Vec<(&str, &Contact, Timestamp)>> = BTreeMap::new();
        for Recording { account, message, contact, .. } in recordings {
            if let Some(contact) = contact {
                contacts.entry(*account).or_default().push((&message.openid, contact, message.sent_at));
            }
        }
        for (account, contacts) in contacts {
            subscribers::store::note(db, account, &contacts).await?;
        }
        let jobs: Vec<NewJob> =
            recordings.iter().flat_map(|recording| recording.jobs.iter().cloned()).collect();
        jobs::store::enqueue(db, &jobs, self.now).await
    }
}

/// Those of some recordings whose accounts are still there. A restored database may give a number once more: what
/// residents wrote to one community must never be read in another.
async fn of_living_accounts<'a>(
    db: &DatabaseTransaction,
    recordings: &[&'a Recording],
) -> Result<Vec<&'a Recording>, DbErr> {
    let living = accounts::store::slugs(db).await?;
    let is_kept = |recording: &&Recording| {
        living
            .get(&recording.account)
            .is_some_and(|slug| recording.slug.is_empty() || *slug == recording.slug)
    };
    let kept: Vec<&Recording> = recordings.iter().copied().filter(is_kept).collect();
    if kept.len() < recordings.len() {
        let pushes = recordings.len() - kept.len();
        tracing::warn!(
            pushes,
            "what had come for accounts that were removed was left out of what comes from the journal"
        );
    }
    Ok(kept)
}

/// Those of some recordings whose people were not erased after them.
async fn without_erased<'a>(
    db: &DatabaseTransaction,
    recordings: &[&'a Recording],
) -> Result<Vec<&'a Recording>, DbErr> {
    let mut people: BTreeMap<AccountId, Vec<&str>> = BTreeMap::new();
    for recording in recordings {
        people.entry(recording.account).or_default().push(&recording.message.openid);
    }
    let mut erased = HashMap::new();
    for (account, openids) in people {
        let found = erasures::store::among(db, account, &openids).await?;
        erased.extend(found.into_iter().map(|(openid, at)| ((account, openid), at)));
    }
    let is_kept = |recording: &&Recording| {
        let Recording { account, message, .. } = recording;
        let at = erased.get(&(*account, message.openid.as_str()));
        at.is_none_or(|at| message.received_at > *at)
    };
    let kept: Vec<&Recording> = recordings.iter().copied().filter(is_kept).collect();
    if kept.len() < recordings.len() {
        let pushes = recordings.len() - kept.len();
        tracing::info!(pushes, "what erased people had sent was left out of what comes from the journal");
    }
    Ok(kept)
}
