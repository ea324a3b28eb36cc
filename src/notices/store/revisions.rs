//! The versions of a notice.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::NotSet, FromQueryResult, IntoActiveModel, QueryOrder, QuerySelect};

use crate::accounts::AccountId;
use crate::notices::RevisionKind;
use crate::notices::models::revision::{ActiveModel, Column, Entity, Model};

/// A version as a list shows it, without what it says.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Version {
    pub number: i64,
    pub kind: RevisionKind,
    pub hash: String,
    pub saved_by: i64,
    pub saved_at: i64,
    pub kept: bool,
    pub restored_from: Option<i64>,
}

/// Adds a version; its id is given by the database.
pub async fn add_revision(db: &impl ConnectionTrait, revision: Model) -> Result<(), DbErr> {
    let row = ActiveModel { id: NotSet, ..revision.into_active_model().reset_all() };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Writes an autosaved version anew.
pub async fn replace_revision(db: &impl ConnectionTrait, revision: Model) -> Result<(), DbErr> {
    revision.into_active_model().reset_all().update(db).await?;
    Ok(())
}

pub async fn revision(
    db: &impl ConnectionTrait,
    account: AccountId,
    notice: i64,
    number: i64,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::NoticeId.eq(notice))
        .filter(Column::Number.eq(number))
        .one(db)
        .await
}

/// The version with the highest number.
pub async fn last_revision(
    db: &impl ConnectionTrait,
    account: AccountId,
    notice: i64,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::NoticeId.eq(notice))
        .order_by_desc(Column::Number)
        .one(db)
        .await
}

/// The versions, the newest first, from below a number on.
pub async fn revisions(
    db: &impl ConnectionTrait,
    account: AccountId,
    notice: i64,
    below: Option<i64>,
    limit: u64,
) -> Result<Vec<Version>, DbErr> {
    let columns = [
        Column::Number,
        Column::Kind,
        Column::Hash,
        Column::SavedBy,
        Column::SavedAt,
        Column::Kept,
        Column::RestoredFrom,
    ];
    Entity::find()
        .select_only()
        .columns(columns)
        .filter(Column::AccountId.eq(account))
        .filter(Column::NoticeId.eq(notice))
        .filter(Column::Number.lt(below.unwrap_or(i64::MAX)))
        .order_by_desc(Column::Number)
        .limit(limit)
        .into_model()
        .all(db)
        .await
}

/// Keeps a version as it is for ever.
pub async fn keep_revision(
    db: &impl ConnectionTrait,
    account: AccountId,
    notice: i64,
    number: i64,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Kept, Expr::value(true))
        .filter(Column::AccountId.eq(account))
        .filter(Column::NoticeId.eq(notice))
        .filter(Column::Number.eq(number))
        .exec(db)
        .await?;
    Ok(())
}
