//! The menu's draft, its versions, when it is to change, and how WeChat took it.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, index, table, unique};
use crate::db::columns::{
    count, id, identifier, line, long_text, number, optional_identifier, optional_long_text, optional_number,
};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0015_menus"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let draft = table(backend, "menu_draft")
            .col(id())
            .col(number("account_id"))
            .col(long_text(backend, "definition"))
            .col(count("version"))
            .col(line("changed_by", 100))
            .col(number("changed_at"))
            .take();
        let version = table(backend, "menu_version")
            .col(id())
            .col(number("account_id"))
            .col(number("number"))
            .col(long_text(backend, "definition"))
            .col(line("note", 200))
            .col(line("saved_by", 100))
            .col(number("saved_at"))
            .col(optional_number("published_at"))
            .take();
        let plan = table(backend, "menu_plan")
            .col(id())
            .col(number("account_id"))
            .col(number("number"))
            .col(number("publish_at"))
            .col(identifier(backend, "state", 16))
            .col(line("planned_by", 100))
            .col(number("planned_at"))
            .take();
        let push = table(backend, "menu_push")
            .col(id())
            .col(number("account_id"))
            .col(number("number"))
            .col(identifier(backend, "state", 16))
            .col(count("attempts"))
            .col(optional_identifier(backend, "code", 16))
            .col(optional_long_text(backend, "advice"))
            .col(number("asked_at"))
            .col(optional_number("ended_at"))
            .take();
        create(
            manager,
            vec![draft, version, plan, push],
            vec![
                unique("menu_draft_account", "menu_draft", &["account_id"]),
                unique("menu_version_number", "menu_version", &["account_id", "number"]),
                index("menu_plan_due", "menu_plan", &["state", "publish_at"]),
                unique("menu_push_account", "menu_push", &["account_id"]),
            ],
        )
        .await
    }
}
