//! Figures by day that need not be counted anew: the days that are over are written down, and today is counted when
//! somebody asks. A line of the ledger that comes late has its day counted again.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbErr};
use tokio::time::Instant;

use super::store::{self, DayCount, day_of};
use crate::accounts::{self, AccountId};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db;
use crate::jobs::following::{self, Settling};

/// The names of the marks; they must stay. The first day that is not closed…
const CLOSED: &str = "follower_days";
/// … and how far the ledger has been followed for lines that came late.
const LEDGER: &str = "follower_lines";
/// Lines that were being written when the days were closed for the first time are among the last so many.
const FIRST_LOOK: i64 = 5_000;
/// So many days are counted again at once.
const MOST_DAYS: u64 = 20_000;
const PAUSE: Duration = Duration::from_secs(2);
/// A connection that is half dead answers never; and the first time all that there is is counted.
const LIMIT: Duration = Duration::from_secs(120);

/// The days on which somebody began or ceased to follow, oldest first, today included.
///
/// # Errors
/// When the database does not answer.
pub async fn figures(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<DayCount>, DbErr> {
    let closed = following::store::mark(db, CLOSED).await?.reached;
    let mut days = store::closed_days(db, account, closed).await?;
    days.extend(store::by_day(db, account, store::start_of(closed)).await?);
    Ok(days)
}

/// Closes days until shutdown, on every node. A database that is away is waited for.
pub async fn keep(app: App) {
    let mut settling = Settling::default();
    let mut failing = false;
    loop {
        let now = app.clock.now();
        let result = tokio::time::timeout(LIMIT, close(&app, now, &mut settling)).await;
        let result = result.unwrap_or_else(|elapsed| Err(DbErr::Custom(elapsed.to_string())));
        if let (Err(error), false) = (&result, failing) {
            tracing::warn!(
                error = db::told(error),
                "the figures of days cannot be written down; it is tried again every two seconds"
            );
        }
        failing = result.is_err();
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => (),
        }
    }
}

/// Writes down the days that are over, and those of which the ledger has told since. Safe on several nodes at once.
///
/// # Errors
/// When the database does not answer; then the figures are as they were.
pub async fn close(app: &App, now: Timestamp, settling: &mut Settling) -> Result<(), DbErr> {
    let reader = app.db.reader();
    let (closed, today) = (following::store::mark(reader, CLOSED).await?, day_of(now));
    let ledger = following::store::mark(reader, LEDGER).await?;
    let last = store::last_line(reader).await?;
    if ledger.turn == 0 {
        let transaction = app.db.begin_write().await?;
        let settled = (last - FIRST_LOOK).max(0);
        if following::store::advance(&transaction, LEDGER, ledger, last, settled).await? {
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        return Ok(());
    }
    // A clock that is behind another node's opens nothing again.
    if closed.reached < today {
        let mut counted = Vec::new();
        for (account, _) in accounts::store::revisions(reader).await? {
            counted.push((account, store::count_days(reader, account, closed.reached, today).await?));
        }
        let transaction = app.db.begin_write().await?;
        if !following::store::advance(&transaction, CLOSED, closed, today, today).await? {
            return transaction.rollback().await;
        }
        for (account, days) in &counted {
            store::write_days(&transaction, *account, days).await?;
        }
        return transaction.commit().await;
    }
    let looks_again = ledger.settled < ledger.reached && settling.is_time_to_look(Instant::now());
    if last == ledger.reached && !looks_again {
        return Ok(());
    }
    let late = store::late_days(reader, ledger.settled, last, closed.reached, MOST_DAYS).await?;
    let mut counted = Vec::new();
    for (account, days) in late {
        for day in days {
            counted.push((account, store::count_days(reader, account, day, day + 1).await?));
        }
    }
    let settled = if db::has_one_writer(reader) { last } else { settling.settled(ledger, Instant::now()) };
    let transaction = app.db.begin_write().await?;
    if !following::store::advance(&transaction, LEDGER, ledger, last, settled).await? {
        return transaction.rollback().await;
    }
    for (account, days) in &counted {
        store::write_days(&transaction, *account, days).await?;
    }
    transaction.commit().await
}
