//! Who has a notice open; and what an account decides about its notices.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::NotSet, QueryOrder, QuerySelect, Set};

use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::notices::models::presence::{ActiveModel, Column, Entity};
use crate::notices::models::setting;

/// Somebody who has a notice open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guest {
    pub person: i64,
    pub since: i64,
}

const MOST: u64 = 20;

/// Says that a person looks at a notice at this moment. Whoever was away for longer than `lifetime_millis` comes anew.
pub async fn look(
    db: &impl ConnectionTrait,
    account: AccountId,
    notice: i64,
    person: i64,
    now: Timestamp,
    lifetime_millis: i64,
) -> Result<(), DbErr> {
    let again = Entity::update_many()
        .col_expr(Column::SeenAt, Expr::value(now.millis()))
        .filter(Column::AccountId.eq(account))
        .filter(Column::NoticeId.eq(notice))
        .filter(Column::PersonId.eq(person))
        .filter(Column::SeenAt.gte(now.plus_millis(-lifetime_millis).millis()))
        .exec(db)
        .await?;
    if again.rows_affected > 0 {
        return Ok(());
    }
    let row = ActiveModel {
        id: NotSet,
        account_id: Set(account),
        notice_id: Set(notice),
        person_id: Set(person),
        since: Set(now.millis()),
        seen_at: Set(now.millis()),
    };
    let conflict = OnConflict::columns([Column::NoticeId, Column::PersonId])
        .update_columns([Column::Since, Column::SeenAt])
        .to_owned();
    Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await?;
    Ok(())
}

/// Says that a person has closed a notice.
pub async fn leave(
    db: &impl ConnectionTrait,
    account: AccountId,
    notice: i64,
    person: i64,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .filter(Column::NoticeId.eq(notice))
        .filter(Column::PersonId.eq(person))
        .exec(db)
        .await?;
    Ok(())
}

/// Who has looked at a notice since a moment, the first who came in front.
pub async fn present(
    db: &impl ConnectionTrait,
    account: AccountId,
    notice: i64,
    since: Timestamp,
) -> Result<Vec<Guest>, DbErr> {
    let found = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::NoticeId.eq(notice))
        .filter(Column::SeenAt.gte(since.millis()))
        .order_by_asc(Column::Since)
        .order_by_asc(Column::Id)
        .limit(MOST)
        .all(db)
        .await?;
    Ok(found.into_iter().map(|row| Guest { person: row.person_id, since: row.since }).collect())
}

/// After how many minutes what is due waits for a person; none when the account has not decided.
pub async fn late_limit(db: &impl ConnectionTrait, account: AccountId) -> Result<Option<i64>, DbErr> {
    let row = setting::Entity::find().filter(setting::Column::AccountId.eq(account)).one(db).await?;
    Ok(row.map(|row| row.late_minutes))
}

pub async fn set_late_limit(
    db: &impl ConnectionTrait,
    account: AccountId,
    minutes: i64,
) -> Result<(), DbErr> {
    let row = setting::ActiveModel { id: NotSet, account_id: Set(account), late_minutes: Set(minutes) };
    let conflict =
        OnConflict::column(setting::Column::AccountId).update_column(setting::Column::LateMinutes).to_owned();
    setting::Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await?;
    Ok(())
}
