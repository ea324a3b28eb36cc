//! A notice, policy, tip or report.

use sea_orm::entity::prelude::*;

use crate::accounts::AccountId;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "article")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: AccountId,
    /// The section under which it stands, by its slug.
    pub section: String,
    pub slug: String,
    pub title: String,
    pub digest: String,
    pub published_at: i64,
    pub source: Option<String>,
    pub document_number: Option<String>,
    /// Nobody is shown it before.
    pub valid_from: Option<i64>,
    /// From this moment on it counts as expired.
    pub valid_until: Option<i64>,
    pub pinned: bool,
    /// Words in a question that lead here: a JSON list, see [`super::words`].
    pub keywords: String,
    pub picture: Option<String>,
    pub body_source: String,
    pub body_html: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
