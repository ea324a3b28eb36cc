//! Following a table that grows: every new row is worked on once, on whichever node comes first, without the
//! transaction that wrote it having anything to do with it.
//!
//! Ids count up, but where several write at once a lower id may become visible after a higher one. So there are two
//! places in the table: up to `reached` it has been worked on, and up to `settled` nothing can come any more; between
//! them is looked again for latecomers.

pub mod store;

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// A transaction that has not ended by then has been ended by the server (`db` sees to that).
const SETTLES_AFTER: Duration = Duration::from_secs(20);
/// So often is looked for latecomers.
const LOOK_AGAIN: Duration = Duration::from_secs(3);
/// More places than this are not remembered; then it settles a little later.
const PLACES: usize = 64;

/// How far a table has been followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    pub reached: i64,
    pub settled: i64,
    /// Counts the steps: who saw this number and moves the mark on is the only one who does.
    pub turn: i64,
}

/// What one node knows of when rows became visible.
#[derive(Debug, Default)]
pub struct Settling {
    places: VecDeque<(Instant, i64)>,
    looked: Option<Instant>,
}

impl Settling {
    /// Up to where nothing can come any more, when all is visible up to `reached` now.
    pub fn settled(&mut self, mark: Mark, now: Instant) -> i64 {
        let is_new = self.places.back().is_none_or(|(at, reached)| {
            *reached < mark.reached && now.duration_since(*at) >= SETTLES_AFTER / PLACES as u32
        });
        if is_new {
            self.places.push_back((now, mark.reached));
        }
        let mut settled = mark.settled;
        while let Some((at, reached)) = self.places.front()
            && (now.duration_since(*at) >= SETTLES_AFTER || self.places.len() > PLACES)
        {
            if now.duration_since(*at) >= SETTLES_AFTER {
                settled = settled.max(*reached);
            }
            self.places.pop_front();
        }
        settled.min(mark.reached)
    }

    /// Whether it is time to look for latecomers.
    pub fn is_time_to_look(&mut self, now: Instant) -> bool {
        let is_time = self.looked.is_none_or(|looked| now.duration_since(looked) >= LOOK_AGAIN);
        if is_time {
            self.looked = Some(now);
        }
        is_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_reached_long_ago_is_settled() {
        let (mut settling, start) = (Settling::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let mark = |reached| Mark { reached, settled: 3, turn: 0 };
        assert_eq!(settling.settled(mark(10), at(0)), 3);
        assert_eq!(settling.settled(mark(20), at(10)), 3);
        assert_eq!(settling.settled(mark(30), at(21)), 10);
        assert_eq!(settling.settled(Mark { settled: 10, ..mark(30) }, at(31)), 20);
        assert_eq!(settling.settled(Mark { settled: 20, ..mark(30) }, at(90)), 30);
    }
}
