//! A keyword rule: words in a question, and what is answered.

use sea_orm::entity::prelude::*;

use crate::accounts::AccountId;

/// How a question must resemble a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Matching {
    /// The whole question is the keyword.
    Exact,
    /// The keyword stands somewhere in the question.
    Contains,
}

/// What [`Model::answer`] holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "lowercase")]
pub enum AnswerKind {
    Text,
    Section,
    Article,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rule")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: AccountId,
    pub slug: String,
    pub position: i64,
    /// A JSON list, see [`super::words`].
    pub keywords: String,
    pub matching: Matching,
    /// Higher goes first.
    pub priority: i64,
    pub answer_kind: AnswerKind,
    /// The text, or the slug of the section or article.
    pub answer: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
