//! Log lines: set up once in `main`, with fields, and without personal data.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

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
}

/// A short mark for somebody in the logs: the same for the same openid within one process, and no way back to it.
pub fn mark(openid: &str) -> String {
    let mut hasher = DefaultHasher::new();
    std::process::id().hash(&mut hasher);
    openid.hash(&mut hasher);
    format!("{:08x}", hasher.finish() as u32)
}
