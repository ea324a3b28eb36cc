//! Access tokens (§6.3): two kinds that do not disturb each other, with the platform's rules for how they end.

use std::collections::VecDeque;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;

use crate::clock::Timestamp;

const LIFETIME_MS: i64 = 7_200_000;
/// How long a token goes on after a new one of its kind was fetched, and how long before its end the platform
/// replaces a stable one.
const OVERLAP_MS: i64 = 300_000;
const MAX_FORCED_A_DAY: u32 = 20;
const FORCED_APART_MS: i64 = 30_000;
/// How many ended tokens are remembered, to tell "expired" from "invalid".
const MAX_ENDED: usize = 32;
const PREFIX: &str = "99_";
const RANDOM_BYTES: usize = 96;

/// The access tokens of one account. No `Debug`: they are secrets, if only of a sandbox.
#[derive(Default)]
pub(super) struct TokenBook {
    ordinary: Pair,
    stable: Pair,
    ended: VecDeque<String>,
    forced: Option<Forced>,
}

/// Whether a token opens anything, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Valid,
    /// 42001: it was ours, and its time is over.
    Expired,
    /// Not of this account, or replaced by a newer one: 40001 when no account knows it.
    Unknown,
}

/// Why a stable token is not renewed by force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ForceError {
    /// 45009: twenty a day.
    Daily,
    /// 45011: thirty seconds apart.
    TooSoon,
}

/// A token as it is handed out.
#[derive(Clone)]
pub(super) struct Grant {
    pub(super) value: String,
    pub(super) expires_in: i64,
}

#[derive(Default)]
struct Pair {
    current: Option<Issued>,
    former: Option<Issued>,
}

struct Issued {
    value: String,
    ends: Timestamp,
}

struct Forced {
    day: NaiveDate,
    times: u32,
    last: Timestamp,
}

impl TokenBook {
    /// Always a new token; the one before goes on for five minutes.
    pub(super) fn fetch(&mut self, now: Timestamp) -> Grant {
        let ended = self.ordinary.renew(now);
        self.remember(ended);
        self.ordinary.grant(now)
    }

    /// The token that is in force, or a new one shortly before its end.
    pub(super) fn fetch_stable(&mut self, now: Timestamp) -> Grant {
        if !self.stable.lasts_beyond(now.plus_millis(OVERLAP_MS)) {
            let ended = self.stable.renew(now);
            self.remember(ended);
        }
        self.stable.grant(now)
    }

    /// A new token, and the end of the one before at this moment.
    pub(super) fn force_stable(&mut self, now: Timestamp) -> Result<Grant, ForceError> {
        let day = now.shanghai_date();
        let times = match &self.forced {
            Some(forced) if now < forced.last.plus_millis(FORCED_APART_MS) => {
                return Err(ForceError::TooSoon);
            }
            Some(forced) if forced.day == day => forced.times,
            _ => 0,
        };
        if times >= MAX_FORCED_A_DAY {
            return Err(ForceError::Daily);
        }
        self.forced = Some(Forced { day, times: times + 1, last: now });
        self.stable = Pair::default();
        self.stable.renew(now);
        Ok(self.stable.grant(now))
    }

    pub(super) fn standing(&self, token: &str, now: Timestamp) -> Standing {
        let issued = [&self.ordinary, &self.stable]
            .into_iter()
            .flat_map(|pair| [&pair.current, &pair.former])
            .flatten()
            .find(|issued| issued.value == token);
        match issued {
            Some(issued) if now < issued.ends => Standing::Valid,
            Some(_) => Standing::Expired,
            None if self.ended.iter().any(|ended| ended == token) => Standing::Expired,
            None => Standing::Unknown,
        }
    }

    /// Ends all tokens at once, as if their two hours were over.
    pub(super) fn expire(&mut self) {
        let pairs = [std::mem::take(&mut self.ordinary), std::mem::take(&mut self.stable)];
        for issued in pairs.into_iter().flat_map(|pair| [pair.current, pair.former]).flatten() {
            self.remember(Some(issued));
        }
    }

    fn remember(&mut self, ended: Option<Issued>) {
        let Some(ended) = ended else { return };
        if self.ended.len() == MAX_ENDED {
            self.ended.pop_front();
        }
        self.ended.push_back(ended.value);
    }
}

/// Whether a text has the form of an access token: 40014 if not.
pub(super) fn is_well_formed(token: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    token.starts_with(PREFIX)
        && token.len() == PREFIX.len() + RANDOM_BYTES / 3 * 4
        && token.bytes().all(allowed)
}

impl Pair {
    fn lasts_beyond(&self, moment: Timestamp) -> bool {
        self.current.as_ref().is_some_and(|current| current.ends > moment)
    }

    /// Puts a new token in place. Gives back a current one that had expired by itself.
    fn renew(&mut self, now: Timestamp) -> Option<Issued> {
        let value = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; RANDOM_BYTES]>()));
        let before = self.current.replace(Issued { value, ends: now.plus_millis(LIFETIME_MS) });
        match before {
            Some(before) if before.ends <= now => Some(before),
            Some(before) => {
                let ends = before.ends.min(now.plus_millis(OVERLAP_MS));
                self.former = Some(Issued { ends, ..before });
                None
            }
            None => None,
        }
    }

    fn grant(&self, now: Timestamp) -> Grant {
        let current = self.current.as_ref().expect("a token was put in place before it is granted");
        let expires_in = current.ends.seconds() - now.seconds();
        Grant { value: current.value.clone(), expires_in }
    }
}

#[cfg(test)]
mod tests {
    use super::{ForceError, Standing, TokenBook, is_well_formed};
    use crate::clock::Timestamp;

    const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

    fn after(seconds: i64) -> Timestamp {
        START.plus_millis(seconds * 1000)
    }

    #[test]
    fn every_ordinary_fetch_gives_a_new_token_and_the_former_lives_five_minutes() {
        let mut book = TokenBook::default();
        let first = book.fetch(START);
        assert!(is_well_formed(&first.value));
        assert_eq!(first.expires_in, 7200);
        let second = book.fetch(after(60));
        assert_ne!(first.value, second.value);
        assert_eq!(book.standing(&first.value, after(359)), Standing::Valid);
        assert_eq!(book.standing(&first.value, after(360)), Standing::Expired);
        assert_eq!(book.standing(&second.value, after(360)), Standing::Valid);
        assert_eq!(book.standing(&second.value, after(60 + 7200)), Standing::Expired);
    }

    #[test]
    fn a_third_token_ends_the_first() {
        let mut book = TokenBook::default();
        let first = book.fetch(START);
        book.fetch(after(1));
        book.fetch(after(2));
        assert_eq!(book.standing(&first.value, after(3)), Standing::Unknown);
    }

    #[test]
    fn a_stable_token_stays_the_same_until_shortly_before_its_end() {
        let mut book = TokenBook::default();
        let first = book.fetch_stable(START);
        let again = book.fetch_stable(after(6855));
        assert_eq!((again.value.as_str(), again.expires_in), (first.value.as_str(), 345));
        let next = book.fetch_stable(after(6900));
        assert_ne!(next.value, first.value);
        assert_eq!(next.expires_in, 7200);
        assert_eq!(book.standing(&first.value, after(7199)), Standing::Valid);
        assert_eq!(book.standing(&first.value, after(7200)), Standing::Expired);
    }

    #[test]
    fn the_two_kinds_of_token_do_not_disturb_each_other() {
        let mut book = TokenBook::default();
        let stable = book.fetch_stable(START);
        for _ in 0..5 {
            book.fetch(after(1));
        }
        assert_eq!(book.standing(&stable.value, after(2)), Standing::Valid);
        let ordinary = book.fetch(after(2));
        book.force_stable(after(3)).unwrap();
        assert_eq!(book.standing(&ordinary.value, after(4)), Standing::Valid);
        assert_eq!(book.standing(&stable.value, after(4)), Standing::Unknown);
    }

    #[test]
    fn force_is_for_twenty_times_a_day_thirty_seconds_apart() {
        let mut book = TokenBook::default();
        for round in 0..20 {
            assert!(book.force_stable(after(round * 30)).is_ok());
            assert_eq!(book.force_stable(after(round * 30 + 29)).err(), Some(ForceError::TooSoon));
        }
        assert_eq!(book.force_stable(after(700)).err(), Some(ForceError::Daily));
        // START is 08:00 in Shanghai, so the next day begins sixteen hours later.
        assert_eq!(book.force_stable(after(16 * 3600 - 1)).err(), Some(ForceError::Daily));
        assert!(book.force_stable(after(16 * 3600)).is_ok());
    }

    #[test]
    fn tokens_that_were_made_to_expire_are_known_as_expired() {
        let mut book = TokenBook::default();
        let (ordinary, stable) = (book.fetch(START), book.fetch_stable(START));
        book.expire();
        assert_eq!(book.standing(&ordinary.value, START), Standing::Expired);
        assert_eq!(book.standing(&stable.value, START), Standing::Expired);
        assert_ne!(book.fetch_stable(START).value, stable.value);
    }
}
