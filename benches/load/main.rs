//! Benchmarks of the built server, under load from this process. `make bench` runs the short ones, and the others by name,
//! such as `BENCH=soak make bench`; each module says what it measures. The server runs on one core, the load on another.
//!
//! `HOPETREE_BIN` names the server (default: `target/release/hopetree`), `BENCH_SECONDS` how long each load lasts.

mod history;
mod overload;
#[path = "../../tests/it/support/proxy.rs"]
#[expect(dead_code, unreachable_pub, reason = "stories use more of it")]
mod proxy;
mod scale;
mod soak;
mod storm;
mod support;
mod webhook;
mod yardstick;

use std::process::ExitCode;

use support::Mode;
use tokio::runtime::Builder;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if has("--yardstick") {
        let runtime = Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(yardstick::serve(if has("secure") { Mode::Secure } else { Mode::Plain }));
        return ExitCode::SUCCESS;
    }
    // `cargo test` builds and starts benchmarks, too; only `cargo bench` passes this.
    if !has("--bench") {
        return ExitCode::SUCCESS;
    }
    support::stay_on_the_load_core();
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut is_well = true;
        if has("webhook") {
            webhook::measure(&arguments).await;
        }
        if has("scale") {
            scale::measure().await;
        }
        if has("storm") {
            is_well &= storm::measure().await;
        }
        if has("overload") {
            is_well &= overload::measure().await;
        }
        if has("soak") {
            is_well &= soak::measure().await;
        }
        if has("history") {
            history::measure().await;
        }
        if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    })
}
