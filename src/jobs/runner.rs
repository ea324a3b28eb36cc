//! The loop that claims jobs and runs them, on every node.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, field};

use super::Job;
use super::store::{self, StoredJob};
use crate::clock::Clock;
use crate::db::Db;

/// How often the queue is looked at while it is empty.
const PAUSE: Duration = Duration::from_secs(1);
/// A connection that is half dead answers never.
const QUERY_LIMIT: Duration = Duration::from_secs(5);
const AT_ONCE: u64 = 8;
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// Longer than the time limit, so that a job that still runs is not taken over.
const LEASE_MILLIS: i64 = 90_000;
const ATTEMPTS: i64 = 8;
/// The pause before a second attempt; each further one is three times as long: 10 s to about 2 h.
const FIRST_RETRY_MILLIS: i64 = 10_000;

type Handler<C> = Box<dyn Fn(Arc<C>, String) -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync>;

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
        let handler: Handler<C> = Box::new(|context, payload| {
            Box::pin(async move { serde_json::from_str::<J>(&payload)?.run(&context).await })
        });
        self.handlers.insert(J::KIND, handler);
        self
    }
}

/// Runs jobs until shutdown; the ones in hand are finished first. A database that is away is waited for.
pub async fn run<C: Send + Sync + 'static>(
    db: Db,
    clock: Clock,
    registry: Registry<C>,
    context: Arc<C>,
    shutdown: CancellationToken,
) {
    while !shutdown.is_cancelled() {
        let busy = match round(&db, &clock, &registry, &context).await {
            Ok(done) => done > 0,
            Err(error) => {
                tracing::warn!(%error, "the job queue could not be read");
                false
            }
        };
        if !busy {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => (),
            }
        }
    }
}

/// Claims what is due and runs it; says how many jobs there were.
async fn round<C: Send + Sync + 'static>(
    db: &Db,
    clock: &Clock,
    registry: &Registry<C>,
    context: &Arc<C>,
) -> Result<usize, sea_orm::DbErr> {
    let now = clock.now();
    let due = tokio::time::timeout(QUERY_LIMIT, store::due(db.reader(), now, AT_ONCE)).await;
    let due = due.map_err(|elapsed| sea_orm::DbErr::Custom(elapsed.to_string()))??;
    let mut claimed = Vec::new();
    for job in due {
        let transaction = db.begin_write().await?;
        let mine = store::claim(&transaction, &job, now.plus_millis(LEASE_MILLIS)).await?;
        transaction.commit().await?;
        if mine {
            claimed.push(job);
        }
    }
    let attempts = claimed.iter().map(|job| attempt(db, clock, registry, context, job));
    let count = attempts.len();
    for result in futures_util::future::join_all(attempts).await {
        result?;
    }
    Ok(count)
}

async fn attempt<C: Send + Sync + 'static>(
    db: &Db,
    clock: &Clock,
    registry: &Registry<C>,
    context: &Arc<C>,
    job: &StoredJob,
) -> Result<(), sea_orm::DbErr> {
    let attempts = job.attempts + 1;
    let span = tracing::debug_span!("job", job.kind, job.id, attempts, outcome = field::Empty);
    let outcome = match registry.handlers.get(job.kind.as_str()) {
        // It has been claimed so often without an end that it must be what ends its node.
        _ if job.attempts >= ATTEMPTS => {
            Err(anyhow::anyhow!("was claimed {} times and never ended", job.attempts))
        }
        Some(handler) => {
            let work = AssertUnwindSafe(handler(Arc::clone(context), job.payload.clone())).catch_unwind();
            match tokio::time::timeout(TIME_LIMIT, work).instrument(span.clone()).await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_)) => Err(anyhow::anyhow!("panicked")),
                Err(_) => Err(anyhow::anyhow!("took longer than {} s", TIME_LIMIT.as_secs())),
            }
        }
        None => Err(anyhow::anyhow!("this program knows no job of this kind")),
    };
    span.record("outcome", if outcome.is_ok() { "done" } else { "failed" });
    drop(span);
    let transaction = db.begin_write().await?;
    match outcome {
        Ok(()) => store::finish(&transaction, job).await?,
        Err(error) => {
            let wait = FIRST_RETRY_MILLIS * 3_i64.pow(job.attempts.clamp(0, 10) as u32);
            let again = (attempts < ATTEMPTS).then(|| clock.now().plus_millis(wait));
            let buried = again.is_none();
            tracing::warn!(job.kind, job.id, attempts, buried, error = format!("{error:#}"), "a job failed");
            store::give_back(&transaction, job, &format!("{error:#}"), again).await?;
        }
    }
    transaction.commit().await
}
