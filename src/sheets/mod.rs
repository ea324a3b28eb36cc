//! Spreadsheets (.xlsx): rows of text out of a file that somebody hands in, and into one that somebody takes away.
//! What is in a file is nobody's promise: it is measured before it is opened. What is written is text, never a formula.

mod reading;
mod writing;

pub use self::reading::{Table, Unreadable, read};
pub use self::writing::{Column, Writer};

/// What a browser is told that a sheet is.
pub const CONTENT_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The largest file that is taken.
pub const MOST_BYTES: usize = 5 << 20;
/// The most rows that are taken, the titles not counted.
pub const MOST_ROWS: usize = 5_000;
