//! How often an account called what, and how often it may (§6.4).

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use crate::clock::Timestamp;

const MAX_CLEARINGS_A_MONTH: u32 = 10;

/// The calls of one account. Paths are those of the platform's API, so their number is bounded.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// Since the sandbox was started or reset.
    all: BTreeMap<&'static str, u64>,
    today: BTreeMap<&'static str, u64>,
    day: Option<NaiveDate>,
    clearings: u32,
    month: Option<(i32, u32)>,
}

impl Usage {
    /// Counts a call, and says whether it is within the day's quota.
    pub(super) fn count(&mut self, path: &'static str, daily_limit: u64, now: Timestamp) -> bool {
        self.turn_the_page(now);
        *self.all.entry(path).or_default() += 1;
        let used = self.today.entry(path).or_default();
        if *used >= daily_limit {
            return false;
        }
        *used += 1;
        true
    }

    /// How often it was called today.
    pub(super) fn today(&mut self, path: &str, now: Timestamp) -> u64 {
        self.turn_the_page(now);
        self.today.get(path).copied().unwrap_or_default()
    }

    /// Every call since the start.
    pub(super) fn all(&self) -> &BTreeMap<&'static str, u64> {
        &self.all
    }

    /// Sets the day's counters to zero, ten times a month. Says whether it did.
    pub(super) fn clear(&mut self, now: Timestamp) -> bool {
        let date = now.shanghai_date();
        let month = (date.year(), date.month());
        if self.month != Some(month) {
            (self.month, self.clearings) = (Some(month), 0);
        }
        if self.clearings >= MAX_CLEARINGS_A_MONTH {
            return false;
        }
        self.clearings += 1;
        self.today.clear();
        true
    }

    fn turn_the_page(&mut self, now: Timestamp) {
        let day = now.shanghai_date();
        if self.day != Some(day) {
            self.day = Some(day);
            self.today.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Usage;
    use crate::clock::Timestamp;

    #[test]
    fn a_quota_begins_anew_at_midnight_in_shanghai() {
        let evening = Timestamp::from_seconds(1_767_283_199);
        let mut usage = Usage::default();
        assert!(usage.count("/cgi-bin/user/get", 2, evening));
        assert!(usage.count("/cgi-bin/user/get", 2, evening));
        assert!(!usage.count("/cgi-bin/user/get", 2, evening));
        assert!(usage.count("/cgi-bin/user/get", 2, evening.plus_millis(1000)));
        assert_eq!(usage.all()["/cgi-bin/user/get"], 4);
    }

    #[test]
    fn counters_can_be_cleared_ten_times_a_month() {
        let now = Timestamp::from_seconds(1_767_283_200);
        let mut usage = Usage::default();
        for _ in 0..10 {
            assert!(!usage.count("/cgi-bin/user/get", 0, now));
            assert!(usage.clear(now));
        }
        assert!(!usage.clear(now));
        assert!(usage.clear(now.plus_millis(31 * 86_400_000)));
    }
}
