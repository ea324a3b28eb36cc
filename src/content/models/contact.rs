//! A telephone number with what it is for.

use sea_orm::entity::prelude::*;

use crate::accounts::AccountId;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: AccountId,
    pub slug: String,
    pub position: i64,
    pub name: String,
    /// The heading under which it stands.
    pub category: String,
    pub phone: String,
    pub hours: Option<String>,
    pub note: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
