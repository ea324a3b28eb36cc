//! The tables of the reviews: every query on them.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::NotSet, IntoActiveModel, QueryOrder, QuerySelect, Set};

use super::models::{comment, round, seat, setting, step};
use super::{MOST_REVIEWS, Stage};
use crate::accounts::AccountId;
use crate::clock::Timestamp;

/// A notice has no more comments than this.
pub const MOST_COMMENTS: u64 = 500;
/// More overdue reviews are not listed.
const MOST_LATE: u64 = 50;

/// The latest round of a notice.
pub async fn round(
    db: &impl ConnectionTrait,
    account: AccountId,
    notice: i64,
) -> Result<Option<round::Model>, DbErr> {
    round::Entity::find()
        .filter(round::Column::AccountId.eq(account))
        .filter(round::Column::NoticeId.eq(notice))
        .order_by_desc(round::Column::Number)
        .one(db)
        .await
}

/// A round of a notice by its number.
pub async fn round_numbered(
    db: &impl ConnectionTrait,
    account: AccountId,
    notice: i64,
    number: i64,
) -> Result<Option<round::Model>, DbErr> {
    round::Entity::find()
        .filter(round::Column::AccountId.eq(account))
        .filter(round::Column::NoticeId.eq(notice))
        .filter(round::Column::Number.eq(number))
        .one(db)
        .await
}

/// Begins a round. A number that is taken is a unique violation.
pub async fn begin_round(
    db: &impl ConnectionTrait,
    account: AccountId,
    notice: i64,
    number: i64,
    now: Timestamp,
) -> Result<round::Model, DbErr> {
    let row = round::ActiveModel {
        id: NotSet,
        account_id: Set(account),
        notice_id: Set(notice),
        number: Set(number),
        began_at: Set(now.millis()),
        reasons: Set("{}".into()),
        urgent_reason: Set(None),
        urgent_by: Set(None),
        late_revision: Set(None),
        late_hash: Set(None),
        late_due_at: Set(None),
        late_done_at: Set(None),
    };
    row.insert(db).await
}

/// Writes what has become of a round.
pub async fn put_round(db: &impl ConnectionTrait, round: &round::Model) -> Result<(), DbErr> {
    round.clone().into_active_model().reset_all().update(db).await?;
    Ok(())
}

/// Rounds whose third review is owed, the one that is due first in front.
pub async fn owed(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<round::Model>, DbErr> {
    round::Entity::find()
        .filter(round::Column::AccountId.eq(account))
        .filter(round::Column::LateDueAt.is_not_null())
        .filter(round::Column::LateDoneAt.is_null())
        .order_by_asc(round::Column::LateDueAt)
        .limit(MOST_LATE)
        .all(db)
        .await
}

/// The seats of a round, in the order in which they were taken.
pub async fn seats(
    db: &impl ConnectionTrait,
    account: AccountId,
    round: i64,
) -> Result<Vec<seat::Model>, DbErr> {
    seat::Entity::find()
        .filter(seat::Column::AccountId.eq(account))
        .filter(seat::Column::RoundId.eq(round))
        .order_by_asc(seat::Column::Id)
        .all(db)
        .await
}

/// Everybody who wrote something of a notice, in any round.
pub async fn authors(db: &impl ConnectionTrait, account: AccountId, notice: i64) -> Result<Vec<i64>, DbErr> {
    seat::Entity::find()
        .select_only()
        .column(seat::Column::PersonId)
        .distinct()
        .filter(seat::Column::AccountId.eq(account))
        .filter(seat::Column::NoticeId.eq(notice))
        .filter(seat::Column::Seat.is_not_in(Stage::ALL.map(Stage::as_str)))
        .order_by_asc(seat::Column::PersonId)
        .into_tuple()
        .all(db)
        .await
}

/// Takes a seat. A second one of the same person, or a seat that is taken, is a unique violation.
pub async fn take_seat(db: &impl ConnectionTrait, seat: seat::Model) -> Result<(), DbErr> {
    let row = seat::ActiveModel { id: NotSet, ..seat.into_active_model().reset_all() };
    seat::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Takes the reviewers' seats of a round away; authors stay.
pub async fn clear_reviews(db: &impl ConnectionTrait, account: AccountId, round: i64) -> Result<u64, DbErr> {
    let cleared = seat::Entity::delete_many()
        .filter(seat::Column::AccountId.eq(account))
        .filter(seat::Column::RoundId.eq(round))
        .filter(seat::Column::Seat.is_in(Stage::ALL.map(Stage::as_str)))
        .exec(db)
        .await?;
    Ok(cleared.rows_affected)
}

/// Writes a line of the history.
pub(in crate::notices) async fn add_step(db: &impl ConnectionTrait, step: step::Model) -> Result<(), DbErr> {
    let row = step::ActiveModel { id: NotSet, ..step.into_active_model().reset_all() };
    step::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The history of a notice, latest first, before a line.
pub async fn steps(
    db: &impl ConnectionTrait,
    account: AccountId,
    notice: i64,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<step::Model>, DbErr> {
    let mut query = step::Entity::find()
        .filter(step::Column::AccountId.eq(account))
        .filter(step::Column::NoticeId.eq(notice));
    if let Some(before) = before {
        query = query.filter(step::Column::Id.lt(before));
    }
    query.order_by_desc(step::Column::Id).limit(limit).all(db).await
}

/// The comments on a notice, in the order in which they came.
pub async fn comments(
    db: &impl ConnectionTrait,
    account: AccountId,
    notice: i64,
) -> Result<Vec<comment::Model>, DbErr> {
    comment::Entity::find()
        .filter(comment::Column::AccountId.eq(account))
        .filter(comment::Column::NoticeId.eq(notice))
        .order_by_asc(comment::Column::Id)
        .limit(MOST_COMMENTS)
        .all(db)
        .await
}

pub async fn comment(
    db: &impl ConnectionTrait,
    account: AccountId,
    notice: i64,
    id: i64,
) -> Result<Option<comment::Model>, DbErr> {
    comment::Entity::find_by_id(id)
        .filter(comment::Column::AccountId.eq(account))
        .filter(comment::Column::NoticeId.eq(notice))
        .one(db)
        .await
}

/// Adds a comment; its id is given by the database.
pub async fn add_comment(
    db: &impl ConnectionTrait,
    comment: comment::Model,
) -> Result<comment::Model, DbErr> {
    comment::ActiveModel { id: NotSet, ..comment.into_active_model().reset_all() }.insert(db).await
}

/// Says that a comment is settled and by whom, or that it is open again.
pub async fn resolve_comment(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: i64,
    resolved: Option<(i64, Timestamp)>,
) -> Result<(), DbErr> {
    comment::Entity::update_many()
        .col_expr(comment::Column::ResolvedAt, Expr::value(resolved.map(|(_, at)| at.millis())))
        .col_expr(comment::Column::ResolvedBy, Expr::value(resolved.map(|(person, _)| person)))
        .filter(comment::Column::AccountId.eq(account))
        .filter(comment::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// How many reviews the account asks for, and why not all; the most when it has not decided.
pub async fn setting(db: &impl ConnectionTrait, account: AccountId) -> Result<(i64, String), DbErr> {
    let row = setting::Entity::find().filter(setting::Column::AccountId.eq(account)).one(db).await?;
    Ok(row.map_or((MOST_REVIEWS, String::new()), |row| (row.reviews, row.reason)))
}

pub async fn set_setting(
    db: &impl ConnectionTrait,
    account: AccountId,
    reviews: i64,
    reason: &str,
    person: i64,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = setting::ActiveModel {
        id: NotSet,
        account_id: Set(account),
        reviews: Set(reviews),
        reason: Set(reason.into()),
        changed_by: Set(person),
        changed_at: Set(now.millis()),
    };
    let conflict = OnConflict::column(setting::Column::AccountId)
        .update_columns([
            setting::Column::Reviews,
            setting::Column::Reason,
            setting::Column::ChangedBy,
            setting::Column::ChangedAt,
        ])
        .to_owned();
    setting::Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await?;
    Ok(())
}

/// Removes everything about the reviews of an account that is being removed.
pub async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    round::Entity::delete_many().filter(round::Column::AccountId.eq(account)).exec(db).await?;
    seat::Entity::delete_many().filter(seat::Column::AccountId.eq(account)).exec(db).await?;
    step::Entity::delete_many().filter(step::Column::AccountId.eq(account)).exec(db).await?;
    comment::Entity::delete_many().filter(comment::Column::AccountId.eq(account)).exec(db).await?;
    setting::Entity::delete_many().filter(setting::Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}
