//! Backups: the whole database in one file that every kind of database takes back, so that it is also the way from
//! SQLite to Postgres.
//!
//! The file is gzip of JSON lines: a header; for each table a head with its columns, a line for each row, and a tail
//! with the number and the digest of the rows; and a last line, so that a file that broke off is known as such.
//! Everything in it is as it was at one moment, whoever writes meanwhile. It holds what residents wrote, so it is for
//! its owner only; the accounts' secrets are in it as they are in the database, sealed, and the key is not.

mod format;
mod progress;
mod reading;
mod restoring;
mod rows;
mod writing;

pub use self::format::Header;
pub use self::restoring::{check, restore};
pub use self::writing::{Existing, take};

/// What a backup holds.
#[derive(Clone, Debug)]
pub struct Summary {
    pub header: Header,
    pub tables: u64,
    pub rows: u64,
}
