//! The tables `conversation` and `conversation_entry`: whose messages are whose, gathered behind the pushes' backs
//! ([`crate::messages::gathering`]).

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{ActiveValue::NotSet, Condition, ExprTrait, FromQueryResult, QueryOrder, QuerySelect, Set};

use super::{Column, Entity};
use crate::accounts::AccountId;
use crate::messages::{SHOWN_EVENTS, is_shown, is_written};

pub(super) mod conversation {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    /// What one resident and one account have said to each other.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "conversation")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub openid: String,
        /// The message that came last.
        pub last_id: i64,
        /// The last that was written and not only tapped; 0 when none was.
        pub last_written_id: i64,
        /// The turn of the mark in which it changed last.
        pub turn: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod entry {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "conversation_entry")]
    pub(in crate::messages) struct Model {
        /// The message's.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub conversation_id: i64,
        pub written: bool,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(in crate::messages) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub use conversation::Model as Conversation;

/// More in one question would exceed what SQLite binds.
const CHUNK: usize = 500;

/// A message that is to be put to its conversation.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Newcomer {
    pub id: i64,
    pub account_id: AccountId,
    pub openid: String,
    pub kind: String,
}

const NEWCOMER: [Column; 4] = [Column::Id, Column::AccountId, Column::Openid, Column::Kind];

/// The messages of all accounts after one of them, in the order of their ids. Installation-wide.
pub async fn newcomers(db: &impl ConnectionTrait, after: i64, limit: u64) -> Result<Vec<Newcomer>, DbErr> {
    Entity::find()
        .select_only()
        .columns(NEWCOMER)
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_model()
        .all(db)
        .await
}

/// Those of a range of ids that stand in no conversation and should. Installation-wide.
pub async fn latecomers(
    db: &impl ConnectionTrait,
    after: i64,
    up_to: i64,
    limit: u64,
) -> Result<Vec<Newcomer>, DbErr> {
    let known = Query::select()
        .column(entry::Column::Id)
        .from(entry::Entity)
        .and_where(entry::Column::Id.gt(after))
        .and_where(entry::Column::Id.lte(up_to))
        .take();
    Entity::find()
        .select_only()
        .columns(NEWCOMER)
        .filter(Column::Id.gt(after))
        .filter(Column::Id.lte(up_to))
        .filter(Condition::any().add(Column::Kind.not_like("event.%")).add(Column::Kind.is_in(SHOWN_EVENTS)))
        .filter(Column::Id.not_in_subquery(known))
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_model()
        .all(db)
        .await
}

/// Puts messages to their conversations, in a turn of the mark that no other node has. Installation-wide.
pub async fn gather(db: &impl ConnectionTrait, newcomers: &[Newcomer], turn: i64) -> Result<(), DbErr> {
    let shown: Vec<&Newcomer> = newcomers.iter().filter(|newcomer| is_shown(&newcomer.kind)).collect();
    let mut by_account: BTreeMap<AccountId, Vec<&Newcomer>> = BTreeMap::new();
    for newcomer in &shown {
        by_account.entry(newcomer.account_id).or_default().push(newcomer);
    }
    for (account, newcomers) in by_account {
        for newcomers in newcomers.chunks(CHUNK) {
            gather_of_account(db, account, newcomers, turn).await?;
        }
    }
    Ok(())
}

async fn gather_of_account(
    db: &impl ConnectionTrait,
    account: AccountId,
    newcomers: &[&Newcomer],
    turn: i64,
) -> Result<(), DbErr> {
    // In one order everywhere, so that two who write wait for each other instead of blocking each other.
    let mut last: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for newcomer in newcomers {
        let (last_id, last_written_id) = last.entry(&newcomer.openid).or_default();
        *last_id = Ord::max(newcomer.id, *last_id);
        if is_written(&newcomer.kind) {
            *last_written_id = Ord::max(newcomer.id, *last_written_id);
        }
    }
    let openids: Vec<&str> = last.keys().copied().collect();
    for known in of_openids(db, account, &openids).await? {
        if let Some((last_id, last_written_id)) = last.get_mut(known.openid.as_str()) {
            *last_id = Ord::max(known.last_id, *last_id);
            *last_written_id = Ord::max(known.last_written_id, *last_written_id);
        }
    }
    let rows = last.iter().map(|(openid, (last_id, last_written_id))| conversation::ActiveModel {
        id: NotSet,
        account_id: Set(account),
        openid: Set((*openid).to_owned()),
        last_id: Set(*last_id),
        last_written_id: Set(*last_written_id),
        turn: Set(turn),
    });
    let conflict = OnConflict::columns([conversation::Column::AccountId, conversation::Column::Openid])
        .update_columns([
            conversation::Column::LastId,
            conversation::Column::LastWrittenId,
            conversation::Column::Turn,
        ])
        .to_owned();
    conversation::Entity::insert_many(rows).on_conflict(conflict).exec_without_returning(db).await?;
    let ids: HashMap<String, i64> =
        of_openids(db, account, &openids).await?.into_iter().map(|known| (known.openid, known.id)).collect();
    let entries = newcomers.iter().filter_map(|newcomer| {
        Some(entry::ActiveModel {
            id: Set(newcomer.id),
            conversation_id: Set(*ids.get(&newcomer.openid)?),
            written: Set(is_written(&newcomer.kind)),
        })
    });
    let again = OnConflict::column(entry::Column::Id).update_column(entry::Column::ConversationId).to_owned();
    entry::Entity::insert_many(entries).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

pub(super) async fn of_openids(
    db: &impl ConnectionTrait,
    account: AccountId,
    openids: &[&str],
) -> Result<Vec<Conversation>, DbErr> {
    conversation::Entity::find()
        .filter(conversation::Column::AccountId.eq(account))
        .filter(conversation::Column::Openid.is_in(openids.iter().copied()))
        .all(db)
        .await
}

/// The conversations of all accounts that changed after a turn, the one that changed first in front. Installation-wide.
pub async fn changed(db: &impl ConnectionTrait, after: i64, limit: u64) -> Result<Vec<Conversation>, DbErr> {
    conversation::Entity::find()
        .filter(conversation::Column::Turn.gt(after))
        .order_by_asc(conversation::Column::Turn)
        .order_by_asc(conversation::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The conversations of those who have written, the one with the latest message first; after the one whose last
/// message is `before`.
pub async fn conversations(
    db: &impl ConnectionTrait,
    account: AccountId,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<Conversation>, DbErr> {
    conversation::Entity::find()
        .filter(conversation::Column::AccountId.eq(account))
        .filter(conversation::Column::LastWrittenId.gt(0))
        .filter(conversation::Column::LastWrittenId.lt(before.unwrap_or(i64::MAX)))
        .order_by_desc(conversation::Column::LastWrittenId)
        .limit(limit)
        .all(db)
        .await
}

pub async fn conversation(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: i64,
) -> Result<Option<Conversation>, DbErr> {
    conversation::Entity::find_by_id(id).filter(conversation::Column::AccountId.eq(account)).one(db).await
}

/// The conversations of some people, at most as many as were asked for.
pub async fn conversations_with(
    db: &impl ConnectionTrait,
    account: AccountId,
    openids: &[&str],
) -> Result<Vec<Conversation>, DbErr> {
    of_openids(db, account, openids).await
}

/// A message with its answer, as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Stored {
    pub id: i64,
    pub kind: String,
    pub content: String,
    pub sent_at: i64,
    pub received_at: i64,
    pub answer: String,
}

pub(super) const STORED: [Column; 6] =
    [Column::Id, Column::Kind, Column::Content, Column::SentAt, Column::ReceivedAt, Column::Answer];

/// The messages of a conversation before one of them, the latest first.
pub async fn entries(
    db: &impl ConnectionTrait,
    account: AccountId,
    conversation: i64,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<Stored>, DbErr> {
    let ids: Vec<i64> = entry::Entity::find()
        .select_only()
        .column(entry::Column::Id)
        .filter(entry::Column::ConversationId.eq(conversation))
        .filter(entry::Column::Id.lt(before.unwrap_or(i64::MAX)))
        .order_by_desc(entry::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    by_ids(db, account, &ids).await
}

/// Messages by their ids, the latest first. Those that are gone are left out.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    account: AccountId,
    ids: &[i64],
) -> Result<Vec<Stored>, DbErr> {
    Entity::find()
        .select_only()
        .columns(STORED)
        // The ids lead to the rows; the key of the account would lead through all of its messages.
        .filter(Expr::col(Column::AccountId).add(0).eq(account))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .order_by_desc(Column::Id)
        .into_model()
        .all(db)
        .await
}

/// Whose conversations some messages stand in, by message.
pub async fn conversations_of(
    db: &impl ConnectionTrait,
    account: AccountId,
    messages: &[i64],
) -> Result<HashMap<i64, Conversation>, DbErr> {
    let entries: Vec<(i64, i64)> = entry::Entity::find()
        .select_only()
        .columns([entry::Column::Id, entry::Column::ConversationId])
        .filter(entry::Column::Id.is_in(messages.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let ids: HashSet<i64> = entries.iter().map(|(_, conversation)| *conversation).collect();
    let conversations = conversation::Entity::find()
        .filter(Expr::col(conversation::Column::AccountId).add(0).eq(account))
        .filter(conversation::Column::Id.is_in(ids))
        .all(db)
        .await?;
    let conversations: HashMap<i64, Conversation> =
        conversations.into_iter().map(|conversation| (conversation.id, conversation)).collect();
    let found = entries
        .into_iter()
        .filter_map(|(message, conversation)| Some((message, conversations.get(&conversation)?.clone())));
    Ok(found.collect())
}
