//! Work that the clock makes necessary: once each time it is due, however many nodes there are.
//!
//! Whichever node first moves the next time on enqueues a job, in the same transaction. From there on it is a job like
//! any other: it is retried, and taken over from a node that dies. What was missed while no node ran, or while the
//! database was away, is done once.

pub mod store;

use std::time::Duration;

use chrono::{Days, NaiveTime};
use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;

use super::NewJob;
use crate::clock::{Clock, Timestamp};
use crate::db::Db;

/// How often the schedule is looked at.
const PAUSE: Duration = Duration::from_secs(5);
/// A connection that is half dead answers never.
const LIMIT: Duration = Duration::from_secs(5);

/// Something that is to be done every day.
pub struct Daily {
    /// The name in the database; it must stay.
    pub name: &'static str,
    /// The time of day in Shanghai.
    pub at: NaiveTime,
    /// Makes the job, to be run from a moment on.
    pub job: fn(Timestamp) -> NewJob,
}

impl Daily {
    /// The first time after a moment.
    fn after(&self, moment: Timestamp) -> Timestamp {
        let day = moment.shanghai_date();
        let today = Timestamp::from_shanghai(day.and_time(self.at));
        if today > moment {
            return today;
        }
        let tomorrow = day.checked_add_days(Days::new(1)).unwrap_or(day);
        Timestamp::from_shanghai(tomorrow.and_time(self.at))
    }

    /// Enqueues the job if it is due; says whether it was this node that did.
    async fn look(&self, db: &Db, now: Timestamp) -> Result<bool, DbErr> {
        let next = self.after(now);
        let Some(planned) = store::next(db.reader(), self.name).await? else {
            let transaction = db.begin_write().await?;
            store::plan(&transaction, self.name, next).await?;
            transaction.commit().await?;
            return Ok(false);
        };
        let is_due = planned <= now;
        // A clock that was far ahead for a moment must not end the work for good. Nodes whose clocks differ a little
        // may see a time that is the second next.
        let is_too_far = planned > self.after(next);
        if !is_due && !is_too_far {
            return Ok(false);
        }
        let transaction = db.begin_write().await?;
        let is_ours = store::advance(&transaction, self.name, planned, next).await?;
        if is_ours && is_due {
            super::store::enqueue(&transaction, &[(self.job)(now)], now).await?;
        }
        transaction.commit().await?;
        Ok(is_ours && is_due)
    }
}

/// Keeps the schedule until shutdown, on every node. A database that is away is waited for.
pub async fn keep(db: Db, clock: Clock, schedule: Vec<Daily>, shutdown: CancellationToken) {
    let mut failing = false;
    loop {
        let mut result = Ok(());
        for daily in &schedule {
            let looked = tokio::time::timeout(LIMIT, daily.look(&db, clock.now())).await;
            match looked.unwrap_or_else(|elapsed| Err(DbErr::Custom(elapsed.to_string()))) {
                Ok(true) => tracing::info!(name = daily.name, "scheduled work is due"),
                Ok(false) => (),
                Err(error) => result = Err(error),
            }
        }
        if let (Err(error), false) = (&result, failing) {
            tracing::warn!(
                error = crate::db::told(error),
                "the schedule cannot be read; it is tried again every few seconds"
            );
        }
        failing = result.is_err();
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => (),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_time_is_today_or_tomorrow_in_shanghai() {
        let at = NaiveTime::from_hms_opt(3, 30, 0).unwrap();
        let daily = Daily { name: "test", at, job: |_| unreachable!() };
        let shanghai = |day: u32, hour: u32, minute: u32| {
            let date = chrono::NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
            Timestamp::from_shanghai(date.and_hms_opt(hour, minute, 0).unwrap())
        };
        assert_eq!(daily.after(shanghai(3, 3, 29)), shanghai(3, 3, 30));
        assert_eq!(daily.after(shanghai(3, 3, 30)), shanghai(4, 3, 30));
        // 23:00 in Shanghai is 15:00 of the same day in UTC, and 01:00 is 17:00 of the day before.
        assert_eq!(daily.after(shanghai(3, 23, 0)), shanghai(4, 3, 30));
        assert_eq!(daily.after(shanghai(4, 1, 0)), shanghai(4, 3, 30));
    }
}
