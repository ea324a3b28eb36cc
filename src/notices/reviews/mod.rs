//! The three reviews (三审三校): a notice goes to residents only when others than its authors have read it, each of them a
//! different person.
//!
//! A notice's way from draft to residents is a *round*. In it everybody has at most one *seat*: as an author, who has
//! changed what it says, or as one of the reviewers. Two unique indexes see to it, so that the database refuses a second
//! seat whatever the program believes. A signature holds for exactly the content whose hash it carries; a change takes
//! the reviewers' seats away, and the history tells of it. What findings of level error it has, nobody can hand in or sign;
//! warnings need a reason, which stays with the round.
//!
//! In a hurry two people are enough when they give a reason: then the third review is owed within a day, and shown until
//! it is done.

pub mod checking;
mod deeds;
mod models;
pub mod routes;
pub mod store;
mod texts;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::State;
use crate::admin::Ability;

pub use self::deeds::{
    Denied, Reasons, authored, changed, copied, give_back, hand_in, note, sign, sign_late,
};
pub use self::models::{
    comment::Model as Comment,
    round::Model as Round,
    seat::Model as Seat,
    step::{Kind as Step, Model as Line},
};

/// One of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ReviewStage)]
pub enum Stage {
    First,
    Second,
    Third,
}

impl Stage {
    pub const ALL: [Self; 3] = [Self::First, Self::Second, Self::Third];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Third => "third",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    /// What a notice in this state waits for.
    pub fn of(state: State) -> Option<Self> {
        match state {
            State::First => Some(Self::First),
            State::Second => Some(Self::Second),
            State::Third => Some(Self::Third),
            State::Draft
            | State::Approved
            | State::Scheduled
            | State::Published
            | State::Withdrawn
            | State::Expired => None,
        }
    }

    fn number(self) -> i64 {
        match self {
            Self::First => 1,
            Self::Second => 2,
            Self::Third => 3,
        }
    }

    /// Whether its signature approves the notice.
    pub fn is_last(self, reviews: i64, is_urgent: bool) -> bool {
        is_urgent || self.number() >= reviews
    }

    /// What one must be able to do to sign. The last signature is that of somebody who may publish; of three, the first
    /// may be another editor's.
    pub fn asks_for(self, reviews: i64, is_urgent: bool) -> Ability {
        if self.is_last(reviews, is_urgent) {
            Ability::Publish
        } else if self == Self::First && reviews == MOST_REVIEWS {
            Ability::Write
        } else {
            Ability::Review
        }
    }
}

/// How many reviews there are where the account has not decided, which is the most.
pub const MOST_REVIEWS: i64 = 3;
pub const LEAST_REVIEWS: i64 = 1;

/// Within this time after an approval in a hurry the third review is due.
pub const LATE_MILLIS: i64 = 24 * 3_600_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_signature_asks_for_its_own_ability_and_the_last_for_the_most() {
        let told = |reviews, is_urgent| {
            Stage::ALL.map(|stage| (stage.asks_for(reviews, is_urgent), stage.is_last(reviews, is_urgent)))
        };
        use Ability::{Publish, Review, Write};
        assert_eq!(told(3, false), [(Write, false), (Review, false), (Publish, true)]);
        assert_eq!(told(2, false), [(Review, false), (Publish, true), (Publish, true)]);
        assert_eq!(told(1, false), [(Publish, true); 3]);
        assert_eq!(told(3, true), [(Publish, true); 3]);
    }
}
