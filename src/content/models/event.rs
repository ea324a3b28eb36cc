//! Something that residents can come to.

use sea_orm::entity::prelude::*;

use crate::accounts::AccountId;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: AccountId,
    pub slug: String,
    pub title: String,
    pub starts_at: i64,
    pub ends_at: i64,
    pub venue: String,
    /// The slug of the place where it is, if that is on the map.
    pub place: Option<String>,
    pub organizer: Option<String>,
    pub audience: Option<String>,
    pub signup: Option<String>,
    pub body_source: String,
    pub body_html: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
