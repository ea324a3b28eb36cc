//! What is removed of people: those who left long ago, and those who ask for it.

use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, QueryOrder, QuerySelect};

use super::{Column, Entity, labels, ledger};
use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::subscribers::State;

/// The name in a line of the ledger whose person is forgotten.
const NOBODY: &str = "";

/// The ids, after one of them, of people who left before a moment and have not come back. Installation-wide.
pub async fn left_before(
    db: &impl ConnectionTrait,
    before: Timestamp,
    after: i64,
    limit: u64,
) -> Result<Vec<i64>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq(State::Left))
        .filter(Column::StateChangedAt.lt(before.millis()))
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// Removes people by their ids, save those who have come back meanwhile. Installation-wide.
pub async fn remove_left(db: &impl ConnectionTrait, before: Timestamp, ids: &[i64]) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::State.eq(State::Left))
        .filter(Column::StateChangedAt.lt(before.millis()))
        .exec(db)
        .await?;
    let stayed: Vec<i64> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let gone: Vec<i64> = ids.iter().copied().filter(|id| !stayed.contains(id)).collect();
    labels::forget(db, &gone).await
}

/// How old a line of the ledger is, and whom it names.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct LineAge {
    pub id: i64,
    pub openid: String,
    pub at: i64,
}

/// The lines of all accounts after one of them, in the order of arrival. Installation-wide.
pub async fn ledger_ages(db: &impl ConnectionTrait, after: i64, limit: u64) -> Result<Vec<LineAge>, DbErr> {
    ledger::Entity::find()
        .select_only()
        .columns([ledger::Column::Id, ledger::Column::Openid, ledger::Column::At])
        .filter(ledger::Column::Id.gt(after))
        .order_by_asc(ledger::Column::Id)
        .limit(limit)
        .into_model()
        .all(db)
        .await
}

/// The ids of the lines, after one of them, that name a person.
pub async fn ledger_of_person(
    db: &impl ConnectionTrait,
    account: AccountId,
    openid: &str,
    after: i64,
    limit: u64,
) -> Result<Vec<i64>, DbErr> {
    ledger::Entity::find()
        .select_only()
        .column(ledger::Column::Id)
        .filter(ledger::Column::AccountId.eq(account))
        .filter(ledger::Column::Openid.eq(openid))
        .filter(ledger::Column::Id.gt(after))
        .order_by_asc(ledger::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// Takes the names out of lines of the ledger, which go on to count. Installation-wide.
pub async fn forget_names(db: &impl ConnectionTrait, ids: &[i64]) -> Result<(), DbErr> {
    ledger::Entity::update_many()
        .col_expr(ledger::Column::Openid, Expr::value(NOBODY))
        .filter(ledger::Column::Id.is_in(ids.iter().copied()))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes a person; says whether there was one.
pub async fn remove_person(
    db: &impl ConnectionTrait,
    account: AccountId,
    openid: &str,
) -> Result<bool, DbErr> {
    let Some(person) = super::find(db, account, openid).await? else { return Ok(false) };
    labels::forget(db, &[person.id]).await?;
    Entity::delete_by_id(person.id).exec(db).await?;
    Ok(true)
}
