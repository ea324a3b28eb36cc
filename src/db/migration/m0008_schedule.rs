//! When work is to be done next that the clock makes necessary.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, table, unique};
use crate::db::columns::{id, identifier, number};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0008_schedule"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let schedule = table(backend, "schedule")
            .col(id())
            .col(identifier(backend, "name", 32))
            .col(number("next_run_at"))
            .take();
        create(manager, vec![schedule], vec![unique("schedule_name", "schedule", &["name"])]).await
    }
}
