//! Which roles people have, in one account or everywhere.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ActiveValue::NotSet, QueryOrder, QuerySelect, QueryTrait, Set};

use crate::accounts::AccountId;
use crate::admin::{Grants, PersonId, Role};
use crate::clock::Timestamp;

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

/// The account of roles that hold everywhere.
const EVERYWHERE: i64 = 0;

fn place(account: Option<AccountId>) -> i64 {
    account.map_or(EVERYWHERE, |account| account.0)
}

/// All roles of a person.
pub async fn grants(db: &impl ConnectionTrait, id: PersonId) -> Result<Grants, DbErr> {
    let rows = role_grant::Entity::find()
        .filter(role_grant::Column::PersonId.eq(id))
        .order_by_asc(role_grant::Column::Id)
        .all(db)
        .await?;
    Ok(Grants(rows.iter().filter_map(read).map(|(_, role, account)| (role, account)).collect()))
}

/// All roles of some people.
pub async fn grants_of(
    db: &impl ConnectionTrait,
    people: &[PersonId],
) -> Result<Vec<(PersonId, Role, Option<AccountId>)>, DbErr> {
    let rows = role_grant::Entity::find()
        .filter(role_grant::Column::PersonId.is_in(people.iter().copied()))
        .order_by_asc(role_grant::Column::Id)
        .all(db)
        .await?;
    Ok(rows.iter().filter_map(read).collect())
}

/// A role that a later version knows and this one does not allows nothing here.
fn read(row: &role_grant::Model) -> Option<(PersonId, Role, Option<AccountId>)> {
    let role = Role::parse(&row.role)?;
    Some((row.person_id, role, (row.account_id != EVERYWHERE).then_some(AccountId(row.account_id))))
}

/// The people who have a role in an account, to look for them by.
pub(super) fn staff(account: AccountId) -> SelectStatement {
    role_grant::Entity::find()
        .select_only()
        .column(role_grant::Column::PersonId)
        .filter(role_grant::Column::AccountId.eq(account.0))
        .into_query()
}

/// The people who have a role everywhere, to look for them by.
pub(super) fn holders(role: Role) -> SelectStatement {
    role_grant::Entity::find()
        .select_only()
        .column(role_grant::Column::PersonId)
        .filter(role_grant::Column::AccountId.eq(EVERYWHERE))
        .filter(role_grant::Column::Role.eq(role.as_str()))
        .into_query()
}

/// Takes all roles in an account away, when it is removed.
pub async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    role_grant::Entity::delete_many().filter(role_grant::Column::AccountId.eq(account.0)).exec(db).await?;
    Ok(())
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
        account_id: Set(place(account)),
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
        .filter(role_grant::Column::AccountId.eq(place(account)))
        .filter(role_grant::Column::Role.eq(role.as_str()))
        .exec(db)
        .await?;
    Ok(())
}
