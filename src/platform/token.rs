//! The access token (§6.3): `stable_token`, so that several nodes and programs do not void each other's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::time::sleep;

use super::call::{BUSY_WAITS, wait_if_busy};
use super::{Caller, Error, Platform};
use crate::clock::Timestamp;
use crate::kv::Claim;

/// A token is no longer used this long before its end, since the platform renews it about then.
const MARGIN: Duration = Duration::from_secs(300);
const SHORTEST_LIFETIME: Duration = Duration::from_secs(30);
/// So long another node may take to fetch a token before this one fetches it, too. That is harmless, since the
/// platform gives both the same.
const FETCH_LIFETIME: Duration = Duration::from_secs(15);
const FETCH_PAUSE: Duration = Duration::from_millis(100);
const FETCH_LOOKS: usize = 30;

/// A failure of long ago says nothing of now. Jobs that fail are tried again sooner than this.
const FAILURE_LIFETIME_MILLIS: i64 = 3 * 3_600_000;

const STABLE_TOKEN: &str = "/cgi-bin/stable_token";

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    /// Seconds.
    expires_in: u64,
}

/// A token as it is kept: with the moment since when. No `Debug`.
struct Kept {
    token: String,
    since: Timestamp,
}

impl Kept {
    fn parse(text: &str) -> Option<Self> {
        let (since, token) = text.split_once(' ')?;
        Some(Self { token: token.into(), since: Timestamp::from_millis(since.parse().ok()?) })
    }

    fn to_text(&self) -> String {
        format!("{} {}", self.since.millis(), self.token)
    }
}

/// One fetch at a time for each account: one whose platform is slow holds up no other.
#[derive(Clone, Default)]
pub(super) struct Fetching(Arc<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>>);

impl Fetching {
    fn of(&self, key: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(locks.entry(key.into()).or_default())
    }
}

/// Since when no token could be fetched, by the caller's key.
#[derive(Clone, Default)]
pub(super) struct Failing(Arc<Mutex<HashMap<String, Failure>>>);

#[derive(Clone, Copy)]
struct Failure {
    first: Timestamp,
    last: Timestamp,
}

impl Failing {
    fn note(&self, key: &str, has_failed: bool, now: Timestamp) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Bounded by the number of accounts that fail at the same time.
        failures.retain(|_, failure| now.millis() - failure.last.millis() <= FAILURE_LIFETIME_MILLIS);
        if has_failed {
            failures.entry(key.into()).or_insert(Failure { first: now, last: now }).last = now;
        } else {
            failures.remove(key);
        }
    }

    fn since(&self, key: &str, now: Timestamp) -> Option<Timestamp> {
        let failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failure = failures.get(key)?;
        (now.millis() - failure.last.millis() <= FAILURE_LIFETIME_MILLIS).then_some(failure.first)
    }
}

impl Platform {
    /// A token that works: the kept one, else a fetched one. Many callers at once cause one fetch.
    pub(super) async fn token(&self, caller: &Caller) -> Result<String, Error> {
        let key = key(caller);
        if let Some(kept) = self.kept(&key).await {
            return Ok(kept.token);
        }
        let lock = self.fetching.of(&key);
        let _one_at_a_time = lock.lock().await;
        if let Some(kept) = self.kept(&key).await {
            return Ok(kept.token);
        }
        let claim = format!("fetching:{key}");
        if let Some(kept) = self.fetched_elsewhere(&key, &claim).await {
            return Ok(kept.token);
        }
        let fetched = self.fetch_and_keep(caller, &key).await;
        self.failing.note(&key, fetched.is_err(), self.clock.now());
        if self.kv.release(&claim, &self.holder).await.is_err() {
            tracing::debug!("a claim on fetching an access token was not given back and runs out");
        }
        fetched
    }

    /// Waits for a while when another node fetches the token already.
    async fn fetched_elsewhere(&self, key: &str, claim: &str) -> Option<Kept> {
        for _ in 0..FETCH_LOOKS {
            match self.kv.claim(claim, &self.holder, FETCH_LIFETIME).await {
                // The other node may have been done just before.
                Ok(Claim::Ours) => return self.kept(key).await,
                Ok(Claim::Theirs | Claim::Done(_)) => sleep(FETCH_PAUSE).await,
                Err(_) => return None,
            }
            if let Some(kept) = self.kept(key).await {
                return Some(kept);
            }
        }
        None
    }

    async fn fetch_and_keep(&self, caller: &Caller, key: &str) -> Result<String, Error> {
        let granted = self.fetch_token(caller).await?;
        let lifetime = Duration::from_secs(granted.expires_in).saturating_sub(MARGIN).max(SHORTEST_LIFETIME);
        let kept = Kept { token: granted.access_token, since: self.clock.now() };
        for kv in [&self.spare, &self.kv] {
            if let Err(error) = kv.set(key, &kept.to_text(), lifetime).await {
                tracing::debug!(%error, "an access token is not shared with other nodes");
            }
        }
        Ok(kept.token)
    }

    /// Forgets a token that was refused, unless somebody has already put a newer one in its place.
    pub(super) async fn drop_token(&self, caller: &Caller, refused: &str) {
        let key = key(caller);
        let Some(kept) = self.kept(&key).await.filter(|kept| kept.token == refused) else { return };
        for kv in [&self.spare, &self.kv] {
            if let Err(error) = kv.remove_if(&key, &kept.to_text()).await {
                tracing::warn!(%error, "a refused access token could not be dropped");
            }
        }
    }

    /// For how long a caller's token has been in use; none when there is none. And when there is none, for how long
    /// none was to be had, however often one was asked for.
    pub async fn token_age(&self, caller: &Caller) -> (Option<Duration>, Duration) {
        let (key, now) = (key(caller), self.clock.now());
        let ago = |since: Timestamp| {
            Duration::from_millis(u64::try_from(now.millis() - since.millis()).unwrap_or(0))
        };
        match self.kept(&key).await {
            // Another node has got one, if this one has not.
            Some(kept) => (Some(ago(kept.since)), Duration::ZERO),
            None => (None, self.failing.since(&key, now).map_or(Duration::ZERO, ago)),
        }
    }

    /// Fetches a token without keeping it: shows whether AppID, AppSecret and the IP allow-list are right.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn try_credentials(&self, caller: &Caller) -> Result<(), Error> {
        self.fetch_token(caller).await.map(drop)
    }

    async fn fetch_token(&self, caller: &Caller) -> Result<Granted, Error> {
        let body = json!({
            "grant_type": "client_credential",
            "appid": caller.app_id.as_str(),
            "secret": caller.app_secret,
            "force_refresh": false,
        });
        let mut waits = BUSY_WAITS.iter();
        let answer = loop {
            let request = self.http.post(format!("{}{STABLE_TOKEN}", caller.api_base)).json(&body);
            match self.exchange(STABLE_TOKEN, request).await {
                Ok(answer) => break answer,
                Err(error) => wait_if_busy(error, &mut waits).await?,
            }
        };
        // The answer holds the token, so a fault in it is named without it.
        let granted = serde_json::from_value(answer).ok();
        granted.ok_or_else(|| Error::Garbled("no access token in the answer".into()))
    }

    /// The token that is kept. While Redis is away, the one that this node fetched last.
    async fn kept(&self, key: &str) -> Option<Kept> {
        let kept = match self.kv.get(key).await {
            Ok(kept) => kept,
            Err(_) => self.spare.get(key).await.ok()?,
        };
        Kept::parse(&kept?)
    }
}

fn key(caller: &Caller) -> String {
    // The address belongs to the key: one AppID may be tried on the sandbox and then used for real.
    format!("access_token:{}:{}", caller.app_id, caller.api_base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failing_counts_from_the_first_failure_and_ends_with_a_token_or_when_nobody_asks() {
        let failing = Failing::default();
        let at = |minutes: i64| Timestamp::from_seconds(minutes * 60);
        assert!(failing.since("hope", at(0)).is_none());
        failing.note("hope", true, at(0));
        failing.note("hope", true, at(11));
        assert_eq!(failing.since("hope", at(12)), Some(at(0)));
        assert!(failing.since("other", at(12)).is_none());
        assert!(failing.since("hope", at(11 + 181)).is_none(), "nobody has asked for three hours");
        failing.note("hope", false, at(13));
        assert!(failing.since("hope", at(13)).is_none());
        failing.note("hope", true, at(300));
        assert_eq!(failing.since("hope", at(301)), Some(at(300)), "a new row of failures");
    }
}
