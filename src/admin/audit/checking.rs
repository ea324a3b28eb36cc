//! Whether the trail is as it was written: every line there, none changed.

use sea_orm::DbErr;

use super::super::store::{self, Line, Link};
use super::hash;
use crate::db::Db;

const PAGE: u64 = 500;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The first line that is kept; those before were too old.
    pub first: i64,
    /// The last line that is as it was written, and its hash: noted elsewhere, it shows later whether somebody wrote the
    /// whole trail anew.
    pub last: Link,
    pub flaw: Option<Flaw>,
}

/// The first thing that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The line of this number is not as it was written, or its neighbor before it is not.
    Changed(i64),
    /// Lines from this number on are missing, up to the second, which is there.
    Missing(i64, i64),
    /// The trail ends before this number, which was written.
    CutShort(i64),
    /// The trail ends where it should, but its last line is not the one that was written.
    LastReplaced(i64),
    /// There are lines behind the last that was written.
    Added(i64),
}

/// Goes through the whole trail, as it is at one moment.
///
/// # Errors
/// When the database does not answer.
pub async fn check(db: &Db) -> Result<Checked, DbErr> {
    let snapshot = db.begin_snapshot().await?;
    let floor = store::first_link(&snapshot).await?;
    let head = store::last_link(&snapshot).await?;
    let (first, mut last) = (floor.sequence + 1, floor);
    let flaw = loop {
        let lines = store::lines_after(&snapshot, last.sequence, PAGE).await?;
        if lines.is_empty() {
            break end(&last, &head);
        }
        if let Some(flaw) = lines.iter().find_map(|line| follow(&mut last, line)) {
            break Some(flaw);
        }
    };
    snapshot.rollback().await?;
    Ok(Checked { first, last, flaw })
}

/// Takes one more line on, or says what is wrong with it.
fn follow(last: &mut Link, line: &Line) -> Option<Flaw> {
    let expected = last.sequence + 1;
    if line.sequence != expected {
        return Some(Flaw::Missing(expected, line.sequence));
    }
    if line.hash != hash(line, &last.hash) {
        return Some(Flaw::Changed(line.sequence));
    }
    *last = Link { sequence: line.sequence, hash: line.hash.clone() };
    None
}

fn end(last: &Link, head: &Link) -> Option<Flaw> {
    if last.sequence < head.sequence {
        return Some(Flaw::CutShort(last.sequence + 1));
    }
    if last.sequence > head.sequence {
        return Some(Flaw::Added(head.sequence + 1));
    }
    (last.hash != head.hash && head.sequence > 0).then_some(Flaw::LastReplaced(last.sequence))
}
