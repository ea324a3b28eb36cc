//! A notice, policy, tip or report.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    pub author: Option<String>,
    /// The picture of its card, by its name in the media library; it goes before `picture`.
    pub cover: Option<String>,
    /// Files to fetch: a JSON list, see [`Attachment`].
    pub attachments: Option<String>,
    /// Whom it concerns, in words.
    pub audience_note: Option<String>,
    /// What took its place, by its slug.
    pub superseded_by: Option<String>,
    /// Further sections under which it stands, by their slugs: a JSON list. The table `article_section` finds them.
    pub more_sections: Option<String>,
    /// What `body_source` is: Markdown when missing, or [`HTML`].
    pub format: Option<String>,
}

/// A body that was written in the console: its source is the sanitized HTML itself.
pub const HTML: &str = "html";

/// A file that an article offers: where it is among the account's media, and the name that people see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Its name in the media library: `{hash}.{ending}`.
    pub hash: String,
    pub name: String,
}

impl Model {
    /// The files that it offers.
    pub fn attached(&self) -> Vec<Attachment> {
        self.attachments.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    }

    /// The sections beside the first.
    pub fn further_sections(&self) -> Vec<String> {
        self.more_sections.as_deref().map(super::words).unwrap_or_default()
    }
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
