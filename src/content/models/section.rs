//! A section: one of the ten things that the menu offers.

use sea_orm::entity::prelude::*;

use crate::accounts::AccountId;

/// What a section shows.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[schema(as = SectionKind)]
pub enum Kind {
    /// Its own text.
    Page,
    /// A list of articles.
    Articles,
    /// The places, drawn as a map.
    Map,
    /// Telephone numbers.
    Contacts,
    /// Events by date.
    Events,
}

impl Kind {
    /// As files and the database write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Articles => "articles",
            Self::Map => "map",
            Self::Contacts => "contacts",
            Self::Events => "events",
        }
    }
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "section")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: AccountId,
    /// Its name in URLs, files and menu keys.
    pub slug: String,
    /// The number that a resident may reply, from 1.
    pub number: i64,
    pub title: String,
    /// The heading under which it stands.
    pub board: String,
    pub kind: Kind,
    /// Other words by which residents ask for it: a JSON list, see [`super::words`].
    pub aliases: String,
    pub summary: String,
    pub picture: Option<String>,
    pub body_source: String,
    pub body_html: String,
    /// Counts the changes.
    pub version: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
