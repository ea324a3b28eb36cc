//! The custom menu of each account.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, table, unique};
use crate::db::columns::{id, long_text, number, optional_number};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0003_menus"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let menu = table(backend, "menu")
            .col(id())
            .col(number("account_id"))
            .col(long_text(backend, "definition"))
            .col(number("changed_at"))
            .col(optional_number("pushed_at"))
            .take();
        create(manager, vec![menu], vec![unique("menu_account", "menu", &["account_id"])]).await
    }
}
