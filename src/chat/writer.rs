//! Group commit: one task writes all pushes that are waiting in one transaction, and only then lets their
//! answers go. While it writes, the next group gathers by itself, so no time is spent waiting for company.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{DbErr, SqlErr};
use tokio::sync::{mpsc, oneshot};

use crate::accounts::AccountId;
use crate::app::App;
use crate::clock::{Clock, Timestamp};
use crate::db::Db;
use crate::jobs::{self, NewJob};
use crate::messages::{self, Message};
use crate::subscribers::{self, Contact};

/// So many pushes may wait; further senders are held back until there is room.
const WAITING: usize = 4_096;
const GROUP: usize = 256;
/// A database that takes longer counts as away; WeChat gives up after 5 s and repeats.
const TIME_LIMIT: Duration = Duration::from_millis(3_500);

/// A push with its answer and everything that it changes.
#[derive(Debug)]
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
        app.tasks.spawn(write_groups(app.db.clone(), app.clock.clone(), waiting));
        Self { queue }
    }

    /// Returns when the push is on disk.
    pub(super) async fn record(&self, recording: Recording) -> Result<Recorded, NotRecorded> {
        let (done, outcome) = oneshot::channel();
        let gone = || NotRecorded::because("the writer has stopped");
        self.queue.send((recording, done)).await.ok().ok_or_else(gone)?;
        outcome.await.ok().ok_or_else(gone)?
    }
}

async fn write_groups(db: Db, clock: Clock, mut waiting: mpsc::Receiver<Waiting>) {
    let mut group: Vec<Waiting> = Vec::with_capacity(GROUP);
    while waiting.recv_many(&mut group, GROUP).await > 0 {
        let (recordings, senders): (Vec<_>, Vec<_>) = group.drain(..).unzip();
        let outcomes = write_group(&db, clock.now(), &recordings).await;
        for (sender, outcome) in senders.into_iter().zip(outcomes) {
            // Whoever waited may have gone; what is on disk stays there.
            sender.send(outcome).ok();
        }
    }
}

/// One transaction for all; when that fails, one for each, so that a bad one cannot fail its neighbors.
async fn write_group(
    db: &Db,
    now: Timestamp,
    recordings: &[Recording],
) -> Vec<Result<Recorded, NotRecorded>> {
    let all = tokio::time::timeout(TIME_LIMIT, write(db, now, recordings)).await;
    match all {
        Ok(Ok(())) => return recordings.iter().map(|_| Ok(Recorded::New)).collect(),
        Ok(Err(error)) if recordings.len() > 1 => {
            tracing::debug!(%error, size = recordings.len(), "a group is written one by one");
        }
        Ok(Err(_)) => (),
        Err(_) => {
            tracing::error!(size = recordings.len(), "the database is too slow: a group was not recorded");
            return recordings
                .iter()
                .map(|_| Err(NotRecorded::because("the database is too slow")))
                .collect();
        }
    }
    let mut outcomes = Vec::with_capacity(recordings.len());
    for recording in recordings {
        let one = tokio::time::timeout(TIME_LIMIT, write_one(db, now, recording)).await;
        let outcome = one.unwrap_or_else(|_| Err(NotRecorded::because("the database is too slow")));
        if let Err(error) = &outcome {
            tracing::error!(%error, account = recording.account.0, "a push was not recorded");
        }
        outcomes.push(outcome);
    }
    outcomes
}

async fn write_one(db: &Db, now: Timestamp, recording: &Recording) -> Result<Recorded, NotRecorded> {
    match write(db, now, std::slice::from_ref(recording)).await {
        Ok(()) => Ok(Recorded::New),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            let identity = &recording.message.identity;
            let answer = messages::store::answer(db.reader(), recording.account, identity).await;
            match answer {
                Ok(Some(answer)) => Ok(Recorded::Repeat(answer)),
                Ok(None) => Err(NotRecorded::because(&error.to_string())),
                Err(error) => Err(NotRecorded::because(&error.to_string())),
            }
        }
        Err(error) => Err(NotRecorded::because(&error.to_string())),
    }
}

async fn write(db: &Db, now: Timestamp, recordings: &[Recording]) -> Result<(), DbErr> {
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
