//! The database server stops, restarts, hangs, dawdles, or takes no writes.

use std::time::Duration;

use hopetree::db::Db;
use sea_orm::{ConnectOptions, ConnectionTrait, Database};

use super::Ledger;
use super::ledger::{Exchange, deliver};
use crate::databases::{fresh, server};
use crate::support::{Hopetree, Mode, Postgres, Proxy};

#[tokio::test]
async fn a_stopped_postgres_costs_residents_nothing_and_heals_when_it_is_back() {
    let Some(postgres) = Postgres::start() else { return };
    let app = Hopetree::start_on(&postgres.url());
    let mut ledger = Ledger::default();
    ledger.answered(&app, 30).await;

    postgres.stop();
    ledger.answered(&app, 30).await;
    ledger.repeats_are_the_same(&app).await;
    waits_for_its_database(&app).await;
    ledger.answered(&app, 30).await;

    postgres.start_again();
    is_ready_again(&app).await;
    ledger.answered(&app, 30).await;
    ledger.is_kept(&app, &open(&postgres.url()).await).await;
}

#[tokio::test]
async fn a_postgres_that_restarts_under_load_loses_and_doubles_nothing() {
    let Some(postgres) = Postgres::start() else { return };
    let app = Hopetree::start_on(&postgres.url());
    let mut ledger = Ledger::default();
    ledger.answered(&app, 30).await;
    let restart = tokio::task::spawn_blocking(move || {
        postgres.stop();
        postgres.start_again();
        postgres
    });
    while !restart.is_finished() {
        ledger.answered(&app, 20).await;
    }
    let postgres = restart.await.expect("it restarts");
    is_ready_again(&app).await;
    ledger.answered(&app, 30).await;
    ledger.is_kept(&app, &open(&postgres.url()).await).await;
}

#[tokio::test]
async fn a_cable_pulled_before_postgres_loses_and_doubles_nothing() {
    a_pulled_cable("HOPETREE_TEST_POSTGRES", "postgres").await;
}

#[tokio::test]
async fn a_cable_pulled_before_mariadb_loses_and_doubles_nothing() {
    a_pulled_cable("HOPETREE_TEST_MYSQL", "mysql").await;
}

async fn a_pulled_cable(variable: &str, maintenance: &str) {
    let Some(server) = server(variable) else { return };
    let url = fresh(&server, maintenance).await;
    let (cable, through) = Proxy::before_url(&url);
    let app = Hopetree::start_on(&through);
    let mut ledger = Ledger::default();
    // Pulled in the midst of commits: whether the last one came through is not known here.
    for _ in 0..5 {
        let pull = async {
            tokio::time::sleep(Duration::from_millis(15)).await;
            cable.cut();
        };
        tokio::join!(ledger.answered(&app, 60), pull);
        ledger.answered(&app, 20).await;
        cable.mend();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    is_ready_again(&app).await;
    ledger.is_kept(&app, &open(&url).await).await;
}

#[tokio::test]
async fn a_postgres_that_hangs_costs_residents_nothing() {
    a_hanging_server("HOPETREE_TEST_POSTGRES", "postgres").await;
}

#[tokio::test]
async fn a_mariadb_that_hangs_costs_residents_nothing() {
    a_hanging_server("HOPETREE_TEST_MYSQL", "mysql").await;
}

async fn a_hanging_server(variable: &str, maintenance: &str) {
    let Some(server) = server(variable) else { return };
    let url = fresh(&server, maintenance).await;
    let (cable, through) = Proxy::before_url(&url);
    let app = Hopetree::start_on(&through);
    let mut ledger = Ledger::default();
    ledger.answered(&app, 30).await;
    cable.stall();
    ledger.answered(&app, 30).await;
    waits_for_its_database(&app).await;
    ledger.answered(&app, 30).await;
    ledger.repeats_are_the_same(&app).await;
    cable.mend();
    is_ready_again(&app).await;
    ledger.answered(&app, 30).await;
    ledger.is_kept(&app, &open(&url).await).await;
}

#[tokio::test]
async fn a_postgres_of_two_seconds_a_query_costs_residents_nothing() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let url = fresh(&server, "postgres").await;
    let (cable, through) = Proxy::before_url(&url);
    let app = Hopetree::start_on(&through);
    let mut ledger = Ledger::default();
    ledger.answered(&app, 30).await;
    cable.slow_down(Duration::from_secs(1));
    for _ in 0..4 {
        ledger.answered(&app, 30).await;
    }
    ledger.repeats_are_the_same(&app).await;
    cable.mend();
    is_ready_again(&app).await;
    ledger.is_kept(&app, &open(&url).await).await;
}

#[tokio::test]
async fn a_postgres_that_takes_no_writes_costs_residents_nothing() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let url = fresh(&server, "postgres").await;
    let app = Hopetree::start_on(&url);
    let mut ledger = Ledger::default();
    ledger.answered(&app, 30).await;
    // One connection, which is not among those that are ended.
    let mut options = ConnectOptions::new(&url);
    options.max_connections(1);
    let admin = Database::connect(options).await.expect("the database opens");
    let name = url.rsplit('/').next().expect("a URL ends with the database");
    // As a replica is after a fail-over: it answers, and refuses every write.
    let hang_up = format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}' and pid <> pg_backend_pid()"
    );
    let read_only = async |state: &str| {
        let alter = format!("alter database {name} set default_transaction_read_only = {state}");
        for statement in ["set default_transaction_read_only = off", &alter, &hang_up] {
            admin.execute_unprepared(statement).await.expect("the statement runs");
        }
    };
    read_only("on").await;
    ledger.answered(&app, 30).await;
    waits_for_its_database(&app).await;
    ledger.answered(&app, 30).await;
    read_only("off").await;
    is_ready_again(&app).await;
    ledger.answered(&app, 30).await;
    ledger.is_kept(&app, &open(&url).await).await;
}

#[tokio::test]
async fn what_was_answered_while_the_database_was_away_survives_a_power_cut() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let url = fresh(&server, "postgres").await;
    let (cable, through) = Proxy::before_url(&url);
    let app = Hopetree::start_on(&through);
    let mut ledger = Ledger::default();
    ledger.answered(&app, 30).await;
    cable.cut();
    ledger.answered(&app, 60).await;
    let folder = app.kill();

    // It starts while the database is still away, and waits for it.
    let start = tokio::task::spawn_blocking(move || {
        Hopetree::serve_with(folder, Mode::Secure, &[("HOPETREE_DATABASE_URL", &through)])
    });
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(
        !start.is_finished(),
        "without its database it does not know the accounts, so it must not listen"
    );
    cable.mend();
    let app = start.await.expect("it starts when the database is back");
    is_ready_again(&app).await;
    ledger.answered(&app, 30).await;
    ledger.is_kept(&app, &open(&url).await).await;
}

#[tokio::test]
async fn a_journal_that_is_full_lets_wechat_repeat_and_loses_nothing() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let url = fresh(&server, "postgres").await;
    let (cable, through) = Proxy::before_url(&url);
    let variables = [("HOPETREE_DATABASE_URL", through.as_str()), ("HOPETREE_JOURNAL_MAX_MB", "1")];
    let app = Hopetree::serve_with(Hopetree::start_on(&through).stop(), Mode::Secure, &variables);
    let mut ledger = Ledger::default();
    cable.cut();
    ledger.answered(&app, 30).await;
    // Eight texts of 240 KB are more than fit.
    let mut statuses = Vec::new();
    for number in 0..8 {
        let body = format!("<Content>{}</Content><MsgId>{number}</MsgId>", "长".repeat(80_000));
        let xml = app.resident("A").xml("text", 1_767_225_600, &body);
        let heard = deliver(&app, "A", &xml).await;
        statuses.push(heard.status);
        ledger.note([Exchange { resident: "A".into(), xml, heard }]);
    }
    assert!(statuses.contains(&200) && statuses.contains(&500), "{statuses:?}\n{}", app.log());
    assert!(statuses.iter().all(|status| matches!(status, 200 | 500 | 503)), "{statuses:?}");
    ledger.repeats_are_the_same(&app).await;
    cable.mend();
    is_ready_again(&app).await;
    ledger.answered(&app, 30).await;
    ledger.is_kept(&app, &open(&url).await).await;
}

pub async fn open(url: &str) -> Db {
    Db::connect(url).await.expect("the database opens")
}

/// `/readyz` says that the database is away, and that pushes wait for it.
pub async fn waits_for_its_database(app: &Hopetree) {
    let is_waiting = |(status, body): &(u16, String)| *status == 503 && body.contains("pushes waiting");
    let (status, body) = app.eventually(|| app.get("/readyz"), is_waiting).await;
    assert!(is_waiting(&(status, body.clone())), "{status} {body}\n{}", app.log());
    assert!(body.contains(r#""database":"unavailable""#), "{body}");
    assert_eq!(app.get("/healthz").await.0, 200, "the process itself is well");
}

/// `/readyz` says that everything is there, and nothing waits any more.
pub async fn is_ready_again(app: &Hopetree) {
    let is_ready = |(status, body): &(u16, String)| *status == 200 && body.contains(r#""journal":"empty""#);
    for _ in 0..6 {
        if is_ready(&app.eventually(|| app.get("/readyz"), is_ready).await) {
            return;
        }
    }
    panic!("{:?}\n{}", app.get("/readyz").await, app.log());
}
