//! How far messages and the ledger have been looked through for what is too old to be kept.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, table, unique};
use crate::db::columns::{id, identifier, number};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0007_retention"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let mark = table(backend, "retention_mark")
            .col(id())
            .col(identifier(backend, "name", 32))
            .col(number("reached"))
            .take();
        create(manager, vec![mark], vec![unique("retention_mark_name", "retention_mark", &["name"])]).await
    }
}
