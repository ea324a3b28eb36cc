//! The tables of menus. Every query on them is in this folder.

mod drafts;
mod plans;
mod pushes;
mod versions;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::NotSet, Set};

pub use self::drafts::{Draft, draft, save_draft};
pub use self::plans::{Plan, PlanState, decide_plan, due_plans, plan, planned, plans, waiting_plans};
pub use self::pushes::{Push, PushState, ask_push, end_push, push};
pub use self::versions::{Version, latest_version, save_version, version, version_in_force, versions};
use super::Definition;
use crate::accounts::AccountId;
use crate::clock::Timestamp;

mod entity {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "menu")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        /// The menu in the platform's JSON.
        pub definition: String,
        pub changed_at: i64,
        /// When WeChat last took it.
        pub pushed_at: Option<i64>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity};

/// The menu that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub definition: Definition,
    pub changed_at: Timestamp,
    /// When WeChat took it.
    pub pushed_at: Option<Timestamp>,
}

/// The account's menu, if it has one.
///
/// # Errors
/// When the database does not answer, or holds what is no menu.
pub async fn find(db: &impl ConnectionTrait, account: AccountId) -> anyhow::Result<Option<Published>> {
    let Some(row) = Entity::find().filter(Column::AccountId.eq(account)).one(db).await? else {
        return Ok(None);
    };
    Ok(Some(Published {
        definition: read(&row.definition)?,
        changed_at: Timestamp::from_millis(row.changed_at),
        pushed_at: row.pushed_at.map(Timestamp::from_millis),
    }))
}

/// Puts a menu in place of the present one.
pub async fn replace(
    db: &impl ConnectionTrait,
    account: AccountId,
    menu: &Definition,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: NotSet,
        account_id: Set(account),
        definition: Set(menu.to_column()),
        changed_at: Set(now.millis()),
        pushed_at: Set(None),
    };
    Entity::insert(row)
        .on_conflict(
            OnConflict::column(Column::AccountId)
                .update_columns([Column::Definition, Column::ChangedAt, Column::PushedAt])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Notes that WeChat took the menu.
pub async fn mark_pushed(db: &impl ConnectionTrait, account: AccountId, now: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PushedAt, Expr::value(now.millis()))
        .filter(Column::AccountId.eq(account))
        .exec(db)
        .await?;
    Ok(())
}

/// Whether the account has a menu that WeChat has not taken since it was last changed.
pub async fn is_unpushed(db: &impl ConnectionTrait, account: AccountId) -> Result<bool, DbErr> {
    let waiting = Entity::find().filter(Column::AccountId.eq(account)).filter(Column::PushedAt.is_null());
    Ok(waiting.one(db).await?.is_some())
}

/// Whether the published menu or the draft names something, such as the address of a file.
pub async fn names(db: &impl ConnectionTrait, account: AccountId, text: &str) -> Result<bool, DbErr> {
    let published = Entity::find().filter(Column::AccountId.eq(account));
    let published = published.filter(Column::Definition.contains(text)).one(db).await?;
    Ok(published.is_some() || drafts::names(db, account, text).await?)
}

/// Removes the menus of an account that is being removed.
pub async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?;
    drafts::remove_account(db, account).await?;
    versions::remove_account(db, account).await?;
    plans::remove_account(db, account).await?;
    pushes::remove_account(db, account).await
}

/// A menu from its column.
fn read(column: &str) -> anyhow::Result<Definition> {
    // Former versions wrote only what the platform takes, which is part of what we keep.
    Ok(serde_json::from_str(column)?)
}
