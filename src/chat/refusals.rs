//! Log lines on requests that are no pushes of ours: a stranger who knocks all day must not fill the log.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// So many lines an account gets in each period; the rest are counted.
const LINES: u64 = 20;
const PERIOD: Duration = Duration::from_secs(60);

/// How many were refused of late, for each account: as many entries as there are accounts.
#[derive(Default)]
pub(super) struct Refusals(Mutex<HashMap<String, Period>>);

struct Period {
    since: Instant,
    count: u64,
}

/// What is to be said of one refusal.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Whole,
    /// The last one of this period.
    Last,
    /// The first one of a period, after so many that were not told.
    First {
        untold: u64,
    },
    None,
}

impl Refusals {
    /// Tells the log of a refusal. `account` must be a known one, so that strangers do not fill the memory.
    pub(super) fn tell(&self, account: &str, reason: impl Display) {
        let line = self.line(account, Instant::now());
        if let Line::First { untold } = line {
            tracing::warn!(account, untold, "more pushes were refused than the lines before this one tell");
        }
        if line != Line::None {
            tracing::warn!(account, %reason, "a push was refused");
        }
        if line == Line::Last {
            tracing::warn!(
                account,
                "many pushes were refused: more are counted in /metrics and not told before a minute is over"
            );
        }
    }

    fn line(&self, account: &str, now: Instant) -> Line {
        let mut periods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(period) = periods.get_mut(account) else {
            periods.insert(account.into(), Period { since: now, count: 1 });
            return Line::Whole;
        };
        if now - period.since >= PERIOD {
            let untold = period.count.saturating_sub(LINES);
            *period = Period { since: now, count: 1 };
            return if untold > 0 { Line::First { untold } } else { Line::Whole };
        }
        period.count += 1;
        match period.count {
            ..LINES => Line::Whole,
            LINES => Line::Last,
            _ => Line::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_who_knocks_all_day_gets_some_lines_a_minute() {
        let (refusals, start) = (Refusals::default(), Instant::now());
        let lines: Vec<Line> = (0..100).map(|_| refusals.line("hope", start)).collect();
        assert_eq!(lines.iter().filter(|line| **line == Line::Whole).count(), 19);
        assert_eq!((&lines[19], &lines[20]), (&Line::Last, &Line::None));
        assert_eq!(refusals.line("other", start), Line::Whole);
        assert_eq!(refusals.line("hope", start + PERIOD), Line::First { untold: 80 });
        assert_eq!(refusals.line("hope", start + 2 * PERIOD), Line::Whole);
    }
}
