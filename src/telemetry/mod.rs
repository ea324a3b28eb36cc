//! Log lines, with fields and without personal data; what is counted for Prometheus; traces for a collector.

pub mod metrics;
mod otlp;

use std::io::IsTerminal;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

pub use self::metrics::Metrics;
pub use self::otlp::Traces;

/// Starts writing log lines to standard error: for people on a terminal, as JSON elsewhere. With `traces`, the
/// spans of this program go there, whatever the filter says of log lines.
/// `filter` has been checked by the configuration; one that cannot be read means `info`.
pub fn start(filter: &str, traces: Option<&Traces>) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = if std::io::stderr().is_terminal() {
        lines.with_target(false).boxed()
    } else {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
    };
    let result = tracing_subscriber::registry()
        .with(traces.map(Traces::layer))
        .with(lines.with_filter(filter))
        .try_init();
    // A second start in one process (tests) keeps the first.
    result.ok();
    // What a panic says may quote what a resident wrote; where it happened is enough.
    std::panic::set_hook(Box::new(|panic| {
        end_if_nobody_reads(panic);
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}

/// From now on a command whose output nobody reads any more ends without a word.
pub fn end_when_nobody_reads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        end_if_nobody_reads(panic);
        usual(panic);
    }));
}

/// `hopetree … | head`: who reads has seen enough, and the rest is for nobody. `println!` knows no other way to say so.
fn end_if_nobody_reads(panic: &std::panic::PanicHookInfo) {
    let said = panic.payload().downcast_ref::<String>().map_or("", String::as_str);
    if said.starts_with("failed printing to stdout") && said.contains("Broken pipe") {
        std::process::exit(0);
    }
}
