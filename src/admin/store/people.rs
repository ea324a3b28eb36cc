//! People and their roles.

use std::collections::{HashMap, HashSet};

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::NotSet, ExprTrait, QueryOrder, QuerySelect, Set};

use crate::accounts::AccountId;
use crate::admin::{Grants, Person, PersonId, Role};
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

mod role_grant {
    use sea_orm::entity::prelude::*;

    use crate::admin::PersonId;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "role_grant")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub person_id: PersonId,
        pub account_id: i64,
        pub role: String,
        pub granted_at: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A person with what signing in needs; its `Debug` shows none of it.
pub type Account = person::Model;

impl From<&Account> for Person {
    fn from(account: &Account) -> Self {
        Self { id: account.id, name: account.name.clone(), display_name: account.display_name.clone() }
    }
}

/// The account of roles that hold everywhere.
const EVERYWHERE: i64 = 0;

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

/// People by id, from one on. Installation-wide.
pub async fn all(db: &impl ConnectionTrait, after: i64, limit: u64) -> Result<Vec<Account>, DbErr> {
    person::Entity::find()
        .filter(person::Column::Id.gt(after))
        .order_by_asc(person::Column::Id)
        .limit(limit)
        .all(db)
        .await
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
        .col_expr(person::Column::Version, Expr::col(person::Column::Version).add(1))
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

/// All roles of a person.
pub async fn grants(db: &impl ConnectionTrait, id: PersonId) -> Result<Grants, DbErr> {
    let rows = role_grant::Entity::find()
        .filter(role_grant::Column::PersonId.eq(id))
        .order_by_asc(role_grant::Column::Id)
        .all(db)
        .await?;
    // A role that a later version knows and this one does not allows nothing here.
    let known = rows.into_iter().filter_map(|row| {
        let role = Role::parse(&row.role)?;
        Some((role, (row.account_id != EVERYWHERE).then_some(AccountId(row.account_id))))
    });
    Ok(Grants(known.collect()))
}

/// Gives a role, in one account or everywhere. A role that the person has already is a unique violation.
pub async fn grant(
    db: &impl ConnectionTrait,
    id: PersonId,
    role: Role,
    account: Option<AccountId>,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = role_grant::ActiveModel {
        id: NotSet,
        person_id: Set(id),
        account_id: Set(account.map_or(EVERYWHERE, |account| account.0)),
        role: Set(role.as_str().into()),
        granted_at: Set(now.millis()),
    };
    role_grant::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Takes a role away.
pub async fn revoke(
    db: &impl ConnectionTrait,
    id: PersonId,
    role: Role,
    account: Option<AccountId>,
) -> Result<(), DbErr> {
    role_grant::Entity::delete_many()
        .filter(role_grant::Column::PersonId.eq(id))
        .filter(role_grant::Column::AccountId.eq(account.map_or(EVERYWHERE, |account| account.0)))
        .filter(role_grant::Column::Role.eq(role.as_str()))
        .exec(db)
        .await?;
    Ok(())
}
