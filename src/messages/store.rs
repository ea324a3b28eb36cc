//! The `message` table. Every query on it is in this file.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::NotSet, QuerySelect, Set};

use super::Message;
use crate::accounts::AccountId;

mod entity {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "message")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub identity: String,
        pub openid: String,
        pub kind: String,
        pub content: String,
        pub sent_at: i64,
        pub received_at: i64,
        pub answer: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity};

/// Records messages. A message whose identity the account already has is a unique violation, and then
/// none of them is recorded.
pub async fn insert(
    db: &impl ConnectionTrait,
    messages: impl Iterator<Item = (AccountId, &Message)>,
) -> Result<(), DbErr> {
    let rows = messages.map(|(account, message)| ActiveModel {
        id: NotSet,
        account_id: Set(account),
        identity: Set(message.identity.clone()),
        openid: Set(message.openid.clone()),
        kind: Set(message.kind.clone()),
        content: Set(message.content.clone()),
        sent_at: Set(message.sent_at.millis()),
        received_at: Set(message.received_at.millis()),
        answer: Set(message.answer.clone()),
    });
    Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// The answer that was given to a push, if it has been recorded.
pub async fn answer(
    db: &impl ConnectionTrait,
    account: AccountId,
    identity: &str,
) -> Result<Option<String>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Answer)
        .filter(Column::AccountId.eq(account))
        .filter(Column::Identity.eq(identity))
        .into_tuple()
        .one(db)
        .await
}

/// How many messages the account has recorded.
pub async fn count(db: &impl ConnectionTrait, account: AccountId) -> Result<u64, DbErr> {
    Entity::find().filter(Column::AccountId.eq(account)).count(db).await
}

/// Removes the messages of an account that is being removed.
pub async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}
