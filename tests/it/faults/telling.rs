//! What the program says of itself while something is wrong: soon, and the truth.

use std::time::{Duration, Instant};

use sea_orm::ConnectionTrait;

use super::Ledger;
use super::databases::{is_ready_again, open, waits_for_its_database};
use crate::databases::{fresh, server};
use crate::support::{FreezingDisk, Hopetree, Mode, Proxy};

const METRICS: (&str, &str) = ("HOPETREE_METRICS_LISTEN", "127.0.0.1:0");

/// What Prometheus gets; it must not take long.
async fn measurements(app: &Hopetree) -> String {
    let started = Instant::now();
    let answer = app.http.get(format!("http://{}/metrics", app.metrics)).send().await.expect("it answers");
    let text = answer.text().await.expect("it is text");
    assert!(started.elapsed() < Duration::from_secs(2), "/metrics took {:?}", started.elapsed());
    text
}

fn value(measurements: &str, name: &str) -> f64 {
    let line = measurements.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name} is missing in\n{measurements}")).parse().expect("a number")
}

#[tokio::test]
async fn measurements_are_told_while_the_database_hangs_and_leave_out_what_it_does_not_tell() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let url = fresh(&server, "postgres").await;
    let (cable, through) = Proxy::before_url(&url);
    let variables = [("HOPETREE_DATABASE_URL", through.as_str()), METRICS];
    let app = Hopetree::start_with_settings(Mode::Secure, "http://127.0.0.1:9", &variables);
    let told = measurements(&app).await;
    assert_eq!(value(&told, "hopetree_queue_known"), 1.0);
    assert!(told.contains("hopetree_jobs{state=\"buried\"} 0"), "{told}");
    cable.stall();
    let mut ledger = Ledger::default();
    ledger.answered(&app, 10).await;
    for _ in 0..5 {
        let told = measurements(&app).await;
        assert_eq!(value(&told, "hopetree_queue_known"), 0.0);
        assert!(!told.contains("hopetree_jobs{"), "an old figure is told for a new one:\n{told}");
        assert!(value(&told, "hopetree_oldest_due_job_seconds").is_nan());
        assert_eq!(value(&told, "hopetree_database_up"), 0.0);
        assert!(value(&told, "hopetree_journal_pushes") >= 10.0);
    }
    cable.mend();
    is_ready_again(&app).await;
    let told = app.eventually(|| measurements(&app), |told| value(told, "hopetree_queue_known") == 1.0).await;
    assert_eq!(value(&told, "hopetree_queue_known"), 1.0);
    assert_eq!(value(&told, "hopetree_database_up"), 1.0);
}

/// What the alarm `HopetreeJournalStuck` looks for: the database answers, and the journal is not emptied.
#[tokio::test]
async fn a_slow_database_is_said_to_be_slow_and_not_away() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let url = fresh(&server, "postgres").await;
    let (cable, through) = Proxy::before_url(&url);
    let variables = [("HOPETREE_DATABASE_URL", through.as_str()), METRICS];
    let app = Hopetree::start_with_settings(Mode::Secure, "http://127.0.0.1:9", &variables);
    let mut ledger = Ledger::default();
    ledger.answered(&app, 10).await;
    cable.slow_down(Duration::from_millis(60));
    ledger.answered(&app, 10).await;
    let is_slow = |(status, body): &(u16, String)| *status == 503 && body.contains(r#""database":"slow""#);
    // First a connection that is open must be found, or made, which takes many exchanges.
    app.eventually(|| app.get("/readyz"), is_slow).await;
    let (status, body) = app.eventually(|| app.get("/readyz"), is_slow).await;
    assert!(is_slow(&(status, body.clone())), "{status} {body}\n{}", app.log());
    assert!(body.contains("\"reason\":\"the database is slow"), "{body}");
    for _ in 0..3 {
        ledger.answered(&app, 10).await;
        let told = measurements(&app).await;
        assert_eq!(value(&told, "hopetree_database_up"), 1.0, "{}", app.log());
        assert!(value(&told, "hopetree_journal_bytes") > 0.0, "{told}");
    }
    cable.mend();
    is_ready_again(&app).await;
    assert_eq!(value(&measurements(&app).await, "hopetree_journal_bytes"), 0.0);
    ledger.is_kept(&app, &open(&url).await).await;
}

/// A long journal must not keep a node from being started: it listens, and is ready, while that is on its way.
#[tokio::test]
async fn a_node_is_ready_while_what_it_kept_before_goes_into_the_database() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let url = fresh(&server, "postgres").await;
    let (cable, through) = Proxy::before_url(&url);
    let app = Hopetree::start_on(&through);
    let mut ledger = Ledger::default();
    cable.cut();
    ledger.answered(&app, 60).await;
    let folder = app.kill();
    cable.mend();
    let db = open(&url).await;
    let lock = db.begin_write().await.expect("the database answers");
    lock.execute_unprepared("lock table message in exclusive mode").await.expect("it can be locked");

    let app = Hopetree::serve_with(folder, Mode::Secure, &[("HOPETREE_DATABASE_URL", &through)]);
    let (status, body) = app.get("/readyz").await;
    assert_eq!(status, 200, "{body}\n{}", app.log());
    assert!(body.contains(r#""database":"ok""#) && body.contains("60 pushes on their way"), "{body}");
    ledger.answered(&app, 10).await;
    ledger.repeats_are_the_same(&app).await;
    lock.rollback().await.expect("the lock is given back");
    is_ready_again(&app).await;
    ledger.is_kept(&app, &db).await;
}

#[tokio::test]
async fn a_disk_that_hangs_holds_up_nobody_who_asks_how_the_server_is() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let Some(disk) = FreezingDisk::of_megabytes(64) else { return };
    let url = fresh(&server, "postgres").await;
    let (cable, through) = Proxy::before_url(&url);
    let variables = [("HOPETREE_DATABASE_URL", through.as_str()), METRICS];
    let first = Hopetree::start_with_settings(Mode::Secure, "http://127.0.0.1:9", &variables).stop();
    let folder = disk.folder();
    std::fs::copy(first.path().join("master.key"), folder.path().join("master.key")).expect("a copy");
    let app = Hopetree::serve_with(folder, Mode::Secure, &variables);
    let mut ledger = Ledger::default();
    ledger.answered(&app, 10).await;
    cable.cut();
    ledger.answered(&app, 10).await;
    let frozen = disk.freeze();
    for _ in 0..3 {
        let started = Instant::now();
        let heard = ledger.push(&app, 20).await;
        assert!(heard.iter().all(|heard| matches!(heard.status, 500 | 503)), "{heard:?}\n{}", app.log());
        assert!(started.elapsed() < Duration::from_secs(4), "WeChat would have given up");
        let started = Instant::now();
        let (status, body) = app.get("/readyz").await;
        assert!(status == 503 && body.contains("pushes waiting"), "{body}");
        assert_eq!(app.get("/healthz").await.0, 200);
        measurements(&app).await;
        assert!(
            started.elapsed() < Duration::from_secs(3),
            "it waited for the disk: {:?}",
            started.elapsed()
        );
    }
    drop(frozen);
    waits_for_its_database(&app).await;
    // The first one shows that it is quick again; those beside it might still be turned away.
    ledger.answered(&app, 1).await;
    ledger.answered(&app, 10).await;
    cable.mend();
    is_ready_again(&app).await;
    ledger.is_kept(&app, &open(&url).await).await;
}
