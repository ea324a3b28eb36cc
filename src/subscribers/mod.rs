//! The followers of each account: one row a person, and a ledger of every follow and unfollow.

pub mod counting;
pub mod days;
mod exporting;
pub mod jobs;
pub mod routes;
pub mod store;
pub mod texts;

use sea_orm::entity::prelude::{DeriveActiveEnum, EnumIter, StringLen};
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

pub use self::store::{DayCount, Model as Subscriber};

/// Whether somebody follows now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum State {
    #[sea_orm(string_value = "following")]
    Following,
    #[sea_orm(string_value = "left")]
    Left,
}

/// A line of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum Change {
    #[sea_orm(string_value = "follow")]
    Follow,
    #[sea_orm(string_value = "unfollow")]
    Unfollow,
}

/// How somebody came: `source` of a [`Subscriber`]. Other values are the platform's own names for a way,
/// in lower case and without `ADD_SCENE_`, such as `profile_card`.
pub mod source {
    /// By a QR code of ours; `scene` says which.
    pub const SCENE: &str = "scene";
    /// By searching for the account.
    pub const SEARCH: &str = "search";
    /// Followed before we listened, and was first heard from by a message or a tap.
    pub const SEEN: &str = "seen";
    /// Followed, and the platform has not said how.
    pub const UNKNOWN: &str = "unknown";
}

/// What one push tells of the person who caused it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contact {
    Followed {
        scene: Option<String>,
    },
    Left,
    /// Sent a message.
    Wrote,
    /// Used the menu or scanned a code.
    Tapped,
    /// Was there without doing anything: the phone told where, unasked, every few seconds.
    Present,
}

impl Contact {
    /// The line that it adds to the ledger.
    pub fn change(&self) -> Option<Change> {
        match self {
            Self::Followed { .. } => Some(Change::Follow),
            Self::Left => Some(Change::Unfollow),
            Self::Wrote | Self::Tapped | Self::Present => None,
        }
    }
}

/// What somebody did who neither followed nor left, nearly everybody that is.
struct Tally {
    first_at: i64,
    last_at: i64,
    messages: i64,
    taps: i64,
}

impl Default for Tally {
    fn default() -> Self {
        Self { first_at: i64::MAX, last_at: i64::MIN, messages: 0, taps: 0 }
    }
}

impl Tally {
    fn add(&mut self, contact: &Contact, at: Timestamp) {
        self.first_at = self.first_at.min(at.millis());
        self.last_at = self.last_at.max(at.millis());
        self.messages += i64::from(*contact == Contact::Wrote);
        self.taps += i64::from(*contact == Contact::Tapped);
    }
}

/// An openid as people may see it: enough to tell two apart on a page, and not enough to address anybody.
pub fn masked(openid: &str) -> String {
    let characters: Vec<char> = openid.chars().collect();
    if characters.len() < 10 {
        return format!("{}…", characters.iter().take(2).collect::<String>());
    }
    let (start, end) = (&characters[..4], &characters[characters.len() - 3..]);
    format!("{}…{}", start.iter().collect::<String>(), end.iter().collect::<String>())
}

/// When somebody was seen of whom nothing is known: the first thing noted is earlier.
const NOT_YET: i64 = i64::MAX;

/// Somebody of whom nothing is known yet; [`Subscriber::note`] then tells the first thing.
fn stranger(openid: &str) -> Subscriber {
    Subscriber {
        id: 0,
        account_id: crate::accounts::AccountId(0),
        openid: openid.into(),
        state: State::Following,
        source: source::SEEN.into(),
        scene: None,
        first_seen_at: NOT_YET,
        first_followed_at: None,
        last_followed_at: None,
        last_left_at: None,
        last_interaction_at: NOT_YET,
        state_changed_at: 0,
        follows: 0,
        unfollows: 0,
        messages: 0,
        taps: 0,
    }
}

impl Subscriber {
    /// Takes in what a push tells. Pushes may arrive out of order, so the state follows the latest by
    /// WeChat's clock; counts and the ledger take every one.
    pub fn note(&mut self, contact: &Contact, at: Timestamp) {
        let at = at.millis();
        self.first_seen_at = self.first_seen_at.min(at);
        let is_first = self.last_interaction_at == NOT_YET;
        self.last_interaction_at = if is_first { at } else { self.last_interaction_at.max(at) };
        match contact {
            Contact::Followed { scene } => {
                self.follows += 1;
                self.first_followed_at = Some(self.first_followed_at.map_or(at, |first| first.min(at)));
                self.last_followed_at = self.last_followed_at.max(Some(at));
                if at >= self.state_changed_at {
                    self.turn(State::Following, at);
                    match scene {
                        Some(scene) => {
                            (self.source, self.scene) = (source::SCENE.into(), Some(scene.clone()))
                        }
                        None => (self.source, self.scene) = (source::UNKNOWN.into(), None),
                    }
                }
            }
            Contact::Left => {
                self.unfollows += 1;
                self.last_left_at = self.last_left_at.max(Some(at));
                if at >= self.state_changed_at {
                    self.turn(State::Left, at);
                }
            }
            Contact::Wrote | Contact::Tapped | Contact::Present => {
                self.messages += i64::from(*contact == Contact::Wrote);
                self.taps += i64::from(*contact == Contact::Tapped);
                // Whoever writes after leaving follows again; the push that said so was lost.
                if at > self.state_changed_at && self.state == State::Left {
                    self.turn(State::Following, at);
                }
            }
        }
    }

    /// Whether they are known to follow; of somebody never heard from, nothing is known.
    fn follows_already(&self) -> bool {
        self.last_interaction_at != NOT_YET && self.state == State::Following
    }

    fn turn(&mut self, state: State, at: i64) {
        self.state = state;
        self.state_changed_at = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(contacts: &[(i64, Contact)]) -> Subscriber {
        let mut subscriber = stranger("oA");
        for (at, contact) in contacts {
            subscriber.note(contact, Timestamp::from_seconds(*at));
        }
        subscriber
    }

    #[test]
    fn a_masked_openid_names_nobody() {
        assert_eq!(masked("oABCdefghijklmnopqrstuvwxyz"), "oABC…xyz");
        assert_eq!(masked("oAB"), "oA…");
        assert_eq!(masked(""), "…");
    }

    fn followed(scene: Option<&str>) -> Contact {
        Contact::Followed { scene: scene.map(str::to_owned) }
    }

    #[test]
    fn somebody_first_heard_from_by_a_message_is_a_follower_who_was_seen() {
        let person = after(&[(100, Contact::Wrote)]);
        assert_eq!((person.state, person.source.as_str()), (State::Following, source::SEEN));
        assert_eq!((person.messages, person.follows, person.first_followed_at), (1, 0, None));
    }

    #[test]
    fn a_late_unfollow_does_not_undo_a_later_follow() {
        let person = after(&[(100, followed(None)), (300, followed(Some("gate"))), (200, Contact::Left)]);
        assert_eq!(person.state, State::Following);
        assert_eq!((person.follows, person.unfollows), (2, 1));
        assert_eq!(person.scene.as_deref(), Some("gate"));
        assert_eq!((person.first_followed_at, person.last_left_at), (Some(100_000), Some(200_000)));
    }

    #[test]
    fn a_follow_and_an_unfollow_in_one_second_count_in_the_order_of_arrival() {
        assert_eq!(after(&[(100, followed(None)), (100, Contact::Left)]).state, State::Left);
        assert_eq!(after(&[(100, Contact::Left), (100, followed(None))]).state, State::Following);
    }

    #[test]
    fn who_writes_after_leaving_follows_again() {
        let left = [(100, followed(None)), (200, Contact::Left)];
        assert_eq!(after(&[&left[..], &[(200, Contact::Wrote)]].concat()).state, State::Left);
        assert_eq!(after(&[&left[..], &[(201, Contact::Wrote)]].concat()).state, State::Following);
    }

    #[test]
    fn every_order_of_the_same_pushes_ends_in_the_same_state() {
        let pushes = [
            (100, followed(Some("gate"))),
            (200, Contact::Left),
            (300, followed(None)),
            (400, Contact::Tapped),
        ];
        let expected = after(&pushes);
        for rotation in 1..pushes.len() {
            let mut rotated = pushes.clone();
            rotated.rotate_left(rotation);
            assert_eq!(after(&rotated), expected, "rotated by {rotation}");
        }
    }
}
