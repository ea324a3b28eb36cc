//! Background work that waits to be done.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, index, table};
use crate::db::columns::{count, id, identifier, long_text, number, optional_long_text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0006_jobs"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let job = table(backend, "job")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "kind", 64))
            .col(long_text(backend, "payload"))
            .col(identifier(backend, "state", 16))
            .col(number("run_at"))
            .col(count("attempts"))
            .col(count("lease"))
            .col(number("leased_until"))
            .col(optional_long_text(backend, "last_error"))
            .col(number("created_at"))
            .take();
        create(manager, vec![job], vec![index("job_due", "job", &["state", "run_at"])]).await
    }
}
