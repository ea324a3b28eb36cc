//! What is told on standard error while a backup or a restore takes long.

use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_secs(2);

pub(super) struct Progress {
    doing: &'static str,
    rows: u64,
    /// When and after how many rows something was last told.
    told: (Instant, u64),
}

impl Progress {
    pub(super) fn new(doing: &'static str) -> Self {
        Self { doing, rows: 0, told: (Instant::now(), 0) }
    }

    pub(super) fn count(&mut self, table: &str) {
        self.rows += 1;
        // Asking for the time at every row would cost more than the row.
        if !self.rows.is_multiple_of(256) {
            return;
        }
        let (at, rows) = self.told;
        let elapsed = at.elapsed();
        if elapsed >= EVERY {
            let speed = (self.rows - rows) as f64 / elapsed.as_secs_f64();
            eprintln!("{}: {} rows, now `{table}`, {speed:.0} rows a second", self.doing, self.rows);
            self.told = (Instant::now(), self.rows);
        }
    }
}
