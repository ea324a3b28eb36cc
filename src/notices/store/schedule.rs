//! What is due, in all accounts; and what has been in the trash for long enough.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};

use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::notices::State;
use crate::notices::models::{notice, presence, revision};

use notice::{Column, Entity};

/// A notice for which the time of something has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub account: AccountId,
    pub id: i64,
}

/// Notices that are to be published, taken back or marked as expired by now.
pub async fn due(db: &impl ConnectionTrait, now: Timestamp, limit: u64) -> Result<Vec<Due>, DbErr> {
    let publish = Condition::all()
        .add(Column::State.eq(State::Scheduled))
        .add(Column::PublishAt.lte(now.millis()))
        .add(Column::Missed.eq(false));
    let withdraw =
        Condition::all().add(Column::WithdrawAt.lte(now.millis())).add(Column::LiveRevision.is_not_null());
    let expire =
        Condition::all().add(Column::State.eq(State::Published)).add(Column::ExpiresAt.lte(now.millis()));
    let mut found: Vec<Due> = Vec::new();
    // One question each, so that each goes by its index.
    for condition in [publish, withdraw, expire] {
        let rows: Vec<(AccountId, i64)> = Entity::find()
            .select_only()
            .column(Column::AccountId)
            .column(Column::Id)
            .filter(condition)
            .order_by_asc(Column::Id)
            .limit(limit)
            .into_tuple()
            .all(db)
            .await?;
        found.extend(rows.into_iter().map(|(account, id)| Due { account, id }));
    }
    found.dedup();
    Ok(found)
}

/// Removes for good what came into the trash before a moment; says how many there were.
pub async fn purge_trash(db: &impl ConnectionTrait, before: Timestamp, limit: u64) -> Result<usize, DbErr> {
    let ids: Vec<i64> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::DeletedAt.lt(before.millis()))
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    if ids.is_empty() {
        return Ok(0);
    }
    revision::Entity::delete_many().filter(revision::Column::NoticeId.is_in(ids.clone())).exec(db).await?;
    presence::Entity::delete_many().filter(presence::Column::NoticeId.is_in(ids.clone())).exec(db).await?;
    Entity::delete_many().filter(Column::Id.is_in(ids.clone())).exec(db).await?;
    Ok(ids.len())
}
