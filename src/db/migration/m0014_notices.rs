//! What editors work on before residents see it: notices with every version of them, who has one open, and what an
//! article has beyond what files gave it.

use sea_orm_migration::prelude::{ColumnDef, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, index, table, unique};
use crate::db::columns::{
    flag, id, identifier, line, long_text, number, optional_identifier, optional_line, optional_long_text,
    optional_number,
};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0014_notices"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let more: [(&str, ColumnDef); 7] = [
            ("author", optional_line("author", 64)),
            ("cover", optional_identifier(backend, "cover", 100)),
            ("attachments", optional_long_text(backend, "attachments")),
            ("audience_note", optional_line("audience_note", 255)),
            ("superseded_by", optional_identifier(backend, "superseded_by", 64)),
            ("more_sections", optional_long_text(backend, "more_sections")),
            ("format", optional_identifier(backend, "format", 16)),
        ];
        for (name, mut column) in more {
            // MySQL keeps what a broken-off step has made.
            if !manager.has_column("article", name).await? {
                manager.alter_table(Table::alter().table("article").add_column(&mut column).take()).await?;
            }
        }
        let article_section = table(backend, "article_section")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "section", 64))
            .col(identifier(backend, "slug", 64))
            .take();
        let notice = table(backend, "notice")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "slug", 64))
            .col(identifier(backend, "state", 16))
            .col(number("version"))
            .col(line("title", 128))
            .col(optional_identifier(backend, "section", 64))
            .col(line("sections", 1024))
            .col(optional_identifier(backend, "cover", 100))
            .col(number("revision"))
            .col(identifier(backend, "content_hash", 64))
            .col(optional_number("live_revision"))
            .col(optional_identifier(backend, "live_print", 64))
            .col(number("created_by"))
            .col(number("changed_by"))
            .col(number("created_at"))
            .col(number("changed_at"))
            .col(optional_number("publish_at"))
            .col(optional_number("withdraw_at"))
            .col(optional_number("published_at"))
            .col(optional_number("expires_at"))
            .col(flag("missed"))
            .col(flag("pinned"))
            .col(optional_identifier(backend, "superseded_by", 64))
            .col(optional_line("reason", 500))
            .col(optional_number("deleted_at"))
            .col(long_text(backend, "search_text"))
            .take();
        let revision = table(backend, "notice_revision")
            .col(id())
            .col(number("account_id"))
            .col(number("notice_id"))
            .col(number("number"))
            .col(identifier(backend, "kind", 16))
            .col(identifier(backend, "hash", 64))
            .col(number("saved_by"))
            .col(number("saved_at"))
            .col(flag("kept"))
            .col(optional_number("restored_from"))
            .col(long_text(backend, "content"))
            .take();
        let presence = table(backend, "notice_presence")
            .col(id())
            .col(number("account_id"))
            .col(number("notice_id"))
            .col(number("person_id"))
            .col(number("since"))
            .col(number("seen_at"))
            .take();
        let setting = table(backend, "notice_setting")
            .col(id())
            .col(number("account_id"))
            .col(number("late_minutes"))
            .take();
        create(
            manager,
            vec![article_section, notice, revision, presence, setting],
            vec![
                unique("article_section_of", "article_section", &["account_id", "section", "slug"]),
                index("article_section_by_slug", "article_section", &["account_id", "slug"]),
                unique("notice_slug", "notice", &["account_id", "slug"]),
                index("notice_list", "notice", &["account_id", "deleted_at", "changed_at", "id"]),
                index("notice_states", "notice", &["account_id", "deleted_at", "state", "changed_at"]),
                index("notice_due", "notice", &["state", "publish_at"]),
                index("notice_withdrawals", "notice", &["withdraw_at"]),
                index("notice_expiries", "notice", &["state", "expires_at"]),
                index("notice_trash", "notice", &["deleted_at"]),
                unique("notice_revision_number", "notice_revision", &["notice_id", "number"]),
                unique("notice_presence_of", "notice_presence", &["notice_id", "person_id"]),
                unique("notice_setting_of", "notice_setting", &["account_id"]),
            ],
        )
        .await
    }
}
