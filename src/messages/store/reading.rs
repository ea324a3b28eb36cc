//! The table `conversation_read`: how far who has read. And what is removed of conversations.

use std::collections::{HashMap, HashSet};

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{ActiveValue::NotSet, Condition, QuerySelect, Set};

use super::conversations::{Conversation, conversation, conversations, entry, of_openids};
use crate::accounts::AccountId;

mod read {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "conversation_read")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub person_id: i64,
        /// 0 is all conversations of the account.
        pub conversation_id: i64,
        /// Up to this message the person has read.
        pub message_id: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// So many unread ones are told apart; beyond, "more than that".
pub const MOST_UNREAD: u64 = 100;
/// The conversation of a reading that is about all of them.
const ALL: i64 = 0;

/// How many written messages of each conversation a person has not read; at most [`MOST_UNREAD`] each.
pub async fn unread(
    db: &impl ConnectionTrait,
    account: AccountId,
    person: i64,
    conversations: &[Conversation],
) -> Result<HashMap<i64, u64>, DbErr> {
    let ids = conversations.iter().map(|conversation| conversation.id).chain([ALL]);
    let read: HashMap<i64, i64> = read::Entity::find()
        .select_only()
        .columns([read::Column::ConversationId, read::Column::MessageId])
        .filter(read::Column::AccountId.eq(account))
        .filter(read::Column::PersonId.eq(person))
        .filter(read::Column::ConversationId.is_in(ids))
        .into_tuple::<(i64, i64)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let everywhere = read.get(&ALL).copied().unwrap_or(0);
    let mut counts = HashMap::new();
    for conversation in conversations {
        let after = Ord::max(read.get(&conversation.id).copied().unwrap_or(0), everywhere);
        if conversation.last_written_id <= after {
            continue;
        }
        let found: Vec<i64> = entry::Entity::find()
            .select_only()
            .column(entry::Column::Id)
            .filter(entry::Column::ConversationId.eq(conversation.id))
            .filter(entry::Column::Id.gt(after))
            .filter(entry::Column::Written.eq(true))
            .limit(MOST_UNREAD)
            .into_tuple()
            .all(db)
            .await?;
        counts.insert(conversation.id, found.len() as u64);
    }
    Ok(counts)
}

/// Notes that a person has read a conversation up to a message; never backwards.
pub async fn note_read(
    db: &impl ConnectionTrait,
    account: AccountId,
    person: i64,
    conversation: i64,
    up_to: i64,
) -> Result<(), DbErr> {
    let own = Condition::all()
        .add(read::Column::AccountId.eq(account))
        .add(read::Column::PersonId.eq(person))
        .add(read::Column::ConversationId.eq(conversation));
    let known = read::Entity::find().filter(own).one(db).await?.map_or(0, |row| row.message_id);
    let row = read::ActiveModel {
        id: NotSet,
        account_id: Set(account),
        person_id: Set(person),
        conversation_id: Set(conversation),
        message_id: Set(Ord::max(up_to, known)),
    };
    let key = [read::Column::AccountId, read::Column::PersonId, read::Column::ConversationId];
    read::Entity::insert(row)
        .on_conflict(OnConflict::columns(key).update_column(read::Column::MessageId).to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Notes that a person has read everything that there is now.
pub async fn note_all_read(db: &impl ConnectionTrait, account: AccountId, person: i64) -> Result<(), DbErr> {
    let last = conversations(db, account, None, 1).await?.first().map_or(0, |last| last.last_written_id);
    note_read(db, account, person, ALL, last).await
}

/// Takes messages out of their conversations; a conversation that has none left goes. Installation-wide.
pub(super) async fn remove(db: &impl ConnectionTrait, messages: &[i64]) -> Result<(), DbErr> {
    let touched: Vec<i64> = entry::Entity::find()
        .select_only()
        .distinct()
        .column(entry::Column::ConversationId)
        .filter(entry::Column::Id.is_in(messages.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    if touched.is_empty() {
        return Ok(());
    }
    entry::Entity::delete_many().filter(entry::Column::Id.is_in(messages.iter().copied())).exec(db).await?;
    let alive: HashSet<i64> = entry::Entity::find()
        .select_only()
        .distinct()
        .column(entry::Column::ConversationId)
        .filter(entry::Column::ConversationId.is_in(touched.iter().copied()))
        .into_tuple::<i64>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let empty: Vec<i64> = touched.into_iter().filter(|id| !alive.contains(id)).collect();
    read::Entity::delete_many()
        .filter(read::Column::ConversationId.is_in(empty.iter().copied()))
        .exec(db)
        .await?;
    conversation::Entity::delete_many().filter(conversation::Column::Id.is_in(empty)).exec(db).await?;
    Ok(())
}

/// Removes what is left of a person's conversation.
pub async fn remove_conversation(
    db: &impl ConnectionTrait,
    account: AccountId,
    openid: &str,
) -> Result<(), DbErr> {
    for left in of_openids(db, account, &[openid]).await? {
        entry::Entity::delete_many().filter(entry::Column::ConversationId.eq(left.id)).exec(db).await?;
        read::Entity::delete_many().filter(read::Column::ConversationId.eq(left.id)).exec(db).await?;
        conversation::Entity::delete_by_id(left.id).exec(db).await?;
    }
    Ok(())
}

/// Removes the conversations of an account that is being removed.
pub(super) async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    let own = Query::select()
        .column(conversation::Column::Id)
        .from(conversation::Entity)
        .and_where(conversation::Column::AccountId.eq(account))
        .take();
    entry::Entity::delete_many().filter(entry::Column::ConversationId.in_subquery(own)).exec(db).await?;
    read::Entity::delete_many().filter(read::Column::AccountId.eq(account)).exec(db).await?;
    conversation::Entity::delete_many().filter(conversation::Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}
