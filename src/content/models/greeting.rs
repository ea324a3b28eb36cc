//! What an account answers when nobody asked for a keyword: to who follows it, and when nothing is found.

use sea_orm::entity::prelude::*;

use crate::accounts::AccountId;
use crate::content::answering::{Answer, Choice};

/// The greeting for who begins to follow.
pub const WELCOME: &str = "welcome";
/// The answer when nothing is found.
pub const DEFAULT: &str = "default";

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "greeting")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: AccountId,
    /// [`WELCOME`] or [`DEFAULT`].
    pub slug: String,
    /// Then the built-in text is said.
    pub disabled: bool,
    /// A JSON list.
    pub answers: String,
    pub choice: Option<String>,
    /// Counts the changes.
    pub version: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn answers(&self) -> Vec<Answer> {
        serde_json::from_str(&self.answers).unwrap_or_default()
    }

    pub fn choice(&self) -> Choice {
        Choice::of_column(self.choice.as_deref())
    }

    pub fn set_answers(&mut self, answers: &[Answer], choice: Choice) {
        self.answers = super::json_column(answers);
        self.choice = (answers.len() > 1).then(|| choice.as_str().to_owned());
    }
}
