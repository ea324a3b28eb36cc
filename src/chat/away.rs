//! While the database is away: pushes go to the journal, are answered all the same, and follow into the database, in
//! their order, when it is back.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sea_orm::DbErr;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::group::{Recorded, write_group};
use super::journal::Journal;
use super::writer::Recording;
use crate::app::App;
use crate::messages;

/// How long between two looks at a database that is away.
const PAUSE: Duration = Duration::from_secs(1);
const LOOK_LIMIT: Duration = Duration::from_secs(2);
/// So many are brought into the database together. Nobody waits for them, so they get more time.
const GROUP: usize = 256;
const GROUP_LIMIT: Duration = Duration::from_secs(10);
/// A database that is slower than this takes what is in the journal, and nothing else yet.
const QUICK: Duration = Duration::from_millis(300);

/// Where pushes go while the database is away. One of it; the writer and the return share it.
pub(super) struct Away {
    /// Whether pushes go to the journal now; written while the state is held.
    is_away: AtomicBool,
    state: Mutex<State>,
    has_gone: Notify,
}

struct State {
    journal: Journal,
    /// Up to here the journal is in the database.
    done: u64,
}

impl Away {
    /// Opens the journal. What is in it since before goes into the database first.
    pub(super) fn open(folder: &Path, limit: u64) -> io::Result<Self> {
        let journal = Journal::open(folder, limit)?;
        let is_away = AtomicBool::new(journal.len() > 0);
        let state = State { journal, done: Journal::beginning() };
        Ok(Self { is_away, state: Mutex::new(state), has_gone: Notify::new() })
    }

    /// What an earlier process has left in the journal, the newest at most.
    pub(super) fn left_over(&self, at_most: usize) -> Vec<Recording> {
        let state = self.state();
        let mut newest = VecDeque::new();
        let mut at = Journal::beginning();
        // Bit by bit: the journal may be larger than what should be held in memory.
        while let Ok((records, next)) = state.journal.read(at, GROUP)
            && !records.is_empty()
        {
            newest.extend(records.iter().filter_map(|record| serde_json::from_slice(record).ok()));
            newest.drain(..newest.len().saturating_sub(at_most));
            at = next;
        }
        newest.into()
    }

    /// Whether pushes go to the journal now. The one writer asks before each group, and nobody else makes them.
    pub(super) fn is_away(&self) -> bool {
        self.is_away.load(Ordering::Acquire)
    }

    /// How many pushes wait in the journal, and how many bytes they take.
    pub(super) fn waiting(&self) -> (u64, u64) {
        let state = self.state();
        (state.journal.len(), state.journal.bytes())
    }

    /// Puts a group into the journal, and from now on every other one. False when the database came back in between:
    /// then the group may go there.
    pub(super) fn keep(&self, group: &[Recording], is_first: bool) -> io::Result<bool> {
        let records = group.iter().map(serde_json::to_vec).collect::<Result<Vec<_>, _>>()?;
        let mut state = self.state();
        if !is_first && !self.is_away() {
            return Ok(false);
        }
        state.journal.append(&records)?;
        if !self.is_away.swap(true, Ordering::AcqRel) {
            self.has_gone.notify_one();
        }
        Ok(true)
    }

    /// Keeps pushes that the database will never take.
    pub(super) fn reject(&self, recording: &Recording, reason: &str) -> io::Result<()> {
        self.state().journal.reject(&serde_json::to_vec(recording)?, reason)
    }

    /// Makes the journal's room on the disk its own.
    pub(super) fn reserve(&self) -> io::Result<()> {
        self.state().journal.reserve()
    }

    fn next(&self) -> io::Result<(Vec<Vec<u8>>, u64)> {
        let state = self.state();
        state.journal.read(state.done, GROUP)
    }

    fn have_done(&self, up_to: u64) {
        self.state().done = up_to;
    }

    /// Ends the absence if nothing waits; nothing can come between.
    fn come_back(&self) -> io::Result<bool> {
        let mut state = self.state();
        if state.done < state.journal.end() {
            return Ok(false);
        }
        state.journal.clear()?;
        state.done = Journal::beginning();
        self.is_away.store(false, Ordering::Release);
        Ok(true)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Brings what was kept into the database whenever it is back, until shutdown. What is left then is brought by the
/// next process.
pub(super) async fn bring_back(app: App, away: Arc<Away>) {
    loop {
        if !away.is_away() {
            tokio::select! {
                () = app.shutdown.cancelled() => return,
                () = away.has_gone.notified() => (),
            }
            tracing::error!(
                "the database is away: pushes are answered and kept in the journal until it is back"
            );
        }
        let since = Instant::now();
        let mut told = String::new();
        app.metrics.set_database(false);
        while away.is_away() {
            if let Err(reason) = bring_some(&app, &away).await {
                if reason != told {
                    tracing::warn!(reason, "what is in the journal cannot be brought into the database yet");
                    told = reason;
                }
                tokio::select! {
                    () = app.shutdown.cancelled() => return,
                    () = tokio::time::sleep(PAUSE) => (),
                }
            }
            let (pushes, bytes) = away.waiting();
            app.metrics.set_journal(pushes, bytes);
        }
        app.metrics.set_database(true);
        tracing::info!(seconds = since.elapsed().as_secs(), "the database is back, and the journal is in it");
    }
}

/// Brings one group into the database; when nothing is left, ends the absence.
async fn bring_some(app: &App, away: &Arc<Away>) -> Result<(), String> {
    let told = |error: io::Error| format!("the journal cannot be read: {error}");
    let (records, next) = away.next().map_err(told)?;
    let started = Instant::now();
    if records.is_empty() {
        // Also after a start with nothing but what was brought already.
        return away.come_back().map(drop).map_err(told);
    }
    tokio::time::timeout(LOOK_LIMIT, app.db.ping())
        .await
        .map_err(|elapsed| format!("it does not answer: {elapsed}"))?
        .map_err(|error| error.to_string())?;
    let group = records.iter().filter_map(|record| {
        let read = serde_json::from_slice(record);
        read.inspect_err(|error| tracing::error!(%error, "a push in the journal cannot be read")).ok()
    });
    let group: Arc<Vec<Recording>> = Arc::new(group.collect());
    let outcomes = write_group(app, &group, GROUP_LIMIT).await;
    let outcomes = outcomes.map_err(|reason| reason.to_string())?;
    for (recording, outcome) in group.iter().zip(outcomes) {
        match outcome {
            Recorded::New => (),
            Recorded::Repeat(first) if first == recording.message.answer => (),
            Recorded::Repeat(_) => keep_given(app, recording).await.map_err(|error| error.to_string())?,
            Recorded::Refused(reason) => {
                away.reject(recording, &reason).map_err(told)?;
                app.metrics.rejected();
                tracing::error!(%reason, "the database refuses a push; it is kept in journal/rejected.jsonl");
            }
        }
    }
    away.have_done(next);
    if next < away.state().journal.end() {
        return Ok(());
    }
    if started.elapsed() > QUICK {
        return Err("it is too slow for residents to wait for it".into());
    }
    away.come_back().map(drop).map_err(told)
}

/// A push that had got into the database just before that went away, and then was answered anew from here, since
/// nobody could know: this is the answer that the resident has.
async fn keep_given(app: &App, recording: &Recording) -> Result<(), DbErr> {
    let Recording { account, message, .. } = recording;
    let transaction = app.db.begin_write().await?;
    messages::store::replace_answer(&transaction, *account, &message.identity, &message.answer).await?;
    transaction.commit().await
}
