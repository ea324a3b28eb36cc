//! Followers, and the ledger of follows and unfollows.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, index, table, unique};
use crate::db::columns::{count, flag, id, identifier, number, optional_line, optional_number};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0004_subscribers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let subscriber = table(backend, "subscriber")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "openid", 64))
            .col(identifier(backend, "state", 16))
            .col(identifier(backend, "source", 32))
            .col(optional_line("scene", 128))
            .col(number("first_seen_at"))
            .col(optional_number("first_followed_at"))
            .col(optional_number("last_followed_at"))
            .col(optional_number("last_left_at"))
            .col(number("last_interaction_at"))
            .col(number("state_changed_at"))
            .col(count("follows"))
            .col(count("unfollows"))
            .col(count("messages"))
            .col(count("taps"))
            .take();
        let ledger = table(backend, "follow_ledger")
            .col(id())
            .col(number("account_id"))
            .col(identifier(backend, "openid", 64))
            .col(identifier(backend, "change", 16))
            .col(flag("counts"))
            .col(optional_line("scene", 128))
            .col(number("at"))
            .take();
        create(
            manager,
            vec![subscriber, ledger],
            vec![
                unique("subscriber_openid", "subscriber", &["account_id", "openid"]),
                index("follow_ledger_at", "follow_ledger", &["account_id", "at"]),
            ],
        )
        .await
    }
}
