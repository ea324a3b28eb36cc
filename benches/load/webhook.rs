//! How many pushes a second the built server answers, and how fast: load from this process over 32 connections on one
//! core, the server on another; every push unique, signed (and sealed), recorded before it is answered. Beside it the
//! yardstick, a bare axum server that does nothing but check, parse and answer a constant. `make bench`; some of it:
//! `cargo bench --bench webhook -- plain sqlite`.
//!
//! `HOPETREE_BIN` names the server to measure (default: `target/release/hopetree`), `BENCH_SECONDS` how long each run
//! is, `HOPETREE_TEST_POSTGRES` a Postgres server on which the same is measured.

use crate::support::{self, Installation, Mode, Outcome, Server};

/// Measures what the arguments name, such as `plain postgres`; everything without any.
pub(crate) async fn measure(named: &[String]) {
    let length = support::length(10);
    let wanted = |kinds: [&str; 3], name: &str| {
        !kinds.iter().any(|kind| named.iter().any(|named| named == kind))
            || named.iter().any(|named| named == name)
    };
    let runs = |name: &str| wanted(["yardstick", "sqlite", "postgres"], name);
    for mode in
        [Mode::Plain, Mode::Secure].into_iter().filter(|mode| wanted(["plain", "secure", ""], mode.as_str()))
    {
        let mut best = None;
        if runs("yardstick") {
            let bare = Server::yardstick(mode);
            let outcome = support::closed_loop(&bare.address, mode, length).await;
            tell(mode, "yardstick", &outcome, &bare);
            best = Some(outcome.rate);
        }
        let mut sqlite = None;
        if runs("sqlite") {
            let rate = of_hopetree(mode, "SQLite", None, length).await;
            compare(mode, "SQLite", rate, best, "the yardstick");
            sqlite = Some(rate);
        }
        if runs("postgres")
            && let Some(server) = support::variable("HOPETREE_TEST_POSTGRES")
        {
            let url = support::fresh_postgres(&server).await;
            let rate = of_hopetree(mode, "Postgres", Some(url), length).await;
            compare(mode, "Postgres", rate, sqlite, "SQLite");
        }
    }
}

fn compare(mode: Mode, name: &str, rate: f64, other: Option<f64>, of: &str) {
    if let Some(other) = other {
        println!("{}: {name}: {:.0} % of {of}", mode.as_str(), 100.0 * rate / other);
    }
}

async fn of_hopetree(
    mode: Mode,
    name: &str,
    database_url: Option<String>,
    length: std::time::Duration,
) -> f64 {
    let installation = Installation::new(mode, database_url);
    let (server, ready) = installation.serve();
    println!(
        "{}: {name}: ready after {ready:?}, {:.0} MB resident",
        mode.as_str(),
        server.resident_megabytes()
    );
    let outcome = support::closed_loop(&server.address, mode, length).await;
    tell(mode, name, &outcome, &server);
    outcome.rate
}

fn tell(mode: Mode, name: &str, outcome: &Outcome, server: &Server) {
    println!(
        "{}: {name}: {:.0} pushes/s, p50 {:?}, p99 {:?}, max {:?}, {:.0} MB resident",
        mode.as_str(),
        outcome.rate,
        outcome.at(0.5),
        outcome.at(0.99),
        outcome.at(1.0),
        server.resident_megabytes()
    );
}
