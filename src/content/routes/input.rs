//! A rule as an editor gives it, and what is wrong with it, field by field.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::ToSchema;

use super::words as texts;
use crate::accounts::{Account, AccountId};
use crate::content::answering::{Answer, Choice, Hours, MAX_ANSWERS, Patterns, Window, check_answers};
use crate::content::models::rule::{AnswerKind, Comparison, Matching, Model};
use crate::content::store;
use crate::http::{Error, Result};
use crate::wechat::Capability;

const MAX_KEYWORDS: usize = 50;
const MAX_KEYWORD_CHARS: usize = 32;
const MAX_NOTE_CHARS: usize = 100;
const MOST_PRIORITY: i64 = 1_000;

/// A rule as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleInput {
    /// Its name in URLs and menu keys; one is made when it is missing. It stays.
    #[schema(max_length = 64)]
    pub slug: Option<String>,
    /// What editors tell each other about it.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub note: String,
    /// Words, of which each item may hold several, between commas of either width, spaces and line ends; or patterns, one
    /// in each line.
    pub keywords: Vec<String>,
    #[serde(rename = "match")]
    pub matching: Matching,
    /// Higher goes first.
    #[serde(default)]
    #[schema(minimum = -1000, maximum = 1000)]
    pub priority: i64,
    #[serde(default = "yes")]
    pub enabled: bool,
    /// When it answers; none means always.
    #[serde(default)]
    pub windows: Vec<Window>,
    #[schema(min_items = 1, max_items = 10)]
    pub answers: Vec<Answer>,
    #[serde(default)]
    pub choice: Choice,
    /// The version that was read; missing for a new rule.
    #[serde(default)]
    pub version: i64,
}

fn yes() -> bool {
    true
}

impl RuleInput {
    /// The rule, if everything about it that can be seen without the database is right.
    ///
    /// # Errors
    /// 422 with every field that is wrong.
    pub fn to_rule(&self, account: &Account, slug: String, position: i64) -> Result<Model> {
        let mut fields = BTreeMap::new();
        let note = self.note.trim();
        if note.chars().count() > MAX_NOTE_CHARS || note.chars().any(char::is_control) {
            fields.insert("note".to_owned(), texts::NOTE_TOO_LONG.to_owned());
        }
        if !(-MOST_PRIORITY..=MOST_PRIORITY).contains(&self.priority) {
            fields.insert("priority".into(), texts::PRIORITY.into());
        }
        let words = match words(&self.keywords, self.matching) {
            Ok(words) => words,
            Err(message) => {
                fields.insert("keywords".into(), message);
                Vec::new()
            }
        };
        if let Err(message) = Hours::parse(&self.windows) {
            fields.insert("windows".into(), message);
        }
        if let Err((place, fault)) = check_answers(&self.answers) {
            fields.insert(format!("answers.{place}"), fault.advice());
        }
        fields.extend(agents(&self.answers, account));
        if !fields.is_empty() {
            return Err(Error::Invalid(fields));
        }
        let mut rule = Model {
            id: 0,
            account_id: account.id,
            slug,
            position,
            keywords: String::new(),
            matching: Comparison::Contains,
            priority: self.priority,
            answer_kind: AnswerKind::Text,
            answer: String::new(),
            disabled: !self.enabled,
            patterns: None,
            hours: None,
            answers: None,
            choice: None,
            note: (!note.is_empty()).then(|| note.to_owned()),
            version: self.version,
        };
        rule.set_words(self.matching, &words);
        rule.set_answers(&self.answers, self.choice);
        rule.set_windows(&self.windows);
        Ok(rule)
    }
}

/// Single keywords or patterns out of what was typed.
fn words(typed: &[String], matching: Matching) -> std::result::Result<Vec<String>, String> {
    let is_end = |character: char| match matching {
        Matching::Pattern => character == '\n',
        Matching::Exact | Matching::Contains => {
            matches!(character, ',' | '，' | '、' | ';' | '；') || character.is_whitespace()
        }
    };
    let mut words: Vec<String> = Vec::new();
    for word in typed.iter().flat_map(|typed| typed.split(is_end)).map(str::trim) {
        if !word.is_empty() && !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
        if words.len() > MAX_KEYWORDS {
            return Err(texts::TOO_MANY_KEYWORDS.into());
        }
    }
    if words.is_empty() {
        return Err(texts::NO_KEYWORDS.into());
    }
    if matching == Matching::Pattern {
        Patterns::compile(&words).map_err(|fault| fault.advice())?;
        return Ok(words);
    }
    let is_bad = |word: &&String| {
        word.chars().count() > MAX_KEYWORD_CHARS
            || word.chars().any(char::is_control)
            || !word.chars().any(|character| character.is_alphanumeric() || !is_punctuation(character))
    };
    match words.iter().find(is_bad) {
        Some(word) => Err(texts::bad_keyword(&word.chars().take(MAX_KEYWORD_CHARS).collect::<String>())),
        None => Ok(words),
    }
}

/// Passed over in what residents write, so that such a word would never be found.
fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation() || "，。、；：？！“”‘’（）《》【】…—·".contains(character)
}

pub(super) fn agents(answers: &[Answer], account: &Account) -> Option<(String, String)> {
    if account.can(Capability::CustomerService) {
        return None;
    }
    let place = answers.iter().position(|answer| matches!(answer, Answer::Agent { .. }))?;
    Some((format!("answers.{place}"), texts::NO_AGENTS.into()))
}

/// Sees to it that what answers lead to is there.
///
/// # Errors
/// 422 on the answer that leads nowhere.
pub async fn check_targets(db: &impl ConnectionTrait, account: AccountId, answers: &[Answer]) -> Result<()> {
    let mut fields = BTreeMap::new();
    for (place, answer) in answers.iter().take(MAX_ANSWERS).enumerate() {
        let problem = match answer {
            Answer::Section { section } if store::section(db, account, section).await?.is_none() => {
                texts::no_such_section(section)
            }
            Answer::Article { article } if !store::has_article(db, account, article).await? => {
                texts::no_such_article(article)
            }
            _ => continue,
        };
        fields.insert(format!("answers.{place}"), problem);
    }
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid(fields)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_typed_with_commas_of_any_width_spaces_and_lines() {
        let typed = ["停电，断电、没电; 跳闸\n保险丝　停电".to_owned()];
        assert_eq!(words(&typed, Matching::Contains).unwrap(), ["停电", "断电", "没电", "跳闸", "保险丝"]);
        let patterns = ["停.{0,3}电\n来电, 什么时候".to_owned()];
        assert_eq!(words(&patterns, Matching::Pattern).unwrap(), ["停.{0,3}电", "来电, 什么时候"]);
        for bad in ["", "，、", "？！", &"长".repeat(33)] {
            assert!(words(&[bad.to_owned()], Matching::Exact).is_err(), "{bad}");
        }
        assert!(words(&["😀".to_owned()], Matching::Exact).is_ok());
        assert!(words(&["(".to_owned()], Matching::Pattern).is_err());
        let many: Vec<String> = (0..51).map(|number| format!("词{number}")).collect();
        assert!(words(&many, Matching::Exact).is_err());
    }
}
