//! Roles and what they allow: the one table of permissions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::AccountId;

/// What somebody is, in one account or in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Writes.
    Editor,
    /// Reads second.
    Reviewer,
    /// Reads third, and publishes.
    Publisher,
    /// Answers residents.
    Agent,
    /// Looks after one community: its menu, answers, people and figures.
    Admin,
    /// Sees all communities, and changes nothing.
    Town,
    /// Everything, everywhere.
    Owner,
}

/// What a handler asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// See what the account tells and its figures; no conversations.
    Read,
    /// Write notices and what stands beside them.
    Write,
    /// Sign as a reviewer.
    Review,
    /// Publish, withdraw, schedule.
    Publish,
    /// See and answer conversations.
    Converse,
    /// Change the menu, automatic answers, followers' notes and the people of the account.
    Manage,
}

impl Ability {
    pub const ALL: [Self; 6] =
        [Self::Read, Self::Write, Self::Review, Self::Publish, Self::Converse, Self::Manage];
}

impl Role {
    pub const ALL: [Self; 7] =
        [Self::Editor, Self::Reviewer, Self::Publisher, Self::Agent, Self::Admin, Self::Town, Self::Owner];

    /// Its name in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Editor => "editor",
            Self::Reviewer => "reviewer",
            Self::Publisher => "publisher",
            Self::Agent => "agent",
            Self::Admin => "admin",
            Self::Town => "town",
            Self::Owner => "owner",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether it holds in all accounts and not in one.
    pub fn is_everywhere(self) -> bool {
        match self {
            Self::Town | Self::Owner => true,
            Self::Editor | Self::Reviewer | Self::Publisher | Self::Agent | Self::Admin => false,
        }
    }

    fn allows(self, ability: Ability) -> bool {
        match ability {
            Ability::Read => true,
            Ability::Write => {
                matches!(self, Self::Editor | Self::Reviewer | Self::Publisher | Self::Admin | Self::Owner)
            }
            Ability::Review => matches!(self, Self::Reviewer | Self::Publisher | Self::Admin | Self::Owner),
            Ability::Publish => matches!(self, Self::Publisher | Self::Admin | Self::Owner),
            Ability::Converse => matches!(self, Self::Agent | Self::Admin | Self::Owner),
            Ability::Manage => matches!(self, Self::Admin | Self::Owner),
        }
    }
}

/// All roles of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants(pub Vec<(Role, Option<AccountId>)>);

impl Grants {
    /// Whether any role lets the person do it in this account.
    pub fn allow(&self, ability: Ability, account: AccountId) -> bool {
        self.in_account(account).any(|role| role.allows(ability))
    }

    /// Whether the person may do everything everywhere.
    pub fn is_owner(&self) -> bool {
        self.0.iter().any(|(role, _)| *role == Role::Owner)
    }

    /// The roles that count in an account.
    pub fn in_account(&self, account: AccountId) -> impl Iterator<Item = Role> {
        self.0
            .iter()
            .filter(move |(_, place)| place.is_none_or(|place| place == account))
            .map(|(role, _)| *role)
    }

    /// What the person may do in an account, for the screens.
    pub fn abilities(&self, account: AccountId) -> Vec<Ability> {
        Ability::ALL.into_iter().filter(|ability| self.allow(*ability, account)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_its_own_work_and_no_more() {
        let told: Vec<String> = Role::ALL
            .into_iter()
            .map(|role| {
                let abilities: Vec<_> =
                    Ability::ALL.into_iter().filter(|ability| role.allows(*ability)).collect();
                format!("{}: {abilities:?}", role.as_str())
            })
            .collect();
        let expected = [
            "editor: [Read, Write]",
            "reviewer: [Read, Write, Review]",
            "publisher: [Read, Write, Review, Publish]",
            "agent: [Read, Converse]",
            "admin: [Read, Write, Review, Publish, Converse, Manage]",
            "town: [Read]",
            "owner: [Read, Write, Review, Publish, Converse, Manage]",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_role_in_one_account_says_nothing_about_another() {
        let grants = Grants(vec![(Role::Editor, Some(AccountId(1))), (Role::Town, None)]);
        assert!(grants.allow(Ability::Write, AccountId(1)));
        assert!(!grants.allow(Ability::Write, AccountId(2)));
        assert!(grants.allow(Ability::Read, AccountId(2)));
    }
}
