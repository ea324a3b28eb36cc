//! Claims on pushes that all nodes share, when there is a Redis: of deliveries of one push to several nodes only one
//! node does the work, and the others wait for its answer.
//!
//! The unique index of the database makes sure of one effect and one answer also without. With claims nobody works for
//! nothing, and while the database is away two nodes do not journal one push with two answers.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};

use crate::accounts::AccountId;
use crate::app::App;
use crate::kv::{Claim, Holder, Kv};
use crate::telemetry::Metrics;
use crate::telemetry::metrics::Claim as Counted;

/// So long a claim is held by a node that died.
const CLAIM_LIFETIME: Duration = Duration::from_secs(10);
/// WeChat repeats within about 15 s (§4); later repeats find their answer in the database.
const ANSWER_LIFETIME: Duration = Duration::from_secs(20);
/// A longer answer is found in the database.
const LONGEST_ANSWER: usize = 8 << 10;
/// So long an answer of another node is waited for: it leaves time to record the push here, before WeChat gives up.
const PATIENCE: Duration = Duration::from_millis(2_500);
const FIRST_PAUSE: Duration = Duration::from_millis(4);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
/// So many groups of answers may wait to be published. When Redis is slower than that, the others ask the database.
const GROUPS: usize = 16;

/// One push whose work is over: with its answer, or without when it was not recorded.
pub(super) struct Ended {
    pub(super) account: AccountId,
    pub(super) identity: String,
    pub(super) answer: Option<Arc<str>>,
}

/// This node's part in the claims; cheap to clone. Without Redis it does nothing, since [`super::answers`] does the
/// same within the process.
#[derive(Clone)]
pub(super) struct Claims(Option<Shared>);

#[derive(Clone)]
struct Shared {
    kv: Kv,
    metrics: Metrics,
    holder: Holder,
    ended: mpsc::Sender<Vec<Ended>>,
}

impl Claims {
    pub(super) fn start(app: &App) -> Self {
        if !app.kv.is_shared() {
            return Self(None);
        }
        let (ended, published) = mpsc::channel(GROUPS);
        let holder = Holder::new();
        app.tasks.spawn(publish(app.kv.clone(), holder.clone(), published));
        Self(Some(Shared { kv: app.kv.clone(), metrics: app.metrics.clone(), holder, ended }))
    }

    pub(super) fn are_shared(&self) -> bool {
        self.0.is_some()
    }

    /// The answer of another node that was faster; none when the push is this node's to handle, also for want of
    /// Redis or of an answer. Each identity is claimed once at a time here: a claim of this node that is found was left
    /// behind by somebody who hung up.
    pub(super) async fn answer_elsewhere(&self, account: AccountId, identity: &str) -> Option<Arc<str>> {
        let shared = self.0.as_ref()?;
        let key = key(account, identity);
        let until = Instant::now() + PATIENCE;
        let (counted, answer) = timeout_at(until, shared.claim_or_wait(&key))
            .await
            // The other node may be gone. Whoever comes second at the database gets the answer of the first.
            .unwrap_or((Counted::Unavailable, None));
        shared.metrics.claimed(counted);
        answer
    }

    /// Publishes answers that are on disk, and gives back the claims on what is not. It does not wait.
    pub(super) fn end(&self, pushes: Vec<Ended>) {
        let Some(shared) = &self.0 else { return };
        if shared.ended.try_send(pushes).is_err() {
            tracing::debug!("answers are not published: Redis is too slow");
        }
    }
}

impl Shared {
    async fn claim_or_wait(&self, key: &str) -> (Counted, Option<Arc<str>>) {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.kv.claim(key, &self.holder, CLAIM_LIFETIME).await {
                Ok(Claim::Ours) => return (Counted::First, None),
                Ok(Claim::Done(answer)) => return (Counted::Waited, Some(answer.into())),
                Ok(Claim::Theirs) => (),
                Err(_) => return (Counted::Unavailable, None),
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// Ends with the last of the [`Claims`].
async fn publish(kv: Kv, holder: Holder, mut ended: mpsc::Receiver<Vec<Ended>>) {
    let mut groups = Vec::new();
    while ended.recv_many(&mut groups, GROUPS).await > 0 {
        let (mut answers, mut given_back) = (Vec::new(), Vec::new());
        for Ended { account, identity, answer } in groups.drain(..).flatten() {
            let key = key(account, &identity);
            match answer.filter(|answer| answer.len() <= LONGEST_ANSWER) {
                Some(answer) => answers.push((key, answer)),
                None => given_back.push(key),
            }
        }
        // A failure has been told to the log by the store itself. What is not published is in the database.
        if !answers.is_empty() && kv.set_all(&answers, ANSWER_LIFETIME).await.is_err() {
            continue;
        }
        for key in given_back {
            if kv.release(&key, &holder).await.is_err() {
                break;
            }
        }
    }
}

fn key(account: AccountId, identity: &str) -> String {
    format!("claim:{}:{identity}", account.0)
}
