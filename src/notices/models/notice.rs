//! A notice on the editors' desk.

use sea_orm::entity::prelude::*;

use crate::accounts::AccountId;
use crate::notices::State;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: AccountId,
    /// The name of its article in URLs.
    pub slug: String,
    pub state: State,
    /// Counts every change; a change names the version that it was made from.
    pub version: i64,
    pub title: String,
    /// The section where it is at home.
    pub section: Option<String>,
    /// All its sections, with a comma before, between and after.
    pub sections: String,
    pub cover: Option<String>,
    /// The number of the revision that is worked on.
    pub revision: i64,
    /// The hash of its content.
    pub content_hash: String,
    /// The number of the revision that residents see.
    pub live_revision: Option<i64>,
    /// The hash of the article as it was written for residents; an import that changes the article is found by it.
    pub live_print: Option<String>,
    /// Persons; 0 is the program itself (an import).
    pub created_by: i64,
    pub changed_by: i64,
    pub created_at: i64,
    pub changed_at: i64,
    /// When it is to be published.
    pub publish_at: Option<i64>,
    /// When it is to be taken back.
    pub withdraw_at: Option<i64>,
    /// When residents saw it first.
    pub published_at: Option<i64>,
    /// When what residents see counts as expired.
    pub expires_at: Option<i64>,
    /// Its time was so long ago that somebody has to decide.
    pub missed: bool,
    pub pinned: bool,
    pub superseded_by: Option<String>,
    /// Why it was withdrawn.
    pub reason: Option<String>,
    /// Since when it is in the trash.
    pub deleted_at: Option<i64>,
    pub search_text: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
