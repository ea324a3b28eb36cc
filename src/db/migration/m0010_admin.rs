//! Who may work in the console: people, what they may do where, their sessions, and the audit trail.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, index, table, unique};
use crate::db::columns::{
    count, flag, id, identifier, line, long_text, number, optional_identifier, optional_line,
    optional_long_text, optional_number,
};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0010_admin"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let person = table(backend, "person")
            .col(id())
            .col(identifier(backend, "name", 64))
            .col(line("display_name", 64))
            .col(long_text(backend, "password_hash"))
            .col(flag("must_change_password"))
            .col(flag("disabled"))
            // Counts every change, so that two who edit the same person do not undo each other's work.
            .col(count("version"))
            .col(number("created_at"))
            .col(optional_number("last_seen_at"))
            .col(count("failures"))
            .col(optional_number("locked_until"))
            // Sealed with the master key; there before the person has shown that it works.
            .col(optional_long_text(backend, "totp_secret"))
            .col(flag("totp_confirmed"))
            // The latest step whose code was used: a code that was looked over the shoulder is worth nothing.
            .col(count("totp_used_step"))
            .col(optional_long_text(backend, "recovery_codes"))
            .take();
        // One row for each role of a person; `account_id` 0 for the roles that reach all accounts.
        let grant = table(backend, "role_grant")
            .col(id())
            .col(number("person_id"))
            .col(number("account_id"))
            .col(identifier(backend, "role", 16))
            .col(number("granted_at"))
            .take();
        let session = table(backend, "session")
            .col(id())
            .col(identifier(backend, "token_hash", 64))
            .col(number("person_id"))
            .col(number("created_at"))
            .col(number("seen_at"))
            .col(line("address", 64))
            .col(line("agent", 255))
            .take();
        let audit = table(backend, "audit")
            .col(id())
            // Without gaps; with the hash of the row before in each row's own, nothing can be taken out or changed unseen.
            .col(number("sequence"))
            .col(number("at"))
            .col(optional_number("account_id"))
            .col(optional_number("person_id"))
            .col(line("person_name", 64))
            .col(line("address", 64))
            .col(identifier(backend, "action", 64))
            .col(optional_identifier(backend, "subject_kind", 32))
            .col(optional_number("subject_id"))
            .col(optional_line("subject", 255))
            .col(optional_long_text(backend, "before"))
            .col(optional_long_text(backend, "after"))
            .col(identifier(backend, "hash", 64))
            .take();
        // One row: who writes the trail takes it first, so that entries stand in a row on every database.
        let head = table(backend, "audit_head")
            .col(id())
            .col(number("sequence"))
            .col(identifier(backend, "hash", 64))
            .take();
        create(
            manager,
            vec![person, grant, session, audit, head],
            vec![
                unique("person_name", "person", &["name"]),
                unique("role_grant_once", "role_grant", &["person_id", "account_id", "role"]),
                unique("session_token", "session", &["token_hash"]),
                index("session_person", "session", &["person_id"]),
                unique("audit_sequence", "audit", &["sequence"]),
                index("audit_account", "audit", &["account_id", "sequence"]),
            ],
        )
        .await
    }
}
