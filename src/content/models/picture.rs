//! A picture that sections and articles show.

use sea_orm::entity::prelude::*;

use crate::accounts::AccountId;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "picture")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: AccountId,
    /// Its file name: ASCII letters, digits, `-`, `_`, and an ending.
    pub name: String,
    pub content_type: String,
    /// The SHA-1 of the bytes, in hexadecimal: what caches go by.
    pub digest: String,
    pub bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
