//! The media library: pictures, files, sound, and links to videos.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, index, table, unique};
use crate::db::columns::{id, identifier, line, number, optional_identifier, optional_line, optional_number};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0011_media"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let media = table(backend, "media")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "kind", 16))
            .col(identifier(backend, "hash", 64))
            .col(identifier(backend, "source_hash", 64))
            .col(optional_identifier(backend, "place", 100))
            .col(line("name", 100))
            .col(line("title", 100))
            .col(line("alt", 200))
            .col(identifier(backend, "extension", 8))
            .col(identifier(backend, "content_type", 100))
            .col(number("size"))
            .col(number("thumb_size"))
            .col(optional_number("width"))
            .col(optional_number("height"))
            .col(optional_line("link", 500))
            .col(number("uploaded_at"))
            .col(number("uploaded_by"))
            .col(optional_number("deleted_at"))
            .col(number("version"))
            .take();
        create(
            manager,
            vec![media],
            vec![
                unique("media_hash", "media", &["account_id", "hash"]),
                index("media_source", "media", &["account_id", "source_hash"]),
                index("media_list", "media", &["account_id", "deleted_at", "id"]),
                index("media_place", "media", &["place"]),
            ],
        )
        .await
    }
}
