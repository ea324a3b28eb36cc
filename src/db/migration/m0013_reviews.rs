//! The reviews of notices: who wrote and who signed, every step, comments, and how many reviews an account asks for.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::{create, index, table, unique};
use crate::db::columns::{
    id, identifier, line, long_text, number, optional_identifier, optional_line, optional_long_text,
    optional_number,
};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0013_reviews"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        // The way of one version of a notice from its draft to residents.
        let round = table(backend, "review_round")
            .col(id())
            .col(number("account_id"))
            .col(number("notice_id"))
            .col(number("number"))
            .col(number("began_at"))
            // Why warnings may stay, by the key of the finding: a JSON object.
            .col(long_text(backend, "reasons"))
            .col(optional_line("urgent_reason", 500))
            .col(optional_number("urgent_by"))
            // What was approved in a hurry, and until when it is to be read once more.
            .col(optional_number("late_revision"))
            .col(optional_identifier(backend, "late_hash", 64))
            .col(optional_number("late_due_at"))
            .col(optional_number("late_done_at"))
            .take();
        // Somebody's part in a round. That authors and reviewers are different people is refused here and nowhere else.
        let seat = table(backend, "review_seat")
            .col(id())
            .col(number("account_id"))
            .col(number("notice_id"))
            .col(number("round_id"))
            .col(number("person_id"))
            // `first`, `second`, `third`, or `author-` and the person.
            .col(identifier(backend, "seat", 32))
            .col(number("revision"))
            .col(identifier(backend, "hash", 64))
            .col(optional_line("opinion", 500))
            .col(number("taken_at"))
            .take();
        let step = table(backend, "review_step")
            .col(id())
            .col(number("account_id"))
            .col(number("notice_id"))
            .col(number("at"))
            .col(number("person_id"))
            .col(identifier(backend, "kind", 16))
            .col(optional_identifier(backend, "seat", 32))
            .col(number("revision"))
            .col(identifier(backend, "hash", 64))
            .col(optional_long_text(backend, "text"))
            .take();
        let comment = table(backend, "review_comment")
            .col(id())
            .col(number("account_id"))
            .col(number("notice_id"))
            // The comment that this one answers.
            .col(optional_number("parent_id"))
            .col(number("person_id"))
            .col(number("at"))
            .col(number("revision"))
            .col(long_text(backend, "text"))
            .col(optional_long_text(backend, "quote"))
            .col(optional_number("start_at"))
            .col(optional_number("end_at"))
            .col(optional_number("resolved_at"))
            .col(optional_number("resolved_by"))
            .take();
        let setting = table(backend, "review_setting")
            .col(id())
            .col(number("account_id"))
            .col(number("reviews"))
            .col(line("reason", 500))
            .col(number("changed_by"))
            .col(number("changed_at"))
            .take();
        create(
            manager,
            vec![round, seat, step, comment, setting],
            vec![
                unique("review_round_number", "review_round", &["notice_id", "number"]),
                index("review_round_late", "review_round", &["account_id", "late_done_at", "late_due_at"]),
                unique("review_seat_person", "review_seat", &["round_id", "person_id"]),
                unique("review_seat_once", "review_seat", &["round_id", "seat"]),
                index("review_seat_account", "review_seat", &["account_id"]),
                index("review_step_notice", "review_step", &["notice_id", "id"]),
                index("review_step_account", "review_step", &["account_id"]),
                index("review_comment_notice", "review_comment", &["notice_id", "id"]),
                index("review_comment_account", "review_comment", &["account_id"]),
                unique("review_setting_of", "review_setting", &["account_id"]),
            ],
        )
        .await
    }
}
