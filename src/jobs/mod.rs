//! The durable queue: work as rows of the same database, enqueued in the transaction that makes it
//! necessary, claimed by compare-and-set with a lease, retried with growing pauses, and buried in the end.
//! Delivery is at least once, so every job must be safe to repeat.

pub mod following;
mod runner;
pub mod schedule;
pub mod store;

use std::borrow::Cow;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

pub use self::runner::{Registry, run};
pub use self::schedule::Daily;

/// One kind of background work. The value itself is the payload: ids, not copies of rows.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// The name in the queue; it must stay as long as such jobs may be waiting.
    const KIND: &'static str;
    /// An attempt that takes longer has failed. A claim is renewed as long as its job runs, so this may be long.
    const TIME_LIMIT: Duration = Duration::from_secs(60);
    /// What running one needs.
    type Context: Send + Sync + 'static;

    /// Does the work. An error means: try again later.
    fn run(self, context: &Self::Context) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// A job that is about to be enqueued.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewJob {
    kind: Cow<'static, str>,
    account: i64,
    payload: String,
    run_at: Timestamp,
}

impl NewJob {
    /// A job for an account (the key of its row; 0 for the whole installation), to be run from a moment on.
    ///
    /// # Panics
    /// Never for payloads of plain fields: only maps with keys that are no text have no JSON.
    pub fn new<J: Job>(job: &J, account: i64, run_at: Timestamp) -> Self {
        let payload = serde_json::to_string(job).expect("a job's payload is plain fields");
        Self { kind: Cow::Borrowed(J::KIND), account, payload, run_at }
    }
}
