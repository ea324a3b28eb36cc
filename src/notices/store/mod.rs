//! The tables of notices. Every query on them is in this folder.

mod list;
mod mentions;
mod presence;
mod revisions;
mod schedule;

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::NotSet, IntoActiveModel, QuerySelect};

pub use self::list::{Filter, Row, counts, list};
pub use self::mentions::mentions;
pub use self::presence::{Guest, late_limit, leave, look, present, set_late_limit};
pub use self::revisions::{
    Version, add_revision, keep_revision, last_revision, replace_revision, revision, revisions,
};
pub use self::schedule::{Due, due, purge_trash};
use super::models::{notice, presence as guests, revision as versions, setting};
use crate::accounts::AccountId;
use crate::notices::reviews;

/// Adds a notice; its id is given by the database. A slug that is taken is a unique violation.
pub async fn add(db: &impl ConnectionTrait, notice: notice::Model) -> Result<notice::Model, DbErr> {
    notice::ActiveModel { id: NotSet, ..notice.into_active_model().reset_all() }.insert(db).await
}

pub async fn find(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: i64,
) -> Result<Option<notice::Model>, DbErr> {
    notice::Entity::find_by_id(id).filter(notice::Column::AccountId.eq(account)).one(db).await
}

pub async fn find_by_slug(
    db: &impl ConnectionTrait,
    account: AccountId,
    slug: &str,
) -> Result<Option<notice::Model>, DbErr> {
    let own = notice::Entity::find().filter(notice::Column::AccountId.eq(account));
    own.filter(notice::Column::Slug.eq(slug)).one(db).await
}

/// Writes a notice in place of the version that it was read as, and counts the version up; says whether that version
/// was still the present one.
pub async fn put(db: &impl ConnectionTrait, notice: &notice::Model) -> Result<bool, DbErr> {
    let mut row = notice.clone().into_active_model().reset_all();
    row.id = NotSet;
    row.account_id = NotSet;
    row.version = sea_orm::Set(notice.version + 1);
    let written = notice::Entity::update_many()
        .set(row)
        .filter(notice::Column::Id.eq(notice.id))
        .filter(notice::Column::AccountId.eq(notice.account_id))
        .filter(notice::Column::Version.eq(notice.version))
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// The names of all notices of an account.
pub async fn slugs(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<String>, DbErr> {
    let own = notice::Entity::find().filter(notice::Column::AccountId.eq(account));
    own.select_only().column(notice::Column::Slug).into_tuple().all(db).await
}

/// Of each notice that residents see: its id, its slug, and the hash of its article.
pub async fn live(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<(i64, String, Option<String>)>, DbErr> {
    notice::Entity::find()
        .select_only()
        .column(notice::Column::Id)
        .column(notice::Column::Slug)
        .column(notice::Column::LivePrint)
        .filter(notice::Column::AccountId.eq(account))
        .filter(notice::Column::LiveRevision.is_not_null())
        .into_tuple()
        .all(db)
        .await
}

/// Removes all notices of an account that is being removed.
pub async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    notice::Entity::delete_many().filter(notice::Column::AccountId.eq(account)).exec(db).await?;
    versions::Entity::delete_many().filter(versions::Column::AccountId.eq(account)).exec(db).await?;
    reviews::store::remove_account(db, account).await?;
    guests::Entity::delete_many().filter(guests::Column::AccountId.eq(account)).exec(db).await?;
    setting::Entity::delete_many().filter(setting::Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}
