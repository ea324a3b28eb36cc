//! Official accounts.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, table, unique};
use crate::db::columns::{
    count, flag, id, identifier, line, long_text, number, optional_identifier, optional_long_text,
};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0001_accounts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let account = table(backend, "account")
            .col(id())
            .col(identifier(backend, "slug", 32))
            .col(line("name", 64))
            .col(identifier(backend, "app_id", 32))
            .col(optional_identifier(backend, "original_id", 32))
            .col(identifier(backend, "mode", 16))
            .col(identifier(backend, "kind", 16))
            .col(flag("verified"))
            .col(line("api_base", 255))
            .col(long_text(backend, "app_secret"))
            .col(long_text(backend, "token"))
            .col(long_text(backend, "aes_key"))
            .col(optional_long_text(backend, "previous_aes_key"))
            .col(count("revision"))
            .col(number("created_at"))
            .take();
        create(
            manager,
            vec![account],
            vec![
                unique("account_slug", "account", &["slug"]),
                unique("account_app_id", "account", &["app_id"]),
            ],
        )
        .await
    }
}
