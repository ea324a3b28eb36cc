//! What may become of a notice: the one table of states and what is done to them.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far the version that is worked on has come. Whether residents see an earlier version meanwhile is another matter
/// (`live_revision`).
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[schema(as = NoticeState)]
pub enum State {
    /// Being written.
    Draft,
    /// Waits for the first review.
    First,
    /// Waits for the second review.
    Second,
    /// Waits for the third review.
    Third,
    /// Every review is signed.
    Approved,
    /// Approved, and to be published at a time.
    Scheduled,
    /// Residents see it.
    Published,
    /// Taken back.
    Withdrawn,
    /// Its time is over; its page stands with a word that says so.
    Expired,
}

impl State {
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::First,
        Self::Second,
        Self::Third,
        Self::Approved,
        Self::Scheduled,
        Self::Published,
        Self::Withdrawn,
        Self::Expired,
    ];

    /// Its name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::First => "first",
            Self::Second => "second",
            Self::Third => "third",
            Self::Approved => "approved",
            Self::Scheduled => "scheduled",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// Whether a change of the text takes something away that others gave: signatures, or a time. Whoever edits is told
    /// before it happens.
    pub fn is_lost_by_editing(self) -> bool {
        match self {
            Self::First | Self::Second | Self::Third | Self::Approved | Self::Scheduled => true,
            Self::Draft | Self::Published | Self::Withdrawn | Self::Expired => false,
        }
    }
}

/// What is done to a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Its text or its fields are changed.
    Edit,
    /// Handed in for the first review.
    Submit,
    /// A review is signed, and another follows.
    Pass,
    /// The last review that the account asks for is signed.
    Approve,
    /// A reviewer gives it back.
    SendBack,
    /// Shown to residents at once, or because its time has come.
    Publish,
    Schedule,
    Unschedule,
    /// Taken from residents.
    Withdraw,
    /// Its last day is over.
    Expire,
    /// Put into the trash.
    Trash,
}

/// Whether residents see any version of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Yes,
    No,
}

/// The state after an action; none when the action is not possible in this state.
pub fn after(state: State, action: Action, shown: Shown) -> Option<State> {
    use State::{Approved, Draft, Expired, First, Published, Scheduled, Second, Third, Withdrawn};
    match action {
        Action::Edit => Some(Draft),
        Action::Submit => (state == Draft).then_some(First),
        Action::Pass => match state {
            First => Some(Second),
            Second => Some(Third),
            Draft | Third | Approved | Scheduled | Published | Withdrawn | Expired => None,
        },
        Action::Approve => matches!(state, First | Second | Third).then_some(Approved),
        Action::SendBack => matches!(state, First | Second | Third | Approved | Scheduled).then_some(Draft),
        Action::Publish => matches!(state, Approved | Scheduled).then_some(Published),
        Action::Schedule => matches!(state, Approved | Scheduled).then_some(Scheduled),
        Action::Unschedule => (state == Scheduled).then_some(Approved),
        Action::Withdraw => match (state, shown) {
            (_, Shown::No) => None,
            (Published | Expired, Shown::Yes) => Some(Withdrawn),
            // The new version that is being worked on goes on its way.
            (Draft | First | Second | Third | Approved | Scheduled | Withdrawn, Shown::Yes) => Some(state),
        },
        Action::Expire => (state == Published).then_some(Expired),
        Action::Trash => match shown {
            Shown::Yes => None,
            Shown::No => matches!(state, Draft | Withdrawn).then_some(state),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTIONS: [Action; 11] = [
        Action::Edit,
        Action::Submit,
        Action::Pass,
        Action::Approve,
        Action::SendBack,
        Action::Publish,
        Action::Schedule,
        Action::Unschedule,
        Action::Withdraw,
        Action::Expire,
        Action::Trash,
    ];

    /// The whole table, as people read it: state, then what each action makes of it.
    fn table(shown: Shown) -> Vec<String> {
        let of = |state: State| {
            let steps: Vec<String> = ACTIONS
                .into_iter()
                .filter_map(|action| Some(format!("{action:?}>{}", after(state, action, shown)?.as_str())))
                .collect();
            format!("{}: {}", state.as_str(), steps.join(" "))
        };
        State::ALL.into_iter().map(of).collect()
    }

    #[test]
    fn a_notice_that_nobody_sees_goes_through_its_reviews() {
        let expected = [
            "draft: Edit>draft Submit>first Trash>draft",
            "first: Edit>draft Pass>second Approve>approved SendBack>draft",
            "second: Edit>draft Pass>third Approve>approved SendBack>draft",
            "third: Edit>draft Approve>approved SendBack>draft",
            "approved: Edit>draft SendBack>draft Publish>published Schedule>scheduled",
            "scheduled: Edit>draft SendBack>draft Publish>published Schedule>scheduled Unschedule>approved",
            "published: Edit>draft Expire>expired",
            "withdrawn: Edit>draft Trash>withdrawn",
            "expired: Edit>draft",
        ];
        assert_eq!(table(Shown::No), expected);
    }

    #[test]
    fn a_notice_that_residents_see_is_withdrawn_and_not_thrown_away() {
        let expected = [
            "draft: Edit>draft Submit>first Withdraw>draft",
            "first: Edit>draft Pass>second Approve>approved SendBack>draft Withdraw>first",
            "second: Edit>draft Pass>third Approve>approved SendBack>draft Withdraw>second",
            "third: Edit>draft Approve>approved SendBack>draft Withdraw>third",
            "approved: Edit>draft SendBack>draft Publish>published Schedule>scheduled Withdraw>approved",
            "scheduled: Edit>draft SendBack>draft Publish>published Schedule>scheduled Unschedule>approved Withdraw>scheduled",
            "published: Edit>draft Withdraw>withdrawn Expire>expired",
            "withdrawn: Edit>draft Withdraw>withdrawn",
            "expired: Edit>draft Withdraw>withdrawn",
        ];
        assert_eq!(table(Shown::Yes), expected);
    }

    #[test]
    fn nothing_is_published_that_was_not_approved() {
        for state in State::ALL {
            for shown in [Shown::Yes, Shown::No] {
                let published = after(state, Action::Publish, shown).is_some();
                assert_eq!(published, matches!(state, State::Approved | State::Scheduled), "{state:?}");
            }
        }
    }
}
