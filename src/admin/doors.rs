//! What stands between a stranger and the passwords: how often an address and a name may try, how many passwords are
//! examined at once, and how many refusals go into the trail.
//!
//! Counts are shared by all nodes through Redis; without it each node counts by itself. A name that does not exist is
//! locked as one that does, so that nobody learns which there are.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::sync::Semaphore;

use super::audit::{self, Entry, Who};
use super::store::{self, Account};
use super::{Office, passwords, texts};
use crate::clock::Timestamp;
use crate::http::{Error, Result};
use crate::kv::{Kv, Memory};

/// From so many wrong passwords on a name is locked, for longer each time.
const FAILURES: i64 = 5;
const FIRST_LOCK_MINUTES: i64 = 1;
const LONGEST_LOCK_MINUTES: i64 = 60;
/// A whole office comes from one address, and types wrong now and then.
const TRIES: u64 = 100;
const TRIES_WINDOW: Duration = Duration::from_secs(15 * 60);
/// How long the failures of a name that does not exist are remembered.
const UNKNOWN_REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// Each examination takes 19 MB and a core; so many more wait for their turn, at most this long.
const WAITING: usize = 16;
const WAIT: Duration = Duration::from_secs(5);
/// So many refusals a minute stand in the trail one by one; the others are summed up.
const RECORDED: u64 = 30;
const MINUTE: Duration = Duration::from_secs(60);

/// What the doors of this node remember by themselves.
#[derive(Clone)]
pub(super) struct Doors {
    /// In Redis's place while it is away.
    own: Kv,
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    unrecorded: Arc<AtomicU64>,
}

impl Default for Doors {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            own: Kv::Memory(Memory::default()),
            running: Arc::new(Semaphore::new(cores)),
            waiting: Arc::new(Semaphore::new(WAITING + cores)),
            unrecorded: Arc::default(),
        }
    }
}

/// Whose door it is: somebody's, or nobody's of this name.
pub(super) enum Visitor {
    Known(Box<Account>),
    Unknown(String),
}

impl Office {
    /// Counts a try of an address.
    ///
    /// # Errors
    /// 429 when there have been too many.
    pub(super) async fn admit(&self, address: &str) -> Result<()> {
        match self.count(&format!("sign-in:from:{}", network(address)), TRIES_WINDOW).await {
            ..=TRIES => Ok(()),
            _ => Err(Error::TooMany(TRIES_WINDOW, texts::TOO_MANY_TRIES.into())),
        }
    }

    async fn count(&self, key: &str, window: Duration) -> u64 {
        if self.app.kv.is_shared()
            && let Ok(count) = self.app.kv.count(key, window).await
        {
            return count;
        }
        // It is in this process's memory, which always answers.
        self.doors.own.count(key, window).await.unwrap_or_default()
    }

    async fn recall(&self, key: &str) -> Option<String> {
        if self.app.kv.is_shared()
            && let Ok(value) = self.app.kv.get(key).await
        {
            return value;
        }
        self.doors.own.get(key).await.ok().flatten()
    }

    async fn keep(&self, key: &str, value: &str) {
        if self.app.kv.is_shared() && self.app.kv.set(key, value, UNKNOWN_REMEMBERED).await.is_ok() {
            return;
        }
        self.doors.own.set(key, value, UNKNOWN_REMEMBERED).await.ok();
    }

    /// # Errors
    /// 429 while the name is locked.
    pub(super) async fn check_lock(&self, visitor: &Visitor, now: Timestamp) -> Result<()> {
        let until = match visitor {
            Visitor::Known(person) => person.locked_until,
            Visitor::Unknown(name) => self.unknown(name).await.1,
        };
        refuse_until(until, now)
    }

    /// How often a name that does not exist was tried, and until when it is locked.
    async fn unknown(&self, name: &str) -> (i64, Option<i64>) {
        let kept = self.recall(&unknown_key(name)).await.unwrap_or_default();
        let (failures, until) = kept.split_once(' ').unwrap_or_default();
        (failures.parse().unwrap_or(0), until.parse().ok())
    }

    /// Whether this is the password, when there is one. So many are examined at once; the others wait a little.
    ///
    /// # Errors
    /// 429 when too many wait already.
    pub(super) async fn is_password(&self, password: String, kept: Option<String>) -> Result<bool> {
        let busy = || Error::TooMany(WAIT, texts::BUSY.into());
        let place = Arc::clone(&self.doors.waiting).try_acquire_owned().ok().ok_or_else(busy)?;
        let turn = tokio::time::timeout(WAIT, Arc::clone(&self.doors.running).acquire_owned()).await;
        let turn = turn.ok().and_then(std::result::Result::ok).ok_or_else(busy)?;
        let examined = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            passwords::matches(&password, kept.as_deref())
        });
        Ok(examined.await.map_err(anyhow::Error::from)?)
    }

    /// As [`passwords::hash`], in turn with those that are examined.
    ///
    /// # Errors
    /// 429 when too many wait already.
    pub(super) async fn hash_password(&self, password: String) -> Result<String> {
        let busy = || Error::TooMany(WAIT, texts::BUSY.into());
        let turn = tokio::time::timeout(WAIT, Arc::clone(&self.doors.running).acquire_owned()).await;
        let turn = turn.ok().and_then(std::result::Result::ok).ok_or_else(busy)?;
        let hashed = tokio::task::spawn_blocking(move || {
            let _held = turn;
            passwords::hash(&password)
        });
        Ok(hashed.await.map_err(anyhow::Error::from)??)
    }

    /// Counts a wrong password or code, and notes it in the trail.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn note_refusal(
        &self,
        visitor: &Visitor,
        address: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<()> {
        // Before the transaction: Redis may be slow, and on SQLite all others would wait.
        let is_recorded = self.count("sign-in:refused", MINUTE).await <= RECORDED;
        let unknown = match visitor {
            Visitor::Unknown(name) => {
                let failures = self.unknown(name).await.0.saturating_add(1);
                let until = lock_after(failures, now);
                let until_text = until.map_or_else(String::new, |until| until.millis().to_string());
                self.keep(&unknown_key(name), &format!("{failures} {until_text}")).await;
                until
            }
            Visitor::Known(_) => None,
        };
        let write = self.app.db.begin_write().await?;
        // What was typed there may be a password.
        let (who, locked) = match visitor {
            Visitor::Unknown(_) => (Who::stranger("(unknown)", address), unknown),
            Visitor::Known(known) => {
                let failures = store::find(&write, known.id).await?.map_or(0, |known| known.failures);
                let locked = lock_after(failures.saturating_add(1), now);
                store::note_failure(&write, known.id, locked).await?;
                (Who::stranger(&known.name, address), locked)
            }
        };
        if is_recorded {
            let locked = locked.map(|until| (until.millis() - now.millis()) / 60_000);
            let after = json!({ "reason": reason, "locked_minutes": locked });
            let entry = Entry { action: "session.refuse", after: Some(after), ..Entry::default() };
            audit::record(&write, &who, entry, now).await?;
        }
        write.commit().await?;
        if !is_recorded {
            self.sum_up();
        }
        Ok(())
    }

    /// Counts a refusal that stands not in the trail by itself; a minute after the first of them one line tells how many.
    fn sum_up(&self) {
        if self.doors.unrecorded.fetch_add(1, Ordering::Relaxed) > 0 {
            return;
        }
        let office = self.clone();
        self.app.tasks.spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(MINUTE) => (),
                () = office.app.shutdown.cancelled() => (),
            }
            let count = office.doors.unrecorded.swap(0, Ordering::Relaxed);
            let recorded = async {
                let write = office.app.db.begin_write().await?;
                let after = Some(json!({ "count": count }));
                let entry = Entry { action: "session.refuse_more", after, ..Entry::default() };
                audit::record(&write, &Who::schedule(), entry, office.app.clock.now()).await?;
                write.commit().await
            };
            if let Err(error) = recorded.await {
                tracing::warn!(
                    error = crate::db::told(&error),
                    count,
                    "refused sign-ins were not noted in the trail"
                );
            }
        });
    }
}

/// # Errors
/// 429 until that moment.
pub(super) fn refuse_until(until: Option<i64>, now: Timestamp) -> Result<()> {
    let Some(until) = until.filter(|until| *until > now.millis()) else { return Ok(()) };
    let left = Duration::from_millis((until - now.millis()).unsigned_abs());
    Err(Error::TooMany(left, texts::locked(left.as_secs().div_ceil(60))))
}

fn unknown_key(name: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, name.as_bytes());
    let hex: String = digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("sign-in:unknown:{hex}")
}

/// Until when a name is locked after so many wrong passwords in a row.
fn lock_after(failures: i64, now: Timestamp) -> Option<Timestamp> {
    let times = u32::try_from(failures - FAILURES).ok()?;
    let minutes = FIRST_LOCK_MINUTES.checked_shl(times.min(10)).unwrap_or(LONGEST_LOCK_MINUTES);
    Some(now.plus_millis(minutes.min(LONGEST_LOCK_MINUTES) * 60_000))
}

/// Whoever has an IPv6 address has 2^64 of them.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_doubles_up_to_an_hour() {
        let now = Timestamp::from_seconds(0);
        let minutes = |failures| lock_after(failures, now).map(|until| until.seconds() / 60);
        let told = [0, 4, 5, 6, 7, 10, 11, 40].map(minutes);
        assert_eq!(told, [None, None, Some(1), Some(2), Some(4), Some(32), Some(60), Some(60)]);
    }

    #[test]
    fn addresses_of_one_customer_are_one() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:3::1"), network("2001:db8:1:2::1"));
        assert_eq!(network("203.0.113.9"), "203.0.113.9");
    }
}
