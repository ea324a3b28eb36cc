//! Rules with patterns, hours and several answers; the welcome and the answer when nothing is found; how often each
//! rule answered; and what counts the changes of rules and sections.
//!
//! A rule with patterns has no keywords, since a former node reads only these: it passes such a rule over.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{add_columns, create, table, unique};
use crate::db::columns::{
    count, flag, id, identifier, long_text, number, optional_identifier, optional_line, optional_long_text,
    optional_number,
};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0016_answers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let rule = [
            ("disabled", flag("disabled")),
            ("patterns", optional_long_text(backend, "patterns")),
            ("hours", optional_long_text(backend, "hours")),
            ("answers", optional_long_text(backend, "answers")),
            ("choice", optional_identifier(backend, "choice", 16)),
            ("note", optional_line("note", 200)),
            ("version", count("version")),
        ];
        add_columns(manager, "rule", rule).await?;
        add_columns(manager, "section", [("version", count("version"))]).await?;
        let greeting = table(backend, "greeting")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "slug", 16))
            .col(flag("disabled"))
            .col(long_text(backend, "answers"))
            .col(optional_identifier(backend, "choice", 16))
            .col(count("version"))
            .take();
        let hits = table(backend, "rule_hits")
            .col(id())
            .col(number("account_id"))
            .col(number("rule_id"))
            .col(count("hits"))
            .col(optional_number("last_hit_at"))
            .take();
        create(
            manager,
            vec![greeting, hits],
            vec![
                unique("greeting_slug", "greeting", &["account_id", "slug"]),
                unique("rule_hits_rule", "rule_hits", &["account_id", "rule_id"]),
            ],
        )
        .await
    }
}
