//! Group commit: one task writes all pushes that are waiting in one transaction, and only then lets their
//! answers go. While it writes, the next group gathers by itself, so no time is spent waiting for company.

use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use sea_orm::{DbErr, SqlErr};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use crate::accounts::AccountId;
use crate::app::App;
use crate::clock::{Clock, Timestamp};
use crate::db::Db;
use crate::jobs::{self, NewJob};
use crate::messages::{self, Message};
use crate::subscribers::{self, Contact};
use crate::telemetry::Metrics;

/// So many pushes may wait; further senders are held back until there is room.
const WAITING: usize = 4_096;
const GROUP: usize = 256;
/// A database that takes longer counts as away; WeChat gives up after 5 s and repeats.
const TIME_LIMIT: Duration = Duration::from_millis(3_500);

/// A push with its answer and everything that it changes.
pub(super) struct Recording {
    pub(super) account: AccountId,
    pub(super) message: Message,
    pub(super) contact: Option<Contact>,
    pub(super) jobs: Vec<NewJob>,
}

/// What became of a recording.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Recorded {
    New,
    /// It had been recorded before, with this answer.
    Repeat(String),
}

/// The push is not on disk.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the push could not be recorded: {0}")]
pub(super) struct NotRecorded(Arc<str>);

impl NotRecorded {
    fn because(reason: &str) -> Self {
        Self(reason.into())
    }
}

type Waiting = (Recording, oneshot::Sender<Result<Recorded, NotRecorded>>);

/// The way to the writing task; it ends when the last of these is gone and everything is written.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Waiting>,
}

impl Writer {
    pub(super) fn start(app: &App) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING);
        let work = write_groups(app.db.clone(), app.clock.clone(), app.metrics.clone(), waiting);
        let shutdown = app.shutdown.clone();
        app.tasks.spawn(async move {
            // Without a writer no push can be answered: better to end and be started anew.
            if AssertUnwindSafe(work).catch_unwind().await.is_err() {
                tracing::error!("the writer panicked: the process ends");
                shutdown.cancel();
            }
        });
        Self { queue }
    }

    /// Returns when the push is on disk.
    pub(super) async fn record(&self, recording: Recording) -> Result<Recorded, NotRecorded> {
        let (done, outcome) = oneshot::channel();
        let gone = || NotRecorded::because("the writer has stopped");
        let sent = self.queue.send_timeout((recording, done), TIME_LIMIT).await;
        sent.map_err(|error| NotRecorded::because(&error.to_string()))?;
        outcome.await.ok().ok_or_else(gone)?
    }
}

async fn write_groups(db: Db, clock: Clock, metrics: Metrics, mut waiting: mpsc::Receiver<Waiting>) {
    let mut group: Vec<Waiting> = Vec::with_capacity(GROUP);
    while waiting.recv_many(&mut group, GROUP).await > 0 {
        let (recordings, senders): (Vec<_>, Vec<_>) = group.drain(..).unzip();
        let outcomes = write_group(&db, clock.now(), &recordings).await;
        metrics.committed(recordings.len(), waiting.len());
        for (sender, outcome) in senders.into_iter().zip(outcomes) {
            // Whoever waited may have gone; what is on disk stays there.
            sender.send(outcome).ok();
        }
    }
}

/// One transaction for all. When repeats are among them, those get their answer and the others are written
/// together; when another one is bad, each is written by itself, so that it cannot fail its neighbors.
async fn write_group(db: &Db, now: Timestamp, group: &[Recording]) -> Vec<Result<Recorded, NotRecorded>> {
    let until = Instant::now() + TIME_LIMIT;
    let all: Vec<&Recording> = group.iter().collect();
    let error = match timeout_at(until, write(db, now, &all)).await {
        Ok(Ok(())) => return group.iter().map(|_| Ok(Recorded::New)).collect(),
        Ok(Err(error)) => error,
        Err(_) => return failed(group, "the database is too slow"),
    };
    if matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_)) {
        return failed(group, &error.to_string());
    }
    let mut known = HashMap::new();
    if is_repeat(&error) {
        match timeout_at(until, known_answers(db, group)).await {
            Ok(Ok(found)) => known = found,
            Ok(Err(error)) => return failed(group, &error.to_string()),
            Err(_) => return failed(group, "the database is too slow"),
        }
    }
    let new: Vec<&Recording> =
        group.iter().filter(|recording| !known.contains_key(&key(recording))).collect();
    let together = !known.is_empty() && matches!(timeout_at(until, write(db, now, &new)).await, Ok(Ok(())));
    let mut outcomes = Vec::with_capacity(group.len());
    for recording in group {
        outcomes.push(match known.get(&key(recording)) {
            Some(answer) => Ok(Recorded::Repeat(answer.clone())),
            None if together => Ok(Recorded::New),
            None => match timeout_at(until, write_one(db, now, recording)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(NotRecorded::because("the database is too slow")),
            },
        });
    }
    for error in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        tracing::error!(%error, "a push was not recorded");
    }
    outcomes
}

fn failed(group: &[Recording], reason: &str) -> Vec<Result<Recorded, NotRecorded>> {
    tracing::error!(reason, size = group.len(), "a group of pushes was not recorded");
    group.iter().map(|_| Err(NotRecorded::because(reason))).collect()
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
) -> Result<HashMap<(AccountId, &'a str), String>, DbErr> {
    let mut identities: BTreeMap<AccountId, Vec<&str>> = BTreeMap::new();
    for recording in group {
        identities.entry(recording.account).or_default().push(&recording.message.identity);
    }
    let mut known = HashMap::new();
    for (account, identities) in identities {
        let mut answers = messages::store::answers(db.reader(), account, &identities).await?;
        let found =
            identities.iter().filter_map(|identity| Some(((account, *identity), answers.remove(*identity)?)));
        known.extend(found);
    }
    Ok(known)
}

/// One push by itself. A deadlock with another node is over when it is tried again.
async fn write_one(db: &Db, now: Timestamp, recording: &Recording) -> Result<Recorded, NotRecorded> {
    let mut last = None;
    for _ in 0..2 {
        match write(db, now, &[recording]).await {
            Ok(()) => return Ok(Recorded::New),
            Err(error) if is_repeat(&error) => {
                let known = known_answers(db, std::slice::from_ref(recording)).await;
                match known.map(|mut known| known.remove(&key(recording))) {
                    Ok(Some(answer)) => return Ok(Recorded::Repeat(answer)),
                    Ok(None) => last = Some(error),
                    Err(error) => last = Some(error),
                }
            }
            Err(error) => last = Some(error),
        }
    }
    Err(NotRecorded::because(&last.map(|error| error.to_string()).unwrap_or_default()))
}

async fn write(db: &Db, now: Timestamp, recordings: &[&Recording]) -> Result<(), DbErr> {
    let transaction = db.begin_write().await?;
    let rows = recordings.iter().map(|recording| (recording.account, &recording.message));
    messages::store::insert(&transaction, rows).await?;
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
