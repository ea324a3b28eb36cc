//! The trail of who did what is looked through by person, action and time, and its oldest lines are removed one day.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, index, table};
use crate::db::columns::{id, identifier, number};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0018_people"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        // At most one row: the last line that was removed for its age. The chain of hashes begins behind it.
        let floor = table(backend, "audit_floor")
            .col(id())
            .col(number("sequence"))
            .col(identifier(backend, "hash", 64))
            .take();
        create(
            manager,
            vec![floor],
            vec![
                index("audit_person", "audit", &["person_id", "sequence"]),
                index("audit_action", "audit", &["action", "sequence"]),
                index("audit_at", "audit", &["at"]),
                index("role_grant_account", "role_grant", &["account_id"]),
            ],
        )
        .await
    }
}
