//! Log lines, with fields and without personal data, and what is counted for Prometheus.

pub mod metrics;

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

pub use self::metrics::Metrics;

/// Starts writing log lines to standard error: for people on a terminal, as JSON elsewhere.
/// `filter` has been checked by the configuration; one that cannot be read means `info`.
pub fn start(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let result = if std::io::stderr().is_terminal() {
        lines.with_target(false).try_init()
    } else {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    };
    // A second start in one process (tests) keeps the first.
    result.ok();
    // What a panic says may quote what a resident wrote; where it happened is enough.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}
