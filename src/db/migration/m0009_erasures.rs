//! Who was erased, without a name, so that what waited in a journal does not bring them back.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, table, unique};
use crate::db::columns::{id, identifier, number};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0009_erasures"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let erasure = table(backend, "erasure")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "person", 64))
            .col(number("at"))
            .take();
        create(manager, vec![erasure], vec![unique("erasure_person", "erasure", &["account_id", "person"])])
            .await
    }
}
