//! The loop that claims jobs and runs them, on every node.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sea_orm::DbErr;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, field};

use super::Job;
use super::store::{self, StoredJob};
use crate::clock::{Clock, Timestamp};
use crate::db::Db;

/// How often the queue is looked at while nothing in it is due.
const PAUSE: Duration = Duration::from_secs(1);
/// A connection that is half dead answers never.
const QUERY_LIMIT: Duration = Duration::from_secs(5);
const AT_ONCE: usize = 8;
/// So soon the jobs of a node that died are taken over. A node that lives renews its claims long before.
const LEASE_MILLIS: i64 = 20_000;
const RENEWAL: Duration = Duration::from_secs(5);
/// What is still running so long after the end was asked for is given back to the other nodes.
const GRACE: Duration = Duration::from_secs(5);
const ATTEMPTS: i64 = 8;
/// The pause before a second attempt; each further one is three times as long: 10 s to about 2 h.
const FIRST_RETRY_MILLIS: i64 = 10_000;

type Work = BoxFuture<'static, anyhow::Result<()>>;

/// How one kind of job is run, and for how long at most.
struct Handler<C> {
    start: Box<dyn Fn(Arc<C>, String) -> Work + Send + Sync>,
    time_limit: Duration,
}

/// Every kind of job that this program runs.
pub struct Registry<C> {
    handlers: BTreeMap<&'static str, Handler<C>>,
}

impl<C: Send + Sync + 'static> Default for Registry<C> {
    fn default() -> Self {
        Self { handlers: BTreeMap::new() }
    }
}

impl<C: Send + Sync + 'static> Registry<C> {
    /// The registry with one kind more.
    #[must_use]
    pub fn with<J: Job<Context = C>>(mut self) -> Self {
        let start = |context: Arc<C>, payload: String| -> Work {
            Box::pin(async move { serde_json::from_str::<J>(&payload)?.run(&context).await })
        };
        self.handlers.insert(J::KIND, Handler { start: Box::new(start), time_limit: J::TIME_LIMIT });
        self
    }
}

/// Runs jobs until shutdown; those in hand then are finished, or given back if that takes long. A database that is away
/// is waited for.
pub async fn run<C: Send + Sync + 'static>(
    db: Db,
    clock: Clock,
    registry: Registry<C>,
    context: Arc<C>,
    shutdown: CancellationToken,
) {
    let end = CancellationToken::new();
    let runner = Arc::new(Runner { db, clock, registry, context, end: end.clone() });
    // Tasks of their own, so that they go on while the queue is asked.
    let mut running = JoinSet::new();
    let mut failing = false;
    while !shutdown.is_cancelled() {
        let free = AT_ONCE - running.len();
        let mut claimed = Vec::new();
        let result = runner.claim_due(&mut claimed, free).await;
        if let (Err(error), false) = (&result, failing) {
            tracing::warn!(
                error = crate::db::told(error),
                "the job queue cannot be read; it is tried again every second"
            );
        }
        failing = result.is_err();
        let is_full = claimed.len() == free;
        for job in claimed {
            let runner = Arc::clone(&runner);
            running.spawn(async move { runner.attempt(&job).await });
        }
        tokio::select! {
            () = shutdown.cancelled() => (),
            Some(_) = running.join_next() => (),
            // While all places are taken, only the end of a job makes room.
            () = tokio::time::sleep(PAUSE), if !is_full => (),
        }
    }
    tokio::select! {
        () = tokio::time::sleep(GRACE) => end.cancel(),
        () = async { while running.join_next().await.is_some() {} } => (),
    }
    while running.join_next().await.is_some() {}
}

/// What running jobs needs.
struct Runner<C> {
    db: Db,
    clock: Clock,
    registry: Registry<C>,
    context: Arc<C>,
    /// Told when what still runs is to be given back.
    end: CancellationToken,
}

/// How an attempt ended.
enum Outcome {
    Done,
    Failed(anyhow::Error),
    /// Broken off at the end of the process.
    BrokenOff,
    /// Another node has taken it over, since its claim could not be renewed in time.
    TakenOver,
}

impl<C: Send + Sync + 'static> Runner<C> {
    /// Claims what is due until `claimed` has so many. What was claimed before the database went away is run all the
    /// same.
    async fn claim_due(&self, claimed: &mut Vec<StoredJob>, at_most: usize) -> Result<(), DbErr> {
        if at_most == 0 {
            return Ok(());
        }
        for job in bounded(store::due(self.db.reader(), self.clock.now(), at_most as u64)).await? {
            if bounded(self.claim(&job)).await? {
                claimed.push(job);
            }
        }
        Ok(())
    }

    async fn claim(&self, job: &StoredJob) -> Result<bool, DbErr> {
        let transaction = self.db.begin_write().await?;
        let is_ours = store::claim(&transaction, job, self.lease()).await?;
        transaction.commit().await?;
        Ok(is_ours)
    }

    fn lease(&self) -> Timestamp {
        self.clock.now().plus_millis(LEASE_MILLIS)
    }

    /// Runs a job that was claimed, and writes down how it ended.
    async fn attempt(&self, job: &StoredJob) {
        let attempts = job.attempts + 1;
        let span = tracing::debug_span!("job", job.kind, job.id, attempts, outcome = field::Empty);
        let outcome = tokio::select! {
            outcome = self.work(job).instrument(span.clone()) => outcome,
            () = self.until_taken_over(job) => Outcome::TakenOver,
            () = self.end.cancelled() => Outcome::BrokenOff,
        };
        let name = match &outcome {
            Outcome::Done => "done",
            Outcome::Failed(_) => "failed",
            Outcome::BrokenOff => "broken off",
            Outcome::TakenOver => "taken over",
        };
        span.record("outcome", name);
        drop(span);
        if let Err(error) = bounded(self.write_down(job, outcome)).await {
            tracing::warn!(
                error = crate::db::told(&error),
                job.kind,
                job.id,
                "the end of a job could not be written down: it will be repeated"
            );
        }
    }

    async fn work(&self, job: &StoredJob) -> Outcome {
        if job.attempts >= ATTEMPTS {
            // It has been claimed so often without an end that it must be what ends its node.
            return Outcome::Failed(anyhow!("was claimed {} times and never ended", job.attempts));
        }
        let Some(handler) = self.registry.handlers.get(job.kind.as_str()) else {
            return Outcome::Failed(anyhow!("this program knows no job of this kind"));
        };
        let work = (handler.start)(Arc::clone(&self.context), job.payload.clone());
        match tokio::time::timeout(handler.time_limit, AssertUnwindSafe(work).catch_unwind()).await {
            Ok(Ok(Ok(()))) => Outcome::Done,
            Ok(Ok(Err(error))) => Outcome::Failed(error),
            Ok(Err(_)) => Outcome::Failed(anyhow!("panicked")),
            Err(_) => Outcome::Failed(anyhow!("took longer than {} s", handler.time_limit.as_secs())),
        }
    }

    /// Renews the claim again and again; returns when another node has it.
    async fn until_taken_over(&self, job: &StoredJob) {
        loop {
            tokio::time::sleep(RENEWAL).await;
            let renew = async {
                let transaction = self.db.begin_write().await?;
                let is_ours = store::renew(&transaction, job, self.lease()).await?;
                transaction.commit().await?;
                Ok(is_ours)
            };
            match bounded(renew).await {
                Ok(true) => (),
                Ok(false) => return,
                Err(error) => tracing::debug!(
                    error = crate::db::told(&error),
                    job.kind,
                    job.id,
                    "a claim was not renewed"
                ),
            }
        }
    }

    async fn write_down(&self, job: &StoredJob, outcome: Outcome) -> Result<(), DbErr> {
        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        match outcome {
            Outcome::Done => store::finish(&transaction, job).await?,
            Outcome::BrokenOff => {
                tracing::info!(job.kind, job.id, "a job was broken off, and another node will run it");
                store::release(&transaction, job, now).await?;
            }
            Outcome::TakenOver => {
                tracing::warn!(job.kind, job.id, "a job was taken over by another node");
            }
            Outcome::Failed(error) => {
                let attempts = job.attempts + 1;
                let wait = FIRST_RETRY_MILLIS * 3_i64.pow(job.attempts.clamp(0, 10) as u32);
                let again = (attempts < ATTEMPTS).then(|| now.plus_millis(wait));
                let (buried, error) = (again.is_none(), crate::db::told_whole(&error));
                tracing::warn!(job.kind, job.id, attempts, buried, error, "a job failed");
                store::give_back(&transaction, job, &error, again).await?;
            }
        }
        transaction.commit().await
    }
}

async fn bounded<T>(query: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    let slow = |elapsed: tokio::time::error::Elapsed| Err(DbErr::Custom(elapsed.to_string()));
    tokio::time::timeout(QUERY_LIMIT, query).await.unwrap_or_else(slow)
}
