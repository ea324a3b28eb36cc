//! A place that residents look for.

use sea_orm::entity::prelude::*;

use crate::accounts::AccountId;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "place")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: AccountId,
    pub slug: String,
    pub position: i64,
    pub name: String,
    pub category: String,
    pub address: String,
    pub phone: Option<String>,
    pub hours: Option<String>,
    /// Degrees north, GCJ-02 as WeChat sends them.
    pub latitude: f64,
    /// Degrees east, GCJ-02.
    pub longitude: f64,
    pub note: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
