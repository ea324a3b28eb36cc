//! What is counted and timed, for Prometheus. Labels have few values: never an openid, a text, or a path.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
pub use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry, Unit};

/// Seconds; WeChat gives up at 5.
const ANSWER_BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 4.5];
const COMMIT_BUCKETS: [f64; 11] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 4.5];
const GROUP_BUCKETS: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 128.0, 256.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AccountLabel {
    account: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PushLabels {
    account: String,
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    path: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobLabels {
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ClaimLabels {
    outcome: &'static str,
}

/// The measurements of one process; cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    recorded: Family<AccountLabel, Counter>,
    pushes: Family<PushLabels, Counter>,
    answer: Histogram,
    commit: Histogram,
    group: Histogram,
    waiting: Gauge,
    oldest: Seconds,
    database_up: Gauge,
    redis_up: Gauge,
    journal_pushes: Gauge,
    journal_bytes: Gauge,
    rejected: Counter,
    claims: Family<ClaimLabels, Counter>,
    calls: Family<CallLabels, Counter>,
    token_age: Family<AccountLabel, Seconds>,
    token_failing: Family<AccountLabel, Seconds>,
    jobs: Family<JobLabels, Gauge>,
    oldest_job: Seconds,
    queue_known: Gauge,
    resident: Gauge,
}

type Seconds = Gauge<f64, AtomicU64>;

/// How a push ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Answered,
    /// Forged, malformed, too large or too slow.
    Refused,
    /// Too many were waiting.
    Shed,
    NotRecorded,
}

impl Outcome {
    /// The value of its label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Shed => "shed",
            Self::NotRecorded => "not_recorded",
        }
    }
}

/// How the claim on a push ended that all nodes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// This node was the first.
    First,
    /// Another node was, and had an answer.
    Waited,
    /// Redis did not say.
    Unavailable,
}

/// How an account stands with its access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenState {
    pub account: String,
    /// None when there is none, as when nothing was called for long.
    pub age: Option<Duration>,
    /// For how long there has been none because none was given; nought when that is not so.
    pub failing: Duration,
}

/// How many jobs wait or run, how many are buried, and for how long the oldest has been due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueState {
    pub open: u64,
    pub buried: u64,
    pub oldest_due: Duration,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("hopetree");
        let r = &mut registry;
        let metrics = Self {
            recorded: made(r, "pushes_recorded", "Pushes that are on disk, each counted once"),
            pushes: made(r, "pushes", "Pushes that arrived, repeats included, by how they ended"),
            answer: timed(r, "push_answer", "From the first byte of a push to its answer", &ANSWER_BUCKETS),
            commit: timed(r, "commit", "Writing a group of pushes", &COMMIT_BUCKETS),
            group: Histogram::new(GROUP_BUCKETS),
            waiting: made(r, "pushes_waiting", "Pushes that wait to be written"),
            oldest: made(r, "oldest_waiting_seconds", "How long the oldest of the last group had waited"),
            database_up: made(r, "database_up", "0 while the database does not answer or takes no writes"),
            redis_up: made(r, "redis_up", "0 while Redis does not answer; 1 also without any"),
            journal_pushes: made(r, "journal_pushes", "Pushes in the journal that are not in the database"),
            journal_bytes: made(r, "journal_bytes", "The bytes of the journal that are used"),
            rejected: made(r, "journal_rejected", "Pushes that the database will never take"),
            claims: made(r, "claims", "Claims on pushes that all nodes share, by how they ended"),
            calls: made(r, "platform_calls", "Calls to the platform's API, by path and outcome"),
            token_age: made(r, "token_age_seconds", "How old the access token of an account is"),
            token_failing: made(
                r,
                "token_failing_seconds",
                "For how long an account has had no access token, since WeChat gives none",
            ),
            jobs: made(r, "jobs", "Jobs in the queue, by state"),
            oldest_job: made(
                r,
                "oldest_due_job_seconds",
                "For how long a job has been due that nobody has done",
            ),
            queue_known: made(r, "queue_known", "0 while the database does not tell what is in the queue"),
            resident: made(r, "resident_bytes", "Memory of this process"),
            registry: Arc::default(),
        };
        r.register("commit_group_size", "Pushes that were committed together", metrics.group.clone());
        metrics.database_up.set(1);
        metrics.redis_up.set(1);
        Self { registry: Arc::new(registry), ..metrics }
    }
}

fn made<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str) -> M {
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

fn timed(registry: &mut Registry, name: &str, help: &str, buckets: &'static [f64]) -> Histogram {
    let histogram = Histogram::new(buckets.iter().copied());
    registry.register_with_unit(name, help, Unit::Seconds, histogram.clone());
    histogram
}

fn whole(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

impl Metrics {
    /// What counts the pushes of an account that are on disk.
    pub fn recorded(&self, account: &str) -> Counter {
        self.recorded.get_or_create(&AccountLabel { account: account.into() }).clone()
    }

    /// A push has ended. `account` must be a known one, so that strangers cannot make labels.
    pub fn push_ended(&self, account: &str, kind: &'static str, outcome: Outcome, took: Duration) {
        self.pushes
            .get_or_create(&PushLabels { account: account.into(), kind, outcome: outcome.as_str() })
            .inc();
        self.answer.observe(took.as_secs_f64());
    }

    /// So many pushes were committed together, and so many wait now; the oldest of them had waited so long, and
    /// writing them took so long.
    pub fn committed(&self, group: usize, waiting: usize, oldest: Duration, took: Duration) {
        self.group.observe(group as f64);
        self.commit.observe(took.as_secs_f64());
        self.waiting.set(whole(waiting));
        // Nobody is waiting behind this group: it does not stand for the time after it.
        self.oldest.set(if waiting == 0 { 0.0 } else { oldest.as_secs_f64() });
    }

    /// Whether the database answers and takes writes.
    pub fn set_database(&self, is_up: bool) {
        self.database_up.set(i64::from(is_up));
    }

    /// Whether Redis answers.
    pub fn set_redis(&self, is_up: bool) {
        self.redis_up.set(i64::from(is_up));
    }

    /// How much is in the journal.
    pub fn set_journal(&self, pushes: u64, bytes: u64) {
        self.journal_pushes.set(whole(pushes));
        self.journal_bytes.set(whole(bytes));
    }

    /// The database refuses a push for its own sake.
    pub fn rejected(&self) {
        self.rejected.inc();
    }

    /// A claim on a push has ended.
    pub fn claimed(&self, claim: Claim) {
        let outcome = match claim {
            Claim::First => "first",
            Claim::Waited => "waited",
            Claim::Unavailable => "unavailable",
        };
        self.claims.get_or_create(&ClaimLabels { outcome }).inc();
    }

    /// A call to the platform has ended. `path` is one of our own, without its query.
    pub fn called(&self, path: &str, is_success: bool) {
        let outcome = if is_success { "ok" } else { "failed" };
        self.calls.get_or_create(&CallLabels { path: path.into(), outcome }).inc();
    }

    /// How old the access tokens of the accounts are, and for how long some have been without one. Those of accounts
    /// that are not named are told no longer.
    pub fn set_tokens(&self, tokens: &[TokenState]) {
        self.token_age.clear();
        self.token_failing.clear();
        for TokenState { account, age, failing } in tokens {
            let label = AccountLabel { account: account.clone() };
            if let Some(age) = age {
                self.token_age.get_or_create(&label).set(age.as_secs_f64());
            }
            self.token_failing.get_or_create(&label).set(failing.as_secs_f64());
        }
    }

    /// What is in the queue; none when the database did not say, and then it is not told either: an old figure would
    /// look like a good one.
    pub fn set_jobs(&self, queue: Option<QueueState>) {
        self.queue_known.set(i64::from(queue.is_some()));
        let Some(QueueState { open, buried, oldest_due }) = queue else {
            self.jobs.clear();
            self.oldest_job.set(f64::NAN);
            return;
        };
        for (state, count) in [("open", open), ("buried", buried)] {
            self.jobs.get_or_create(&JobLabels { state }).set(whole(count));
        }
        self.oldest_job.set(oldest_due.as_secs_f64());
    }

    /// Everything, in the text format of OpenMetrics.
    pub fn to_text(&self) -> String {
        self.resident.set(resident_bytes());
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("writing to a string does not fail");
        text
    }
}

/// What Linux says of this process; nought elsewhere.
fn resident_bytes() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes: Option<i64> = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    kilobytes.unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told_under_the_names_that_stay() {
        let metrics = Metrics::default();
        metrics.recorded("hope").inc();
        metrics.push_ended("hope", "text", Outcome::Answered, Duration::from_millis(3));
        metrics.committed(7, 2, Duration::from_millis(1), Duration::from_millis(1));
        metrics.set_journal(3, 99);
        metrics.set_database(false);
        metrics.called("/cgi-bin/menu/create", false);
        let queue = QueueState { open: 4, buried: 1, oldest_due: Duration::from_secs(2) };
        metrics.set_jobs(Some(queue));
        let text = metrics.to_text();
        for line in [
            "hopetree_pushes_recorded_total{account=\"hope\"} 1",
            "hopetree_pushes_total{account=\"hope\",kind=\"text\",outcome=\"answered\"} 1",
            "hopetree_push_answer_seconds_count 1",
            "hopetree_commit_group_size_sum 7.0",
            "hopetree_pushes_waiting 2",
            "hopetree_commit_seconds_count 1",
            "hopetree_database_up 0",
            "hopetree_journal_pushes 3",
            "hopetree_oldest_due_job_seconds 2.0",
            "hopetree_platform_calls_total{path=\"/cgi-bin/menu/create\",outcome=\"failed\"} 1",
            "hopetree_jobs{state=\"buried\"} 1",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }

    #[test]
    fn what_is_not_known_any_more_is_not_told() {
        let metrics = Metrics::default();
        metrics.set_jobs(Some(QueueState { open: 4, buried: 1, oldest_due: Duration::from_secs(2) }));
        let token = |age, failing| TokenState { account: "hope".into(), age, failing };
        metrics.set_tokens(&[token(Some(Duration::from_secs(6_900)), Duration::ZERO)]);
        let text = metrics.to_text();
        assert!(text.contains("hopetree_queue_known 1"), "{text}");
        assert!(text.contains("hopetree_token_age_seconds{account=\"hope\"} 6900.0"), "{text}");
        metrics.set_jobs(None);
        metrics.set_tokens(&[token(None, Duration::from_secs(900))]);
        let text = metrics.to_text();
        for line in [
            "hopetree_queue_known 0",
            "hopetree_oldest_due_job_seconds NaN",
            "hopetree_token_failing_seconds{account=\"hope\"} 900.0",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
        assert!(!text.contains("hopetree_jobs{") && !text.contains("token_age_seconds{"), "{text}");
        metrics.set_tokens(&[]);
        assert!(!metrics.to_text().contains("{account=\"hope\"}"), "an account that was removed");
    }
}
