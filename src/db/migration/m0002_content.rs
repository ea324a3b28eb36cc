//! What an account tells its residents: sections, articles, places, contacts, events, rules, pictures.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, index, table, unique};
use crate::db::columns::{
    decimal_degrees, flag, id, identifier, line, long_bytes, long_text, number, optional_identifier,
    optional_line, optional_number,
};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_content"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let section = table(backend, "section")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "slug", 64))
            .col(number("number"))
            .col(line("title", 64))
            .col(line("board", 64))
            .col(identifier(backend, "kind", 16))
            .col(long_text(backend, "aliases"))
            .col(line("summary", 255))
            .col(optional_identifier(backend, "picture", 100))
            .col(long_text(backend, "body_source"))
            .col(long_text(backend, "body_html"))
            .take();
        let article = table(backend, "article")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "section", 64))
            .col(identifier(backend, "slug", 64))
            .col(line("title", 128))
            .col(line("digest", 512))
            .col(number("published_at"))
            .col(optional_line("source", 128))
            .col(optional_line("document_number", 128))
            .col(optional_number("valid_from"))
            .col(optional_number("valid_until"))
            .col(flag("pinned"))
            .col(long_text(backend, "keywords"))
            .col(optional_identifier(backend, "picture", 100))
            .col(long_text(backend, "body_source"))
            .col(long_text(backend, "body_html"))
            .take();
        let place = table(backend, "place")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "slug", 64))
            .col(number("position"))
            .col(line("name", 64))
            .col(line("category", 32))
            .col(line("address", 191))
            .col(optional_line("phone", 64))
            .col(optional_line("hours", 191))
            .col(decimal_degrees("latitude"))
            .col(decimal_degrees("longitude"))
            .col(optional_line("note", 500))
            .take();
        let contact = table(backend, "contact")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "slug", 64))
            .col(number("position"))
            .col(line("name", 64))
            .col(line("category", 32))
            .col(line("phone", 64))
            .col(optional_line("hours", 191))
            .col(optional_line("note", 500))
            .take();
        let event = table(backend, "event")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "slug", 64))
            .col(line("title", 128))
            .col(number("starts_at"))
            .col(number("ends_at"))
            .col(line("venue", 191))
            .col(optional_identifier(backend, "place", 64))
            .col(optional_line("organizer", 128))
            .col(optional_line("audience", 191))
            .col(optional_line("signup", 500))
            .col(long_text(backend, "body_source"))
            .col(long_text(backend, "body_html"))
            .take();
        let rule = table(backend, "rule")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "slug", 64))
            .col(number("position"))
            .col(long_text(backend, "keywords"))
            .col(identifier(backend, "matching", 16))
            .col(number("priority"))
            .col(identifier(backend, "answer_kind", 16))
            .col(long_text(backend, "answer"))
            .take();
        let picture = table(backend, "picture")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "name", 100))
            .col(identifier(backend, "content_type", 32))
            .col(identifier(backend, "digest", 64))
            .col(long_bytes(backend, "bytes"))
            .take();
        create(
            manager,
            vec![section, article, place, contact, event, rule, picture],
            vec![
                unique("section_slug", "section", &["account_id", "slug"]),
                unique("article_slug", "article", &["account_id", "slug"]),
                index("article_list", "article", &["account_id", "section", "published_at"]),
                unique("place_slug", "place", &["account_id", "slug"]),
                unique("contact_slug", "contact", &["account_id", "slug"]),
                unique("event_slug", "event", &["account_id", "slug"]),
                index("event_dates", "event", &["account_id", "starts_at"]),
                unique("rule_slug", "rule", &["account_id", "slug"]),
                unique("picture_name", "picture", &["account_id", "name"]),
            ],
        )
        .await
    }
}
