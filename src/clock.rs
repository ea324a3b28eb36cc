//! The time: read in one place and passed on as a value, so that tests and restarts can choose it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A moment, in unix milliseconds. What the database keeps in a BIGINT column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(i64);

impl Timestamp {
    /// A moment of so many milliseconds after 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// A moment of so many seconds after 1970-01-01T00:00:00Z; seconds out of range become the last moment.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    pub const fn millis(self) -> i64 {
        self.0
    }

    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The same moment so many milliseconds later (earlier when negative).
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// The wall-clock time in Shanghai, which is what WeChat and an office mean by a date.
    pub fn in_shanghai(self) -> DateTime<FixedOffset> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default().with_timezone(&shanghai())
    }

    /// The calendar day in Shanghai.
    pub fn shanghai_date(self) -> NaiveDate {
        self.in_shanghai().date_naive()
    }

    /// The moment at which a Shanghai clock shows this date and time.
    pub fn from_shanghai(local: NaiveDateTime) -> Self {
        Self((local - TimeDelta::hours(SHANGHAI_HOURS)).and_utc().timestamp_millis())
    }

    /// The first moment of a Shanghai day.
    pub fn start_of_shanghai_day(date: NaiveDate) -> Self {
        Self::from_shanghai(date.and_time(NaiveTime::MIN))
    }
}

/// China has kept UTC+8 without summer time since 1991, so a fixed offset is exact for every date that we store.
const SHANGHAI_HOURS: i64 = 8;

fn shanghai() -> FixedOffset {
    FixedOffset::east_opt(SHANGHAI_HOURS as i32 * 3600).expect("eight hours is a valid offset")
}

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that a test sets, in unix milliseconds.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still until it is moved through the shared number.
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.millis())))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(Utc::now().timestamp_millis()),
            Self::Fixed(millis) => Timestamp(millis.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shanghai_day_begins_sixteen_hours_into_the_utc_day_before() {
        let date = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
        let start = Timestamp::start_of_shanghai_day(date);
        assert_eq!(start.seconds(), 1_767_283_200);
        assert_eq!(start.shanghai_date(), date);
        assert_eq!(start.plus_millis(-1).shanghai_date(), date.pred_opt().unwrap());
    }
}
