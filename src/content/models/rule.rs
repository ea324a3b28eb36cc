//! A keyword rule: words in a question, and what is answered.

use sea_orm::entity::prelude::*;

use super::words;
use crate::accounts::AccountId;
use crate::content::answering::{Answer, Choice, Window};

/// How a question must resemble a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "lowercase")]
pub enum Comparison {
    /// The whole question is the keyword.
    Exact,
    /// The keyword stands somewhere in the question.
    Contains,
}

/// How a question must resemble a keyword, or whether the keywords are patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = RuleMatching)]
pub enum Matching {
    /// The whole question is the keyword.
    Exact,
    /// The keyword stands somewhere in the question.
    Contains,
    /// The keyword is a regular expression.
    Pattern,
}

impl Matching {
    /// As files write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Contains => "contains",
            Self::Pattern => "pattern",
        }
    }
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
    /// A JSON list, see [`super::words`]. Empty when there are patterns.
    pub keywords: String,
    pub matching: Comparison,
    /// Higher goes first.
    pub priority: i64,
    pub answer_kind: AnswerKind,
    /// The text, or the slug of the section or article.
    pub answer: String,
    pub disabled: bool,
    /// A JSON list of regular expressions, which take the place of keywords.
    pub patterns: Option<String>,
    /// A JSON list of windows; none means always.
    pub hours: Option<String>,
    /// A JSON list of answers, when one text, section or article does not say it all.
    pub answers: Option<String>,
    pub choice: Option<String>,
    /// What editors tell each other about it.
    pub note: Option<String>,
    /// Counts the changes.
    pub version: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn matching(&self) -> Matching {
        match (&self.patterns, self.matching) {
            (Some(_), _) => Matching::Pattern,
            (None, Comparison::Exact) => Matching::Exact,
            (None, Comparison::Contains) => Matching::Contains,
        }
    }

    /// The keywords, or the patterns.
    pub fn words(&self) -> Vec<String> {
        words(self.patterns.as_ref().unwrap_or(&self.keywords))
    }

    /// Every answer, of which [`Model::choice`] takes one.
    pub fn answers(&self) -> Vec<Answer> {
        let several = self.answers.as_deref().and_then(|column| serde_json::from_str(column).ok());
        several.unwrap_or_else(|| {
            let answer = self.answer.clone();
            vec![match self.answer_kind {
                AnswerKind::Text => Answer::Text { text: answer },
                AnswerKind::Section => Answer::Section { section: answer },
                AnswerKind::Article => Answer::Article { article: answer },
            }]
        })
    }

    pub fn choice(&self) -> Choice {
        Choice::of_column(self.choice.as_deref())
    }

    pub fn windows(&self) -> Vec<Window> {
        self.hours.as_deref().and_then(|column| serde_json::from_str(column).ok()).unwrap_or_default()
    }

    /// Puts keywords or patterns in their columns.
    pub fn set_words(&mut self, matching: Matching, list: &[String]) {
        let column = super::words_column(list);
        let none = || super::words_column(&[]);
        (self.matching, self.keywords, self.patterns) = match matching {
            Matching::Exact => (Comparison::Exact, column, None),
            Matching::Contains => (Comparison::Contains, column, None),
            Matching::Pattern => (Comparison::Contains, none(), Some(column)),
        };
    }

    /// Puts answers in their columns: a single plain one in those that every version of the program reads.
    pub fn set_answers(&mut self, answers: &[Answer], choice: Choice) {
        let plain = answers.iter().find_map(|answer| match answer {
            Answer::Text { text } => Some((AnswerKind::Text, text)),
            Answer::Section { section } => Some((AnswerKind::Section, section)),
            Answer::Article { article } => Some((AnswerKind::Article, article)),
            Answer::Cards { .. }
            | Answer::Image { .. }
            | Answer::Voice { .. }
            | Answer::Video { .. }
            | Answer::Agent { .. } => None,
        });
        (self.answer_kind, self.answer) =
            plain.map_or((AnswerKind::Text, String::new()), |(kind, answer)| (kind, answer.clone()));
        let is_plain = answers.len() == 1 && plain.is_some();
        self.answers = (!is_plain).then(|| super::json_column(answers));
        self.choice = (answers.len() > 1).then(|| choice.as_str().to_owned());
    }

    pub fn set_windows(&mut self, windows: &[Window]) {
        self.hours = (!windows.is_empty()).then(|| super::json_column(windows));
    }
}
