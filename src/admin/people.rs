//! The rules for looking after people: who may change whom, and what follows from a change.

use std::collections::BTreeSet;
use std::sync::Arc;

use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::audit::{self, Entry, Who};
use super::store::{self, Account as Row};
use super::{
    Grants, Office, Person, PersonId, Role, check_strength, factors, is_name, password_fault, texts,
};
use crate::accounts::{Account, AccountId};
use crate::http::{Error, OrConflict, Result};

/// Somebody who looks after people, and how far that reaches.
pub(super) struct Steward {
    pub(super) person: Person,
    pub(super) who: Who,
    /// The one account whose people they are; an owner looks after everybody.
    pub(super) account: Option<Arc<Account>>,
}

/// A role, in an account or everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleIn {
    pub role: Role,
    /// Its slug; none for the roles that hold everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

pub(super) type Granted = BTreeSet<(Role, Option<AccountId>)>;

impl Steward {
    /// Somebody whom they may see.
    ///
    /// # Errors
    /// 404 for everybody else.
    pub(super) async fn find(&self, db: &impl ConnectionTrait, id: PersonId) -> Result<(Row, Grants)> {
        let none = || Error::NotFound(texts::PERSON);
        let row = store::find(db, id).await?.ok_or_else(none)?;
        let grants = store::grants(db, id).await?;
        match &self.account {
            Some(account) if !grants.0.iter().any(|(_, place)| *place == Some(account.id)) => Err(none()),
            _ => Ok((row, grants)),
        }
    }

    /// As [`Steward::find`], for a change: the row is as the changer saw it, and nobody else changes it meanwhile.
    ///
    /// # Errors
    /// 404, and 409 when it has been changed.
    pub(super) async fn find_to_change(
        &self,
        write: &DatabaseTransaction,
        id: PersonId,
        version: i64,
    ) -> Result<(Row, Grants)> {
        store::take_turn(write).await?;
        let found = self.find(write, id).await?;
        if !store::count_change(write, id, version).await? {
            return Err(Error::stale());
        }
        Ok(found)
    }

    /// Whether they may let somebody in or lock them out, and set how they sign in: what holds wherever the person works.
    ///
    /// # Errors
    /// 403 when it is their own, or the person works where they do not look after people.
    pub(super) fn check_whole(&self, id: PersonId, grants: &Grants) -> Result<()> {
        if id == self.person.id {
            return Err(Error::Denied("oneself", texts::OWN_IN_MY_ACCOUNT.into()));
        }
        if self.is_whole(grants) { Ok(()) } else { Err(Error::Forbidden(texts::WORKS_ELSEWHERE.into())) }
    }

    pub(super) fn is_whole(&self, grants: &Grants) -> bool {
        match &self.account {
            Some(account) => grants.0.iter().all(|(_, place)| *place == Some(account.id)),
            None => true,
        }
    }

    /// The roles that a form names, as far as this steward gives them.
    ///
    /// # Errors
    /// 422 with what is wrong with them.
    pub(super) fn read_roles(&self, office: &Office, roles: &[RoleIn]) -> Result<Granted> {
        let wrong = |message: &str| Error::field("roles", message);
        let mut granted = Granted::new();
        for RoleIn { role, account } in roles {
            let place = match (account, role.is_everywhere(), &self.account) {
                (_, true, Some(_)) => return Err(wrong(texts::ROLE_NOT_YOURS)),
                (Some(_), true, None) => return Err(wrong(texts::ROLE_WITH_ACCOUNT)),
                (None, true, None) => None,
                (None, false, None) => return Err(wrong(texts::ROLE_WITHOUT_ACCOUNT)),
                (Some(slug), false, None) => {
                    let account = office.directory.find(slug);
                    Some(account.ok_or_else(|| wrong(texts::NO_SUCH_ACCOUNT))?.id)
                }
                (None, false, Some(own)) => Some(own.id),
                (Some(slug), false, Some(own)) if *slug == own.slug => Some(own.id),
                (Some(_), false, Some(_)) => return Err(wrong(texts::NO_SUCH_ACCOUNT)),
            };
            granted.insert((*role, place));
        }
        Ok(granted)
    }

    /// The roles of a person that this steward sees and gives.
    pub(super) fn visible(&self, grants: &Grants) -> Granted {
        let is_seen = |place: Option<AccountId>| match &self.account {
            Some(account) => place == Some(account.id),
            None => true,
        };
        grants.0.iter().copied().filter(|(_, place)| is_seen(*place)).collect()
    }

    /// Puts roles in the place of those that this steward sees.
    ///
    /// # Errors
    /// 403 for their own, 409 when nobody would be left who may do everything.
    pub(super) async fn replace_roles(
        &self,
        office: &Office,
        write: &DatabaseTransaction,
        row: &Row,
        grants: &Grants,
        wanted: &Granted,
    ) -> Result<()> {
        if row.id == self.person.id {
            return Err(Error::Denied("oneself", texts::NOT_ONESELF.into()));
        }
        let (former, now) = (self.visible(grants), office.app.clock.now());
        let is_owner = |roles: &Granted| roles.contains(&(Role::Owner, None));
        if is_owner(&former) && !is_owner(wanted) {
            self.check_owners(write, row).await?;
        }
        for (role, place) in former.difference(wanted) {
            store::revoke(write, row.id, *role, *place).await?;
        }
        for (role, place) in wanted.difference(&former) {
            store::grant(write, row.id, *role, *place, now).await?;
        }
        let before = Some(json!({ "roles": in_words(office, &former) }));
        let after = Some(json!({ "roles": in_words(office, wanted) }));
        self.record(office, write, row, "person.grant", before, after).await
    }

    /// # Errors
    /// 409 when nobody else may do everything.
    pub(super) async fn check_owners(&self, write: &DatabaseTransaction, row: &Row) -> Result<()> {
        if !row.disabled && store::other_owners(write, row.id).await? == 0 {
            return Err(Error::Conflict("last_owner", texts::LAST_OWNER.into()));
        }
        Ok(())
    }

    /// Adds somebody with the roles and the password that this steward chose, else a random one; gives it to be shown once.
    ///
    /// # Errors
    /// 422 with what is wrong with which field.
    pub(super) async fn add(
        &self,
        office: &Office,
        name: &str,
        display_name: &str,
        password: Option<String>,
        roles: &Granted,
    ) -> Result<(PersonId, Option<String>)> {
        if !is_name(name) {
            return Err(Error::field("name", texts::BAD_NAME));
        }
        if roles.is_empty() {
            return Err(Error::field("roles", texts::NO_ROLES));
        }
        let display_name = read_display_name(display_name)?;
        let (hash, shown) = choose_password(office, name, password).await?;
        let now = office.app.clock.now();
        let write = office.app.db.begin_write().await?;
        if store::find_by_name(&write, name).await?.is_some() {
            return Err(Error::field("name", texts::NAME_TAKEN));
        }
        let added = store::add(&write, name, display_name, &hash, true, now).await;
        let id = added.or_taken("name", texts::NAME_TAKEN)?;
        for (role, place) in roles {
            store::grant(&write, id, *role, *place, now).await?;
        }
        let row = store::find(&write, id).await?.ok_or(Error::NotFound(texts::PERSON))?;
        let after = Some(json!({ "roles": in_words(office, roles) }));
        self.record(office, &write, &row, "person.add", None, after).await?;
        write.commit().await?;
        Ok((id, shown))
    }

    /// Notes a change of somebody.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn record(
        &self,
        office: &Office,
        write: &DatabaseTransaction,
        row: &Row,
        action: &str,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Result<()> {
        let entry = Entry {
            account: self.account.as_ref().map(|account| account.id),
            action,
            subject: Some(("person", row.id.0)),
            title: &row.name,
            before,
            after,
        };
        Ok(audit::record(write, &self.who, entry, office.app.clock.now()).await?)
    }
}

/// A password that somebody sets for another, hashed; a random one also as it is to be shown.
pub(super) async fn choose_password(
    office: &Office,
    name: &str,
    typed: Option<String>,
) -> Result<(String, Option<String>)> {
    let typed = typed.filter(|typed| !typed.is_empty());
    if let Some(typed) = &typed
        && let Err(fault) = check_strength(typed, name)
    {
        return Err(Error::field("password", password_fault(fault)));
    }
    let (password, shown) = match typed {
        Some(typed) => (typed, None),
        None => {
            let made = factors::random_word();
            (made.clone(), Some(made))
        }
    };
    Ok((office.hash_password(password).await?, shown))
}

pub(super) fn read_display_name(text: &str) -> Result<&str> {
    let name = text.trim();
    match name.chars().count() {
        1..=64 if !name.chars().any(char::is_control) => Ok(name),
        _ => Err(Error::field("display_name", texts::BAD_DISPLAY_NAME)),
    }
}

/// Roles as the API names them.
pub(super) fn shown(office: &Office, roles: &Granted) -> Vec<RoleIn> {
    let all = office.directory.all();
    let slug =
        |id: AccountId| all.iter().find(|account| account.id == id).map(|account| account.slug.clone());
    let named = roles.iter().filter_map(|(role, place)| match place {
        None => Some(RoleIn { role: *role, account: None }),
        // One that this node has not loaded yet, or that is gone.
        Some(id) => Some(RoleIn { role: *role, account: Some(slug(*id)?) }),
    });
    named.collect()
}

/// Roles as the trail has them: `editor@hope`.
fn in_words(office: &Office, roles: &Granted) -> Vec<String> {
    let named = shown(office, roles).into_iter().map(|RoleIn { role, account }| match account {
        Some(account) => format!("{}@{account}", role.as_str()),
        None => role.as_str().into(),
    });
    named.collect()
}
