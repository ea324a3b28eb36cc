//! People and their roles.

use std::collections::{HashMap, HashSet};

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::NotSet, Condition, ExprTrait, QueryOrder, QuerySelect, Set};

use super::grants;
use crate::accounts::AccountId;
use crate::admin::{Person, PersonId, Role};
use crate::clock::Timestamp;

mod person {
    use std::fmt;

    use sea_orm::entity::prelude::*;

    use crate::admin::PersonId;

    #[derive(Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "person")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: PersonId,
        pub name: String,
        pub display_name: String,
        pub password_hash: String,
        pub must_change_password: bool,
        pub disabled: bool,
        pub version: i64,
        pub created_at: i64,
        pub last_seen_at: Option<i64>,
        pub failures: i64,
        pub locked_until: Option<i64>,
        pub totp_secret: Option<String>,
        pub totp_confirmed: bool,
        pub totp_used_step: i64,
        pub recovery_codes: Option<String>,
    }

    impl fmt::Debug for Model {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("Person").field("id", &self.id).finish_non_exhaustive()
        }
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A person with what signing in needs; its `Debug` shows none of it.
pub type Account = person::Model;

impl From<&Account> for Person {
    fn from(account: &Account) -> Self {
        Self { id: account.id, name: account.name.clone(), display_name: account.display_name.clone() }
    }
}

/// Adds somebody. A name that is there already is a unique violation.
pub async fn add(
    db: &impl ConnectionTrait,
    name: &str,
    display_name: &str,
    password_hash: &str,
    must_change_password: bool,
    now: Timestamp,
) -> Result<PersonId, DbErr> {
    let row = person::ActiveModel {
        id: NotSet,
        name: Set(name.into()),
        display_name: Set(display_name.into()),
        password_hash: Set(password_hash.into()),
        must_change_password: Set(must_change_password),
        disabled: Set(false),
        version: Set(0),
        created_at: Set(now.millis()),
        last_seen_at: Set(None),
        failures: Set(0),
        locked_until: Set(None),
        totp_secret: Set(None),
        totp_confirmed: Set(false),
        totp_used_step: Set(0),
        recovery_codes: Set(None),
    };
    Ok(row.insert(db).await?.id)
}

pub async fn find(db: &impl ConnectionTrait, id: PersonId) -> Result<Option<Account>, DbErr> {
    person::Entity::find_by_id(id).one(db).await
}

pub async fn find_by_name(db: &impl ConnectionTrait, name: &str) -> Result<Option<Account>, DbErr> {
    person::Entity::find().filter(person::Column::Name.eq(name)).one(db).await
}

/// The names that others see of some people; who is not there any more is missing.
pub async fn display_names(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = PersonId>,
) -> Result<HashMap<PersonId, String>, DbErr> {
    let ids: HashSet<i64> = ids.into_iter().map(|id| id.0).take(500).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(PersonId, String)> = person::Entity::find()
        .select_only()
        .columns([person::Column::Id, person::Column::DisplayName])
        .filter(person::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Which people are listed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listing<'a> {
    /// Those with a role in this account; else everybody.
    pub account: Option<AccountId>,
    /// Those whose names have this in them.
    pub words: Option<&'a str>,
    /// Those behind this one.
    pub after: i64,
    pub limit: u64,
}

/// People in the order in which they were added.
pub async fn list(db: &impl ConnectionTrait, listing: Listing<'_>) -> Result<Vec<Account>, DbErr> {
    let mut query = person::Entity::find().filter(person::Column::Id.gt(listing.after));
    if let Some(account) = listing.account {
        query = query.filter(person::Column::Id.in_subquery(grants::staff(account)));
    }
    if let Some(words) = listing.words {
        let mut either = Condition::any().add(person::Column::DisplayName.contains(words));
        // MySQL does not compare a name, which is ASCII, with anything else.
        if words.is_ascii() {
            either = either.add(person::Column::Name.contains(words));
        }
        query = query.filter(either);
    }
    query.order_by_asc(person::Column::Id).limit(listing.limit).all(db).await
}

/// How many others may still do everything. Installation-wide.
pub async fn other_owners(db: &impl ConnectionTrait, but: PersonId) -> Result<u64, DbErr> {
    person::Entity::find()
        .filter(person::Column::Id.ne(but))
        .filter(person::Column::Disabled.eq(false))
        .filter(person::Column::Id.in_subquery(grants::holders(Role::Owner)))
        .count(db)
        .await
}

/// Counts a change of somebody who is as the changer saw them; says whether they still were.
pub async fn count_change(db: &impl ConnectionTrait, id: PersonId, version: i64) -> Result<bool, DbErr> {
    let changed = person::Entity::update_many()
        .col_expr(person::Column::Version, Expr::col(person::Column::Version).add(1))
        .filter(person::Column::Id.eq(id))
        .filter(person::Column::Version.eq(version))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

pub async fn rename(db: &impl ConnectionTrait, id: PersonId, display_name: &str) -> Result<(), DbErr> {
    person::Entity::update_many()
        .col_expr(person::Column::DisplayName, Expr::value(display_name))
        .filter(person::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Whether somebody may sign in from now on.
pub async fn set_disabled(db: &impl ConnectionTrait, id: PersonId, disabled: bool) -> Result<(), DbErr> {
    person::Entity::update_many()
        .col_expr(person::Column::Disabled, Expr::value(disabled))
        .col_expr(person::Column::Failures, Expr::value(0_i64))
        .col_expr(person::Column::LockedUntil, Expr::value(None::<i64>))
        .filter(person::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Puts a sealed secret of a second factor in place, which counts when it is confirmed; none takes the factor away, with
/// its recovery codes.
pub async fn set_factor(db: &impl ConnectionTrait, id: PersonId, sealed: Option<&str>) -> Result<(), DbErr> {
    person::Entity::update_many()
        .col_expr(person::Column::TotpSecret, Expr::value(sealed))
        .col_expr(person::Column::TotpConfirmed, Expr::value(false))
        .col_expr(person::Column::TotpUsedStep, Expr::value(0_i64))
        .col_expr(person::Column::RecoveryCodes, Expr::value(None::<&str>))
        .filter(person::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// From now on signing in asks for the factor.
pub async fn confirm_factor(db: &impl ConnectionTrait, id: PersonId) -> Result<(), DbErr> {
    person::Entity::update_many()
        .col_expr(person::Column::TotpConfirmed, Expr::value(true))
        .filter(person::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes that the code of a step was used; says whether it and those after it had not been.
pub async fn use_step(db: &impl ConnectionTrait, id: PersonId, step: i64) -> Result<bool, DbErr> {
    let used = person::Entity::update_many()
        .col_expr(person::Column::TotpUsedStep, Expr::value(step))
        .filter(person::Column::Id.eq(id))
        .filter(person::Column::TotpUsedStep.lt(step))
        .exec(db)
        .await?;
    Ok(used.rows_affected == 1)
}

/// Puts the hashes of recovery codes in the place of former ones.
pub async fn set_recovery_codes(db: &impl ConnectionTrait, id: PersonId, hashes: &str) -> Result<(), DbErr> {
    person::Entity::update_many()
        .col_expr(person::Column::RecoveryCodes, Expr::value(hashes))
        .filter(person::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Puts what is left of the recovery codes in their place, once one was used; says whether nobody else used one meanwhile.
pub async fn use_recovery_code(
    db: &impl ConnectionTrait,
    id: PersonId,
    before: &str,
    left: &str,
) -> Result<bool, DbErr> {
    let used = person::Entity::update_many()
        .col_expr(person::Column::RecoveryCodes, Expr::value(left))
        .filter(person::Column::Id.eq(id))
        .filter(person::Column::RecoveryCodes.eq(before))
        .exec(db)
        .await?;
    Ok(used.rows_affected == 1)
}

/// All sealed secrets, for another key to seal. Installation-wide.
pub async fn sealed_factors(db: &impl ConnectionTrait) -> Result<Vec<(PersonId, String)>, DbErr> {
    let rows = person::Entity::find().filter(person::Column::TotpSecret.is_not_null()).all(db).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.id, row.totp_secret?))).collect())
}

/// The same secret, sealed with another key.
pub async fn reseal_factor(db: &impl ConnectionTrait, id: PersonId, sealed: &str) -> Result<(), DbErr> {
    person::Entity::update_many()
        .col_expr(person::Column::TotpSecret, Expr::value(sealed))
        .filter(person::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Puts another password in place, and ends the lock.
pub async fn set_password(
    db: &impl ConnectionTrait,
    id: PersonId,
    password_hash: &str,
    must_change: bool,
) -> Result<(), DbErr> {
    person::Entity::update_many()
        .col_expr(person::Column::PasswordHash, Expr::value(password_hash))
        .col_expr(person::Column::MustChangePassword, Expr::value(must_change))
        .col_expr(person::Column::Failures, Expr::value(0_i64))
        .col_expr(person::Column::LockedUntil, Expr::value(None::<i64>))
        .filter(person::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Counts a sign-in that was refused; from a certain count on the name is locked until a moment.
pub async fn note_failure(
    db: &impl ConnectionTrait,
    id: PersonId,
    locked_until: Option<Timestamp>,
) -> Result<(), DbErr> {
    person::Entity::update_many()
        .col_expr(person::Column::Failures, Expr::col(person::Column::Failures).add(1))
        .col_expr(person::Column::LockedUntil, Expr::value(locked_until.map(Timestamp::millis)))
        .filter(person::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes a sign-in that succeeded.
pub async fn note_success(db: &impl ConnectionTrait, id: PersonId, now: Timestamp) -> Result<(), DbErr> {
    person::Entity::update_many()
        .col_expr(person::Column::Failures, Expr::value(0_i64))
        .col_expr(person::Column::LockedUntil, Expr::value(None::<i64>))
        .col_expr(person::Column::LastSeenAt, Expr::value(now.millis()))
        .filter(person::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}
