//! SQLite, and the disk that it shares with the journal: locked, full, taking no writes.

use std::process::Command;

use super::Ledger;
use super::databases::{is_ready_again, waits_for_its_database};
use crate::support::{Disk, Hopetree, Mode, VERIFIED};

#[tokio::test]
async fn a_sqlite_that_another_process_holds_locked_costs_residents_nothing() {
    let app = Hopetree::start();
    let mut ledger = Ledger::default();
    ledger.answered(&app, 30).await;
    let db = app.db().await;
    let held = db.begin_write().await.expect("the lock is free");
    ledger.answered(&app, 30).await;
    waits_for_its_database(&app).await;
    ledger.answered(&app, 30).await;
    held.rollback().await.expect("the lock is given back");
    is_ready_again(&app).await;
    ledger.answered(&app, 30).await;
    ledger.is_kept(&app, &db).await;
}

#[tokio::test]
async fn a_full_disk_costs_residents_nothing_while_the_journal_has_room() {
    let Some(disk) = Disk::of_megabytes(64) else { return };
    let app = Hopetree::start_in(disk.folder(), Mode::Secure, VERIFIED);
    let mut ledger = Ledger::default();
    ledger.answered(&app, 30).await;
    disk.fill();
    // SQLite has a little room left in the pages that it has; then nothing.
    for _ in 0..20 {
        ledger.answered(&app, 50).await;
    }
    ledger.repeats_are_the_same(&app).await;
    waits_for_its_database(&app).await;
    let folder = app.kill();
    disk.free();
    let app = Hopetree::serve(folder, Mode::Secure);
    is_ready_again(&app).await;
    ledger.answered(&app, 30).await;
    ledger.is_kept(&app, &app.db().await).await;
}

#[tokio::test]
async fn a_full_disk_that_is_emptied_heals_without_a_restart() {
    let Some(disk) = Disk::of_megabytes(64) else { return };
    let app = Hopetree::start_in(disk.folder(), Mode::Secure, VERIFIED);
    let mut ledger = Ledger::default();
    ledger.answered(&app, 30).await;
    disk.fill();
    for _ in 0..20 {
        ledger.answered(&app, 50).await;
    }
    waits_for_its_database(&app).await;
    disk.free();
    is_ready_again(&app).await;
    ledger.answered(&app, 30).await;
    ledger.is_kept(&app, &app.db().await).await;
}

/// As a disk that the kernel made read-only after an error: neither the database nor the journal can be written, so
/// WeChat must be told to repeat.
#[tokio::test]
async fn where_nothing_can_be_written_wechat_is_asked_to_repeat() {
    let folder = Hopetree::start().stop();
    // A process over its limit would be ended by a signal, unless it does not heed it; then it gets an error.
    let app = Hopetree::serve_after("trap '' XFSZ", folder, Mode::Secure, &[]);
    let mut ledger = Ledger::default();
    ledger.answered(&app, 30).await;
    limit_files(&app, "0");
    for _ in 0..3 {
        let heard = ledger.push(&app, 20).await;
        assert!(
            heard.iter().all(|heard| heard.status == 500 || heard.status == 503),
            "{heard:?}\n{}",
            app.log()
        );
    }
    ledger.repeats_are_the_same(&app).await;
    limit_files(&app, "unlimited");
    is_ready_again(&app).await;
    ledger.answered(&app, 30).await;
    ledger.is_kept(&app, &app.db().await).await;
}

/// Lets the process write files up to so many bytes.
fn limit_files(app: &Hopetree, bytes: &str) {
    let status = Command::new("prlimit")
        .args(["--pid", &app.id().to_string(), &format!("--fsize={bytes}:unlimited")])
        .status();
    assert!(status.expect("prlimit can be run").success());
}
