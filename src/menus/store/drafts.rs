//! The menu that is being edited: one for each account.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::NotSet, Set};

use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::menus::Definition;

mod entity {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "menu_draft")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub definition: String,
        pub version: i64,
        pub changed_by: String,
        pub changed_at: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub definition: Definition,
    /// Counts the changes.
    pub version: i64,
    pub changed_by: String,
    pub changed_at: Timestamp,
}

/// The draft, once there has been one.
///
/// # Errors
/// When the database does not answer, or holds what is no menu.
pub async fn draft(db: &impl ConnectionTrait, account: AccountId) -> anyhow::Result<Option<Draft>> {
    let Some(row) = Entity::find().filter(Column::AccountId.eq(account)).one(db).await? else {
        return Ok(None);
    };
    Ok(Some(Draft {
        definition: super::read(&row.definition)?,
        version: row.version,
        changed_by: row.changed_by,
        changed_at: Timestamp::from_millis(row.changed_at),
    }))
}

/// Whether the draft names something.
pub(super) async fn names(db: &impl ConnectionTrait, account: AccountId, text: &str) -> Result<bool, DbErr> {
    let own = Entity::find().filter(Column::AccountId.eq(account));
    Ok(own.filter(Column::Definition.contains(text)).one(db).await?.is_some())
}

/// Writes the draft if it still has the version that was read (0 when there was none), and gives its new version; none
/// when somebody else was faster.
///
/// # Errors
/// A unique violation when somebody else just made the first one; then the transaction is to be rolled back.
pub async fn save_draft(
    db: &impl ConnectionTrait,
    account: AccountId,
    definition: &Definition,
    version: i64,
    by: &str,
    now: Timestamp,
) -> Result<Option<i64>, DbErr> {
    let next = version + 1;
    let present = Entity::find().filter(Column::AccountId.eq(account)).one(db).await?;
    if version == 0 && present.is_none() {
        let row = ActiveModel {
            id: NotSet,
            account_id: Set(account),
            definition: Set(definition.to_column()),
            version: Set(next),
            changed_by: Set(by.into()),
            changed_at: Set(now.millis()),
        };
        Entity::insert(row).exec_without_returning(db).await?;
        return Ok(Some(next));
    }
    let saved = Entity::update_many()
        .col_expr(Column::Definition, Expr::value(definition.to_column()))
        .col_expr(Column::Version, Expr::value(next))
        .col_expr(Column::ChangedBy, Expr::value(by))
        .col_expr(Column::ChangedAt, Expr::value(now.millis()))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Version.eq(version))
        .exec(db)
        .await?;
    Ok((saved.rows_affected == 1).then_some(next))
}

pub(super) async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}
