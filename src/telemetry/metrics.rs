//! What is counted and timed, for Prometheus. Labels have few values: never an openid, a text, or a path.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Seconds; WeChat gives up at 5.
const ANSWER_BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 4.5];
const GROUP_BUCKETS: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 128.0, 256.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AccountLabel {
    account: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PushLabels {
    account: String,
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

/// The measurements of one process; cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    recorded: Family<AccountLabel, Counter>,
    pushes: Family<PushLabels, Counter>,
    answer: Histogram,
    group: Histogram,
    waiting: Gauge,
    calls: Family<CallLabels, Counter>,
    jobs: Family<JobLabels, Gauge>,
}

/// How a push ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Answered,
    /// Forged, malformed, too large or too slow.
    Refused,
    NotRecorded,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("hopetree");
        let recorded = Family::default();
        registry.register("pushes_recorded", "Pushes that are on disk, each counted once", recorded.clone());
        let pushes = Family::default();
        registry.register(
            "pushes",
            "Pushes that arrived, repeats included, by how they ended",
            pushes.clone(),
        );
        let answer = Histogram::new(ANSWER_BUCKETS);
        let help = "From the first byte of a push to its answer";
        registry.register_with_unit("push_answer", help, Unit::Seconds, answer.clone());
        let group = Histogram::new(GROUP_BUCKETS);
        registry.register("commit_group_size", "Pushes that were committed together", group.clone());
        let waiting = Gauge::default();
        registry.register("pushes_waiting", "Pushes that wait to be written", waiting.clone());
        let calls = Family::default();
        registry.register(
            "platform_calls",
            "Calls to the platform's API, by path and outcome",
            calls.clone(),
        );
        let jobs = Family::default();
        registry.register("jobs", "Jobs in the queue, by state", jobs.clone());
        Self { registry: Arc::new(registry), recorded, pushes, answer, group, waiting, calls, jobs }
    }
}

impl Metrics {
    /// A push of an account is on disk.
    pub fn recorded(&self, account: &str) {
        self.recorded.get_or_create(&AccountLabel { account: account.into() }).inc();
    }

    /// A push has ended. `account` must be a known one, so that strangers cannot make labels.
    pub fn push_ended(&self, account: &str, outcome: Outcome, took: Duration) {
        let outcome = match outcome {
            Outcome::Answered => "answered",
            Outcome::Refused => "refused",
            Outcome::NotRecorded => "not_recorded",
        };
        self.pushes.get_or_create(&PushLabels { account: account.into(), outcome }).inc();
        self.answer.observe(took.as_secs_f64());
    }

    /// So many pushes were committed together, and so many wait now.
    pub fn committed(&self, group: usize, waiting: usize) {
        self.group.observe(group as f64);
        self.waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
    }

    /// A call to the platform has ended. `path` is one of our own, without its query.
    pub fn called(&self, path: &str, is_success: bool) {
        let outcome = if is_success { "ok" } else { "failed" };
        self.calls.get_or_create(&CallLabels { path: path.into(), outcome }).inc();
    }

    /// How many jobs wait or run, and how many are buried.
    pub fn set_jobs(&self, open: u64, buried: u64) {
        for (state, count) in [("open", open), ("buried", buried)] {
            self.jobs.get_or_create(&JobLabels { state }).set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    /// Everything, in the text format of OpenMetrics.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("writing to a string does not fail");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told_under_the_names_that_stay() {
        let metrics = Metrics::default();
        metrics.recorded("hope");
        metrics.push_ended("hope", Outcome::Answered, Duration::from_millis(3));
        metrics.committed(7, 2);
        metrics.called("/cgi-bin/menu/create", false);
        metrics.set_jobs(4, 1);
        let text = metrics.to_text();
        for line in [
            "hopetree_pushes_recorded_total{account=\"hope\"} 1",
            "hopetree_pushes_total{account=\"hope\",outcome=\"answered\"} 1",
            "hopetree_push_answer_seconds_count 1",
            "hopetree_commit_group_size_sum 7.0",
            "hopetree_pushes_waiting 2",
            "hopetree_platform_calls_total{path=\"/cgi-bin/menu/create\",outcome=\"failed\"} 1",
            "hopetree_jobs{state=\"buried\"} 1",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }
}
