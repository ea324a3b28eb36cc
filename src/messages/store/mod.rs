//! The table `message`, and those that tell whose messages are whose. Every query on them is in this folder.

mod conversations;
mod reading;
mod searching;

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, QueryOrder, QuerySelect, Statement, Value};

use super::Message;
use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::db::rows;

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

pub use self::conversations::{
    Conversation, Newcomer, Stored, by_ids, changed, conversation, conversations, conversations_of,
    conversations_with, entries, gather, latecomers, newcomers,
};
pub use self::reading::{MOST_UNREAD, note_all_read, note_read, remove_conversation, unread};
pub use self::searching::{Sought, bounds, id_at, search};
use entity::{Column, Entity};

/// More rows than this go into several statements, so that there are few different ones.
const ROWS: usize = 64;
const INSERT: &str = "INSERT INTO message \
     (account_id, identity, openid, kind, content, sent_at, received_at, answer) VALUES ";

/// Records messages. A message whose identity the account already has is a unique violation, and then
/// none of them is recorded.
pub async fn insert(db: &impl ConnectionTrait, messages: &[(AccountId, &Message)]) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    for messages in messages.chunks(ROWS) {
        // By hand: this is the hottest statement of all, and building it from its parts cost more than running it.
        let statement = format!("{INSERT}{}", rows(backend, messages.len(), "(?,?,?,?,?,?,?,?)"));
        let values = messages.iter().flat_map(|(account, message)| {
            let Message { identity, openid, kind, content, sent_at, received_at, answer } = message;
            [
                Value::from(account.0),
                identity.as_str().into(),
                openid.as_str().into(),
                kind.as_ref().into(),
                content.as_str().into(),
                sent_at.millis().into(),
                received_at.millis().into(),
                answer.as_ref().into(),
            ]
        });
        db.execute_raw(Statement::from_sql_and_values(backend, statement, values)).await?;
    }
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

/// Keeps another answer than the one that was recorded first, since it is the one that was given.
pub async fn replace_answer(
    db: &impl ConnectionTrait,
    account: AccountId,
    identity: &str,
    answer: &str,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Answer, Expr::value(answer))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Identity.eq(identity))
        .exec(db)
        .await?;
    Ok(())
}

/// What was recorded last, of all accounts, the latest first: account, identity, answer, and when it was received in
/// unix milliseconds. Installation-wide.
pub async fn latest(
    db: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<(AccountId, String, String, i64)>, DbErr> {
    Entity::find()
        .select_only()
        .columns([Column::AccountId, Column::Identity, Column::Answer, Column::ReceivedAt])
        .order_by_desc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// How many messages the account has recorded.
pub async fn count(db: &impl ConnectionTrait, account: AccountId) -> Result<u64, DbErr> {
    Entity::find().filter(Column::AccountId.eq(account)).count(db).await
}

/// Removes the messages of an account that is being removed.
pub async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    reading::remove_account(db, account).await?;
    Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}

/// How old a message is, and of which kind.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Age {
    pub id: i64,
    pub kind: String,
    pub received_at: i64,
}

/// The messages of all accounts after one of them, in the order of arrival. Installation-wide.
pub async fn ages(db: &impl ConnectionTrait, after: i64, limit: u64) -> Result<Vec<Age>, DbErr> {
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::Kind, Column::ReceivedAt])
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_model()
        .all(db)
        .await
}

/// When the message was sent that came last, by WeChat's clock; none when there is none. Installation-wide.
pub async fn last_sent_at(db: &impl ConnectionTrait) -> Result<Option<Timestamp>, DbErr> {
    let query = Entity::find().select_only().column(Column::SentAt).order_by_desc(Column::Id);
    Ok(query.into_tuple().one(db).await?.map(Timestamp::from_millis))
}

/// The ids of a person's messages after one of them.
pub async fn of_person(
    db: &impl ConnectionTrait,
    account: AccountId,
    openid: &str,
    after: i64,
    limit: u64,
) -> Result<Vec<i64>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::AccountId.eq(account))
        .filter(Column::Openid.eq(openid))
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// Removes messages by their ids. Installation-wide.
pub async fn remove(db: &impl ConnectionTrait, ids: &[i64]) -> Result<(), DbErr> {
    reading::remove(db, ids).await?;
    Entity::delete_many().filter(Column::Id.is_in(ids.iter().copied())).exec(db).await?;
    Ok(())
}
