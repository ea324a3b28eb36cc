//! Every menu that was published or planned. They are kept.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::NotSet, QueryOrder, QuerySelect, Set};

use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::menus::Definition;

mod entity {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "menu_version")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub number: i64,
        pub definition: String,
        pub note: String,
        pub saved_by: String,
        pub saved_at: i64,
        pub published_at: Option<i64>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// From 1.
    pub number: i64,
    pub definition: Definition,
    pub note: String,
    pub saved_by: String,
    pub saved_at: Timestamp,
    /// None while it is only planned.
    pub published_at: Option<Timestamp>,
}

/// The number of the latest version; 0 when there is none.
pub async fn latest_version(db: &impl ConnectionTrait, account: AccountId) -> Result<i64, DbErr> {
    let own = Entity::find().select_only().column(Column::Number).filter(Column::AccountId.eq(account));
    Ok(own.order_by_desc(Column::Number).into_tuple().one(db).await?.unwrap_or_default())
}

/// The number of the version that was published last.
pub async fn version_in_force(db: &impl ConnectionTrait, account: AccountId) -> Result<Option<i64>, DbErr> {
    let own = Entity::find().select_only().column(Column::Number).filter(Column::AccountId.eq(account));
    let published = own.filter(Column::PublishedAt.is_not_null());
    published.order_by_desc(Column::PublishedAt).order_by_desc(Column::Number).into_tuple().one(db).await
}

/// Writes a version, or notes that a planned one was published.
///
/// # Errors
/// A unique violation when somebody else just took the number; then the transaction is to be rolled back.
pub async fn save_version(
    db: &impl ConnectionTrait,
    account: AccountId,
    version: &Version,
) -> Result<(), DbErr> {
    let published_at = version.published_at.map(Timestamp::millis);
    let known = Entity::update_many()
        .col_expr(Column::PublishedAt, Expr::value(published_at))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Number.eq(version.number))
        .exec(db)
        .await?;
    if known.rows_affected > 0 {
        return Ok(());
    }
    let row = ActiveModel {
        id: NotSet,
        account_id: Set(account),
        number: Set(version.number),
        definition: Set(version.definition.to_column()),
        note: Set(version.note.clone()),
        saved_by: Set(version.saved_by.clone()),
        saved_at: Set(version.saved_at.millis()),
        published_at: Set(published_at),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// # Errors
/// When the database does not answer, or holds what is no menu.
pub async fn version(
    db: &impl ConnectionTrait,
    account: AccountId,
    number: i64,
) -> anyhow::Result<Option<Version>> {
    let own = Entity::find().filter(Column::AccountId.eq(account)).filter(Column::Number.eq(number));
    own.one(db).await?.map(of_row).transpose()
}

/// The versions with lower numbers than `before`, latest first.
///
/// # Errors
/// As [`version`].
pub async fn versions(
    db: &impl ConnectionTrait,
    account: AccountId,
    before: Option<i64>,
    limit: u64,
) -> anyhow::Result<Vec<Version>> {
    let mut own = Entity::find().filter(Column::AccountId.eq(account));
    if let Some(before) = before {
        own = own.filter(Column::Number.lt(before));
    }
    let rows = own.order_by_desc(Column::Number).limit(limit).all(db).await?;
    rows.into_iter().map(of_row).collect()
}

fn of_row(row: entity::Model) -> anyhow::Result<Version> {
    Ok(Version {
        number: row.number,
        definition: super::read(&row.definition)?,
        note: row.note,
        saved_by: row.saved_by,
        saved_at: Timestamp::from_millis(row.saved_at),
        published_at: row.published_at.map(Timestamp::from_millis),
    })
}

pub(super) async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}
