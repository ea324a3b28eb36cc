//! One version of what a notice says.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::AccountId;

/// How a version came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[schema(as = NoticeVersionKind)]
pub enum Kind {
    /// Saved by itself while somebody wrote.
    Autosave,
    /// Saved by somebody.
    Save,
    /// An earlier version brought back.
    Restore,
    /// Content files brought it.
    Import,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "notice_revision")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: AccountId,
    pub notice_id: i64,
    /// From 1 on, by notice.
    pub number: i64,
    pub kind: Kind,
    pub hash: String,
    pub saved_by: i64,
    pub saved_at: i64,
    /// It was reviewed or published, and stays as it is for ever.
    pub kept: bool,
    pub restored_from: Option<i64>,
    /// The content's canonical JSON.
    pub content: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
