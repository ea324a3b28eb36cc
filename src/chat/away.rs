//! While the database is away: pushes go to the journal, are answered all the same, and follow into the database, in
//! their order, when it is back.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::journal::Journal;
use super::rejected::{Person, Rejected};
use super::writer::Recording;
use crate::clock::Timestamp;
use crate::telemetry::Metrics;

/// Who waits for the disk while a resident waits for an answer; a disk may hang, and WeChat gives up after 5 s.
pub(super) const SOON: Duration = Duration::from_millis(1_500);
/// Who waits for it while nobody else does.
const LATER: Duration = Duration::from_secs(10);
/// So many answers of an earlier process are taken over from its journal, enough for the repeats of 15 s.
const TAKEN_OVER: usize = 8_000;

/// How the database stands, as it showed itself last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Pushes go into it.
    Here,
    /// It takes what is in the journal; new pushes go there, behind the others.
    Returning,
    /// It takes writes, but so slowly that residents would have to wait for it.
    Slow,
    /// It does not answer, or takes no writes.
    Away,
}

/// Where pushes go while the database is away. One of it; the writer and the return share it.
pub(super) struct Away {
    /// In any other than [`Standing::Here`] pushes go to the journal; it becomes that one, and any other than that, only
    /// while the disk is held.
    standing: Mutex<Standing>,
    /// One at a time works on it, on a thread that may wait for it.
    disk: Arc<tokio::sync::Mutex<Disk>>,
    /// How many pushes wait in the journal, for those who only ask: they must not wait for the disk.
    waiting: AtomicU64,
    has_gone: Notify,
    metrics: Metrics,
}

pub(super) struct Disk {
    journal: Journal,
    /// Up to here the journal is in the database.
    done: u64,
    /// So many records stand before that.
    brought: u64,
    rejected: Rejected,
}

impl Away {
    /// Opens the journal. What is in it since before goes into the database first. Gives the newest of it, too, so
    /// that repeats get the answers that an earlier process gave.
    pub(super) async fn open(
        folder: PathBuf,
        limit: u64,
        metrics: Metrics,
    ) -> io::Result<(Arc<Self>, Vec<Recording>)> {
        let read = move || {
            let (journal, newest) = Journal::open(&folder, limit, TAKEN_OVER)?;
            let newest = newest.iter().filter_map(|record| serde_json::from_slice(record).ok()).collect();
            Ok::<_, io::Error>((Self::new(journal, &folder, metrics), newest))
        };
        let (away, newest) = tokio::task::spawn_blocking(read).await.map_err(io::Error::other)??;
        Ok((Arc::new(away), newest))
    }

    fn new(journal: Journal, folder: &Path, metrics: Metrics) -> Self {
        let standing = if journal.len() > 0 { Standing::Returning } else { Standing::Here };
        metrics.set_journal(journal.len(), journal.bytes());
        let waiting = journal.len().into();
        let rejected = Rejected::beside_journal(folder);
        let disk = Disk { journal, done: Journal::beginning(), brought: 0, rejected };
        Self {
            standing: Mutex::new(standing),
            waiting,
            has_gone: Notify::new(),
            metrics,
            disk: Arc::new(tokio::sync::Mutex::new(disk)),
        }
    }

    pub(super) fn standing(&self) -> Standing {
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether pushes go to the journal now. The one writer asks before each group, and nobody else makes them.
    pub(super) fn is_away(&self) -> bool {
        self.standing() != Standing::Here
    }

    fn stands(&self, standing: Standing) {
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner) = standing;
        self.metrics.set_database(standing != Standing::Away);
    }

    /// How a database stands that has been away. Only who brings back what is in the journal says so.
    pub(super) fn returns(&self, standing: Standing) {
        self.stands(standing);
    }

    /// Returns when the database has gone.
    pub(super) async fn gone(&self) {
        while !self.is_away() {
            self.has_gone.notified().await;
        }
    }

    /// How many pushes wait in the journal.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Puts a group into the journal, and from now on every other one. False when the database came back in between:
    /// then the group may go there.
    ///
    /// # Errors
    /// Also when the disk hangs. Then the group may get into the journal later; a repeat of it stays one push.
    pub(super) async fn keep(
        self: &Arc<Self>,
        group: &Arc<Vec<Recording>>,
        is_first: bool,
    ) -> io::Result<bool> {
        let group = Arc::clone(group);
        self.on_disk(SOON, move |away, disk| {
            if !is_first && !away.is_away() {
                return Ok(false);
            }
            let records = group.iter().map(serde_json::to_vec).collect::<Result<Vec<_>, _>>()?;
            disk.journal.append(&records)?;
            if !away.is_away() {
                away.stands(Standing::Away);
                away.has_gone.notify_one();
            }
            Ok(true)
        })
        .await
    }

    /// Keeps those of a group that the database will never take, each with the reason.
    pub(super) async fn reject(
        self: &Arc<Self>,
        group: &Arc<Vec<Recording>>,
        refused: Vec<(usize, Arc<str>)>,
    ) -> io::Result<()> {
        let group = Arc::clone(group);
        self.on_disk(SOON, move |_, disk| {
            for (place, reason) in refused {
                disk.rejected.keep(&serde_json::to_vec(&group[place])?, &reason)?;
            }
            Ok(())
        })
        .await
    }

    /// Makes the journal's room on the disk its own.
    pub(super) async fn reserve(self: &Arc<Self>) -> io::Result<()> {
        self.on_disk(LATER, |_, disk| disk.journal.reserve()).await
    }

    /// The next records that are not in the database, and the place after them.
    pub(super) async fn next(self: &Arc<Self>, at_most: usize) -> io::Result<(Vec<Vec<u8>>, u64)> {
        self.on_disk(LATER, move |_, disk| disk.journal.read(disk.done, at_most)).await
    }

    /// Up to here the journal is in the database. Says whether that is all of it.
    pub(super) async fn have_done(self: &Arc<Self>, up_to: u64, pushes: u64) -> io::Result<bool> {
        self.on_disk(LATER, move |_, disk| {
            (disk.done, disk.brought) = (up_to, disk.brought + pushes);
            Ok(disk.done == disk.journal.end())
        })
        .await
    }

    /// Ends the absence if nothing waits; nothing can come between.
    pub(super) async fn come_back(self: &Arc<Self>) -> io::Result<bool> {
        self.on_disk(LATER, |away, disk| {
            if disk.done < disk.journal.end() {
                return Ok(false);
            }
            disk.journal.clear()?;
            (disk.done, disk.brought) = (Journal::beginning(), 0);
            away.stands(Standing::Here);
            Ok(true)
        })
        .await
    }

    /// Whose pushes are kept because the database does not take them.
    pub(super) async fn rejected_people(self: &Arc<Self>) -> io::Result<Vec<Person>> {
        self.on_disk(LATER, |_, disk| disk.rejected.people()).await
    }

    /// Removes those of people who were erased; says how many.
    pub(super) async fn forget_rejected(
        self: &Arc<Self>,
        erased: HashMap<Person, Timestamp>,
    ) -> io::Result<u64> {
        self.on_disk(LATER, move |_, disk| disk.rejected.forget(&erased)).await
    }

    /// Works on the disk, on a thread that may wait for it. A disk may hang: after `limit` nobody waits any more. What
    /// was begun goes on, and nothing else is begun before it has ended.
    async fn on_disk<T: Send + 'static>(
        self: &Arc<Self>,
        limit: Duration,
        work: impl FnOnce(&Self, &mut Disk) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let away = Arc::clone(self);
        let work = async move {
            let mut disk = Arc::clone(&away.disk).lock_owned().await;
            let done = tokio::task::spawn_blocking(move || {
                let done = work(&away, &mut disk);
                away.tell(&disk);
                done
            });
            done.await.unwrap_or_else(|panic| Err(io::Error::other(panic)))
        };
        let slow = |_| Err(io::Error::new(ErrorKind::TimedOut, "the disk of the journal hangs"));
        tokio::time::timeout(limit, work).await.unwrap_or_else(slow)
    }

    fn tell(&self, disk: &Disk) {
        let waiting = disk.journal.len().saturating_sub(disk.brought);
        self.waiting.store(waiting, Ordering::Relaxed);
        // All of it: the room is given back only when nothing waits any more.
        self.metrics.set_journal(waiting, disk.journal.bytes());
    }
}
