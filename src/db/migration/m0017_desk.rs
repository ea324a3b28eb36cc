//! What the console keeps of conversations and followers: all of it beside the tables that pushes write to.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, index, table, unique};
use crate::db::columns::{count, flag, id, identifier, line, number};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0017_desk"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let following_mark = table(backend, "following_mark")
            .col(id())
            .col(identifier(backend, "name", 32))
            .col(number("reached"))
            .col(number("settled"))
            .col(number("turn"))
            .take();
        let conversation = table(backend, "conversation")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "openid", 64))
            .col(number("last_id"))
            .col(number("last_written_id"))
            .col(number("turn"))
            .take();
        // Its id is the message's.
        let entry = table(backend, "conversation_entry")
            .col(id())
            .col(number("conversation_id"))
            .col(flag("written"))
            .take();
        let read = table(backend, "conversation_read")
            .col(id())
            .col(number("account_id"))
            .col(number("person_id"))
            .col(number("conversation_id"))
            .col(number("message_id"))
            .take();
        let remark = table(backend, "follower_remark")
            .col(id())
            .col(number("account_id"))
            .col(number("subscriber_id"))
            .col(line("remark", 64))
            .col(count("version"))
            .take();
        let tag =
            table(backend, "follower_tag").col(id()).col(number("account_id")).col(line("name", 32)).take();
        let tagging = table(backend, "follower_tagging")
            .col(id())
            .col(number("account_id"))
            .col(number("tag_id"))
            .col(number("subscriber_id"))
            .take();
        let day = table(backend, "follower_day")
            .col(id())
            .col(number("account_id"))
            .col(number("day"))
            .col(count("followed"))
            .col(count("lost"))
            .take();
        create(
            manager,
            vec![following_mark, conversation, entry, read, remark, tag, tagging, day],
            vec![
                unique("following_mark_name", "following_mark", &["name"]),
                unique("conversation_openid", "conversation", &["account_id", "openid"]),
                index("conversation_list", "conversation", &["account_id", "last_written_id"]),
                index("conversation_turn", "conversation", &["turn"]),
                index("conversation_entry_of", "conversation_entry", &["conversation_id", "id"]),
                unique(
                    "conversation_read_by",
                    "conversation_read",
                    &["account_id", "person_id", "conversation_id"],
                ),
                index("conversation_read_of", "conversation_read", &["conversation_id"]),
                unique("follower_remark_of", "follower_remark", &["account_id", "subscriber_id"]),
                unique("follower_tag_name", "follower_tag", &["account_id", "name"]),
                unique("follower_tagging_of", "follower_tagging", &["account_id", "tag_id", "subscriber_id"]),
                index("follower_tagging_by", "follower_tagging", &["account_id", "subscriber_id"]),
                unique("follower_day_of", "follower_day", &["account_id", "day"]),
                // What a push changes of a follower is in neither of them, so that a message costs nothing more; only
                // somebody new and a line of the ledger do.
                index("subscriber_list", "subscriber", &["account_id", "id"]),
                index("follow_ledger_person", "follow_ledger", &["account_id", "openid"]),
            ],
        )
        .await
    }
}
