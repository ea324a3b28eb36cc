//! The rows of the reviews' tables. All moments are unix milliseconds.

pub(super) mod round {
    //! The way of one version of a notice to residents.

    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_round")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub notice_id: i64,
        /// From 1 on, by notice.
        pub number: i64,
        pub began_at: i64,
        pub reasons: String,
        pub urgent_reason: Option<String>,
        pub urgent_by: Option<i64>,
        pub late_revision: Option<i64>,
        pub late_hash: Option<String>,
        pub late_due_at: Option<i64>,
        pub late_done_at: Option<i64>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod seat {
    //! Somebody's part in a round.

    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_seat")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub notice_id: i64,
        pub round_id: i64,
        pub person_id: i64,
        pub seat: String,
        pub revision: i64,
        pub hash: String,
        pub opinion: Option<String>,
        pub taken_at: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod step {
    //! One line of a notice's history. It is never changed.

    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};
    use utoipa::ToSchema;

    use crate::accounts::AccountId;

    /// What happened.
    #[derive(
        Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
    )]
    #[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
    #[serde(rename_all = "snake_case")]
    #[schema(as = ReviewStep)]
    pub enum Kind {
        /// Handed in.
        Submit,
        /// Handed in for two people and a later third.
        Urgent,
        Sign,
        /// The third review after the fact.
        SignLate,
        SendBack,
        /// Taken back by somebody who wrote it.
        Recall,
        /// A change of the content took signatures away.
        Drop,
        Schedule,
        Unschedule,
        Publish,
        Withdraw,
        Expire,
    }

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_step")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub notice_id: i64,
        pub at: i64,
        pub person_id: i64,
        pub kind: Kind,
        pub seat: Option<String>,
        pub revision: i64,
        pub hash: String,
        pub text: Option<String>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod comment {
    //! A word on a notice, pinned to a passage or an answer to another.

    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_comment")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub notice_id: i64,
        pub parent_id: Option<i64>,
        pub person_id: i64,
        pub at: i64,
        pub revision: i64,
        pub text: String,
        pub quote: Option<String>,
        pub start_at: Option<i64>,
        pub end_at: Option<i64>,
        pub resolved_at: Option<i64>,
        pub resolved_by: Option<i64>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod setting {
    //! How many reviews an account asks for.

    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_setting")]
    pub(in crate::notices::reviews) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub reviews: i64,
        pub reason: String,
        pub changed_by: i64,
        pub changed_at: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(in crate::notices::reviews) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
