//! The words that an account does not want to read in its notices, or not without a reason.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, table, unique};
use crate::db::columns::{count, id, identifier, line, long_text, number, optional_line};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0012_words"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let word = table(backend, "listed_word")
            .col(id())
            .col(number("account_id"))
            .col(line("word", 64))
            .col(identifier(backend, "level", 16))
            .col(line("reason", 255))
            .col(optional_line("suggestion", 64))
            // A JSON list of the expressions in which the word is fine.
            .col(long_text(backend, "allowed"))
            // Counts every change, so that two who edit the same entry do not undo each other's work.
            .col(count("version"))
            .col(number("changed_at"))
            .col(number("changed_by"))
            .take();
        create(manager, vec![word], vec![unique("listed_word_once", "listed_word", &["account_id", "word"])])
            .await
    }
}
