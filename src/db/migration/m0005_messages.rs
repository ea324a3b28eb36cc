//! What residents sent and what they got.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, table, unique};
use crate::db::columns::{id, identifier, long_text, number};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0005_messages"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let message = table(backend, "message")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "identity", 40))
            .col(identifier(backend, "openid", 64))
            .col(identifier(backend, "kind", 64))
            .col(long_text(backend, "content"))
            .col(number("sent_at"))
            .col(number("received_at"))
            .col(long_text(backend, "answer"))
            .take();
        create(
            manager,
            vec![message],
            vec![unique("message_identity", "message", &["account_id", "identity"])],
        )
        .await
    }
}
