//! The `message` table. Every query on it is in this file.

use std::collections::HashMap;

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

/// The answers that were given to those of some pushes that have been recorded, by identity. At most as many
/// as one group has.
pub async fn answers(
    db: &impl ConnectionTrait,
    account: AccountId,
    identities: &[&str],
) -> Result<HashMap<String, String>, DbErr> {
    let found: Vec<(String, String)> = Entity::find()
        .select_only()
        .column(Column::Identity)
        .column(Column::Answer)
        .filter(Column::AccountId.eq(account))
        .filter(Column::Identity.is_in(identities.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().collect())
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
