//! Group commit: one task writes all pushes that are waiting in one transaction, and only then lets their
//! answers go. While it writes, the next group gathers by itself, so no time is spent waiting for company.

use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::answers::Outcome;
use super::away::Away;
use super::claims::{Claims, Ended};
use super::group::{Origin, Recorded, write_group};
use super::returning::bring_back;
use crate::accounts::AccountId;
use crate::app::App;
use crate::jobs::NewJob;
use crate::messages::Message;
use crate::subscribers::Contact;
use crate::telemetry::metrics::Counter;

/// So many pushes may wait; those beyond are turned away, and WeChat repeats them.
const WAITING: usize = 2_048;
const GROUP: usize = 256;
/// A database that takes longer counts as away: the resident has waited enough.
const TIME_LIMIT: Duration = Duration::from_millis(400);
/// Who would have to wait longer than this, by the pace of the last group, is turned away at once.
const PATIENCE: Duration = Duration::from_millis(900);
/// Who is answered is answered within a second, also when the pace turns out to be slower: whoever could not be any
/// more is turned away when it is their turn.
const LATEST: Duration = Duration::from_millis(900);
/// However slow the database is, whoever has just come is written: else nobody would be.
const FRESH: Duration = Duration::from_millis(100);

/// At the end a commit that nobody waits for any more gets so long.
const ENDING: Duration = Duration::from_secs(5);

/// A push with its answer and everything that it changes.
#[derive(Serialize, Deserialize)]
pub(super) struct Recording {
    pub(super) account: AccountId,
    /// Its name, which tells in the journal whether the number still is the same account's. Empty in what a former
    /// program wrote there.
    #[serde(default)]
    pub(super) slug: String,
    pub(super) message: Message,
    pub(super) contact: Option<Contact>,
    pub(super) jobs: Vec<NewJob>,
}

/// The push is not on disk.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum NotRecorded {
    /// It had waited for so long that it could not have been answered in time.
    #[error("it had waited for too long")]
    TurnedAway,
    #[error("the push could not be recorded: {0}")]
    Failed(Arc<str>),
}

impl NotRecorded {
    pub(super) fn because(reason: &str) -> Self {
        Self::Failed(reason.into())
    }
}

/// There is no room for a push now.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("too many pushes are waiting")]
pub(super) struct Refused;

struct Waiting {
    recording: Recording,
    tell: oneshot::Sender<Outcome>,
    /// Counts it when it is on disk.
    counter: Counter,
    since: Instant,
}

/// The way to the writing task; it ends when the last of these is gone and everything is written.
pub(super) struct Writer {
    queue: mpsc::Sender<Waiting>,
    /// How long the last group took, in microseconds.
    pace: Arc<AtomicU64>,
}

impl Writer {
    /// Starts writing, and bringing back what was kept while the database was away, on a thread of their own: in a storm
    /// thousands of connections have work for the others, and each step of a commit would wait behind all of it.
    ///
    /// # Errors
    /// When there can be no thread.
    pub(super) fn start(app: &App, away: Arc<Away>, claims: Claims) -> io::Result<Self> {
        let (queue, waiting) = mpsc::channel(WAITING);
        let pace = Arc::new(AtomicU64::new(0));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (alive, shutdown) = (app.tasks.token(), app.shutdown.clone());
        let tellers = Tellers(Handle::current());
        // What it begins ends before the thread does.
        let app = App { tasks: TaskTracker::new(), ..app.clone() };
        let work = write_groups(app.clone(), Arc::clone(&away), claims, tellers, waiting, Arc::clone(&pace));
        let work = async move {
            // Without a writer no push can be answered: better to end and be started anew.
            let work = async {
                if AssertUnwindSafe(work).catch_unwind().await.is_err() {
                    tracing::error!("the writer panicked: the process ends");
                    shutdown.cancel();
                }
            };
            tokio::join!(work, bring_back(app.clone(), away));
            app.tasks.close();
            if tokio::time::timeout(ENDING, app.tasks.wait()).await.is_err() {
                tracing::warn!(
                    "a commit was still under way at the end; WeChat repeats what was not answered"
                );
            }
        };
        std::thread::Builder::new().name("writer".into()).spawn(move || {
            let _alive = alive;
            runtime.block_on(work);
            // A disk that hangs must not keep the process.
            runtime.shutdown_background();
        })?;
        Ok(Self { queue, pace })
    }

    /// Takes a push to be written; its answer is told when it is on disk.
    ///
    /// # Errors
    /// When it would have to wait for too long.
    pub(super) fn take(
        &self,
        recording: Recording,
        tell: oneshot::Sender<Outcome>,
        counter: Counter,
    ) -> Result<(), Refused> {
        let waiting = Waiting { recording, tell, counter, since: Instant::now() };
        self.queue.try_send(waiting).ok().ok_or(Refused)
    }

    /// Whether a push would be taken now.
    pub(super) fn has_room(&self) -> Result<(), Refused> {
        // The group that is being written, those that wait, and the push's own.
        let groups = 2 + ((WAITING - self.queue.capacity()) / GROUP) as u64;
        let wait = Duration::from_micros(self.pace.load(Ordering::Relaxed).saturating_mul(groups));
        // While nobody waits, there is no better moment.
        let is_idle = self.queue.capacity() == WAITING;
        if is_idle || wait <= PATIENCE { Ok(()) } else { Err(Refused) }
    }
}

/// Tells those who wait, where they wait: told one by one from here, each would wake the other threads anew.
struct Tellers(Handle);

impl Tellers {
    fn tell(&self, told: Vec<(oneshot::Sender<Outcome>, Outcome)>) {
        if told.is_empty() {
            return;
        }
        self.0.spawn(async move {
            for (tell, answer) in told {
                // Whoever waited may have gone; what is on disk stays there.
                tell.send(answer).ok();
            }
        });
    }
}

/// What became of each of a group, in its order.
type Outcomes = Vec<Result<Recorded, NotRecorded>>;

async fn write_groups(
    app: App,
    away: Arc<Away>,
    claims: Claims,
    tellers: Tellers,
    mut waiting: mpsc::Receiver<Waiting>,
    pace: Arc<AtomicU64>,
) {
    let mut group: Vec<Waiting> = Vec::with_capacity(GROUP);
    let mut failures = Failures::default();
    while waiting.recv_many(&mut group, GROUP).await > 0 {
        gather(&mut waiting, &mut group);
        turn_away_late(&mut group, Duration::from_micros(pace.load(Ordering::Relaxed)), &claims, &tellers);
        let Some(oldest) = group.first().map(|first| first.since.elapsed()) else { continue };
        let (recordings, waiters): (Vec<_>, Vec<_>) =
            group.drain(..).map(|waiting| (waiting.recording, (waiting.tell, waiting.counter))).unzip();
        let recordings = Arc::new(recordings);
        let started = Instant::now();
        let (outcomes, next) = write(&app, &away, &recordings, &mut failures).await;
        let took = started.elapsed();
        pace.store(u64::try_from(next.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        app.metrics.committed(recordings.len(), waiting.len(), oldest, took);
        let mut ended = Vec::new();
        let mut told = Vec::with_capacity(recordings.len());
        for ((recording, (tell, counter)), outcome) in recordings.iter().zip(waiters).zip(outcomes) {
            let answer = match outcome {
                Ok(Recorded::New | Recorded::Refused(_)) => {
                    counter.inc();
                    Ok(Arc::clone(&recording.message.answer))
                }
                Ok(Recorded::Repeat(first)) => Ok(first),
                Err(error) => Err(error),
            };
            if claims.are_shared() {
                let answer = answer.as_ref().ok().cloned();
                ended.push(Ended {
                    account: recording.account,
                    identity: recording.message.identity.clone(),
                    answer,
                });
            }
            told.push((tell, answer));
        }
        tellers.tell(told);
        claims.end(ended);
    }
}

/// Lets those threads go first that bring pushes, while they do: where cores are few, this thread is woken by the first of
/// many pushes that have just come, and would commit it alone.
fn gather(waiting: &mut mpsc::Receiver<Waiting>, group: &mut Vec<Waiting>) {
    while group.len() < GROUP {
        std::thread::yield_now();
        let before = group.len();
        while group.len() < GROUP {
            let Ok(next) = waiting.try_recv() else { break };
            group.push(next);
        }
        if group.len() == before {
            return;
        }
    }
}

/// Turns those away who have waited for too long; writing takes as long as it took last.
fn turn_away_late(group: &mut Vec<Waiting>, pace: Duration, claims: &Claims, tellers: &Tellers) {
    let longest = LATEST.saturating_sub(pace).max(FRESH);
    // They stand in the order in which they came.
    let late = group.iter().take_while(|waiting| waiting.since.elapsed() > longest).count();
    let (mut ended, mut told) = (Vec::with_capacity(late), Vec::with_capacity(late));
    for Waiting { recording, tell, .. } in group.drain(..late) {
        told.push((tell, Err(NotRecorded::TurnedAway)));
        ended.push(Ended { account: recording.account, identity: recording.message.identity, answer: None });
    }
    tellers.tell(told);
    if claims.are_shared() && !ended.is_empty() {
        claims.end(ended);
    }
}

/// Into the database, or into the journal while that is away. Says how long the next group may take, too: one that finds
/// out that the database is away takes longer than those after it.
async fn write(
    app: &App,
    away: &Arc<Away>,
    group: &Arc<Vec<Recording>>,
    failures: &mut Failures,
) -> (Outcomes, Duration) {
    let mut has_failed = false;
    loop {
        let started = Instant::now();
        if !away.is_away() && !has_failed {
            match write_group(app, group, Origin::WeChat, TIME_LIMIT).await {
                Ok(outcomes) => {
                    return (keep_refused(app, away, group, outcomes).await, started.elapsed());
                }
                Err(reason) => {
                    tracing::warn!(%reason, size = group.len(), "a group of pushes did not get into the database");
                    has_failed = true;
                    continue;
                }
            }
        }
        let outcomes = match away.keep(group, has_failed).await {
            Ok(true) => group.iter().map(|_| Ok(Recorded::New)).collect(),
            // The database came back while we looked away.
            Ok(false) => continue,
            Err(error) => {
                failures.tell(&error, group.len());
                let failure = NotRecorded::because(&error.to_string());
                group.iter().map(|_| Err(failure.clone())).collect()
            }
        };
        return (outcomes, started.elapsed());
    }
}

/// What the database will never take is kept beside it, so that it is not lost, either.
async fn keep_refused(
    app: &App,
    away: &Arc<Away>,
    group: &Arc<Vec<Recording>>,
    outcomes: Vec<Recorded>,
) -> Outcomes {
    let mut refused = Vec::new();
    for (place, outcome) in outcomes.iter().enumerate() {
        if let Recorded::Refused(reason) = outcome {
            tracing::error!(%reason, "the database refuses a push; it is kept in journal/rejected.jsonl");
            app.metrics.rejected();
            refused.push((place, Arc::clone(reason)));
        }
    }
    let kept = if refused.is_empty() { Ok(()) } else { away.reject(group, refused).await };
    let outcome = |outcome| match (&outcome, &kept) {
        (Recorded::Refused(_), Err(error)) => Err(NotRecorded::because(&error.to_string())),
        _ => Ok(outcome),
    };
    outcomes.into_iter().map(outcome).collect()
}

/// Tells the log of what could not be written at all, at most once a second: a disk that fails in a storm fails
/// thousands of times.
#[derive(Default)]
struct Failures {
    told: Option<Instant>,
    pushes: usize,
}

impl Failures {
    fn tell(&mut self, error: &io::Error, pushes: usize) {
        self.pushes += pushes;
        if self.told.is_some_and(|told| told.elapsed() < Duration::from_secs(1)) {
            return;
        }
        let pushes = std::mem::take(&mut self.pushes);
        tracing::error!(%error, pushes, "neither database nor journal takes pushes: WeChat will repeat them");
        self.told = Some(Instant::now());
    }
}
