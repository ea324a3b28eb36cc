//! What rules and greetings answer, and when: values that are checked when an editor or a file gives them.

mod hours;
mod patterns;
mod texts;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::hours::{Hours, Moment, Window};
pub use self::patterns::{MAX_PATTERN_CHARS, PatternFault, Patterns};
use crate::wechat::reply::{self, Article, MAX_ARTICLES};

/// As many answers of one rule take turns.
pub const MAX_ANSWERS: usize = 10;
/// Longer texts are sent shortened, with a link to the whole.
pub const MAX_TEXT_CHARS: usize = 5_000;
/// The name of the account, in a text of ours.
pub const ACCOUNT_MARK: &str = "{公众号}";
/// The numbered menu, in a text of ours.
pub const MENU_MARK: &str = "{栏目}";
/// What the resident wrote, in the answer when nothing is found.
pub const QUESTION_MARK: &str = "{问题}";

/// One answer, of any kind that WeChat takes as a passive reply (§5).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
#[schema(as = AnswerBody)]
pub enum Answer {
    /// A text; `{公众号}` and `{栏目}` are filled in.
    Text { text: String },
    /// The card of a section, by its name in URLs.
    Section { section: String },
    /// The card of an article, by its name in URLs.
    Article { article: String },
    /// Cards of one's own. A message is answered by one; following by up to eight.
    Cards { cards: Vec<Card> },
    /// A picture that has been uploaded to WeChat.
    Image { media_id: String },
    /// A recording that has been uploaded to WeChat.
    Voice { media_id: String },
    /// A film that has been uploaded to WeChat.
    Video {
        media_id: String,
        #[serde(default)]
        title: String,
        #[serde(default)]
        description: String,
    },
    /// Hands the message to the agents of 网页客服.
    Agent {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<String>,
    },
}

/// A card that opens a page.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AnswerCard)]
pub struct Card {
    pub title: String,
    #[serde(default)]
    pub description: String,
    /// The address of a JPG or PNG; may be empty.
    #[serde(default)]
    pub picture: String,
    pub url: String,
}

/// Which of several answers is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = AnswerChoice)]
pub enum Choice {
    /// One after the other.
    #[default]
    Turns,
    /// Any.
    Random,
}

impl Choice {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Turns => "turns",
            Self::Random => "random",
        }
    }

    /// As a column holds it; what is not known takes turns.
    pub(super) fn of_column(column: Option<&str>) -> Self {
        if column == Some("random") { Self::Random } else { Self::Turns }
    }
}

/// Why an answer cannot be given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFault {
    #[error("the {0} is missing")]
    Missing(Part),
    #[error("the {part} has {length} characters, more than {limit}")]
    TooLong { part: Part, length: usize, limit: usize },
    #[error("a link must begin with https://, http://, weixin:// or tel:")]
    UnsafeLink,
    #[error("the {0} is no http or https address")]
    NotAUrl(Part),
    #[error("{0} cards; 1 to 8 are allowed")]
    Cards(usize),
    #[error("{0} answers; 1 to 10 are allowed")]
    Answers(usize),
    #[error("the {0} holds a control character")]
    Control(Part),
}

/// Which part of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Text,
    Section,
    Article,
    Title,
    Description,
    Picture,
    Url,
    MediaId,
    Agent,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Section => "section",
            Self::Article => "article",
            Self::Title => "title",
            Self::Description => "description",
            Self::Picture => "picture",
            Self::Url => "address",
            Self::MediaId => "media id",
            Self::Agent => "agent",
        })
    }
}

impl AnswerFault {
    /// What an editor has to do, in Chinese.
    pub fn advice(&self) -> String {
        texts::advice(self)
    }
}

impl Answer {
    /// # Errors
    /// [`AnswerFault`]; whether what it leads to is there is not asked.
    pub fn check(&self) -> Result<(), AnswerFault> {
        match self {
            Self::Text { text } => {
                required(Part::Text, text, MAX_TEXT_CHARS)?;
                if has_unsafe_link(text) { Err(AnswerFault::UnsafeLink) } else { Ok(()) }
            }
            Self::Section { section } => required(Part::Section, section, 64),
            Self::Article { article } => required(Part::Article, article, 64),
            Self::Cards { cards } if !(1..=MAX_ARTICLES).contains(&cards.len()) => {
                Err(AnswerFault::Cards(cards.len()))
            }
            Self::Cards { cards } => cards.iter().try_for_each(Card::check),
            Self::Image { media_id } | Self::Voice { media_id } => required(Part::MediaId, media_id, 128),
            Self::Video { media_id, title, description } => {
                required(Part::MediaId, media_id, 128)?;
                within(Part::Title, title, 64)?;
                within(Part::Description, description, 120)
            }
            Self::Agent { agent } => within(Part::Agent, agent.as_deref().unwrap_or_default(), 64),
        }
    }
}

impl Card {
    fn check(&self) -> Result<(), AnswerFault> {
        required(Part::Title, &self.title, 64)?;
        within(Part::Description, &self.description, 120)?;
        if !self.picture.is_empty() {
            web_address(Part::Picture, &self.picture)?;
        }
        required(Part::Url, &self.url, reply::MAX_URL_BYTES)?;
        web_address(Part::Url, &self.url)
    }

    /// As WeChat is given it.
    pub fn to_article(&self) -> Article {
        Article {
            title: self.title.clone(),
            description: self.description.clone(),
            picture_url: self.picture.clone(),
            url: self.url.clone(),
        }
    }
}

/// Checks the answers of one rule or greeting.
///
/// # Errors
/// The first fault with the place of its answer.
pub fn check_answers(answers: &[Answer]) -> Result<(), (usize, AnswerFault)> {
    if !(1..=MAX_ANSWERS).contains(&answers.len()) {
        return Err((0, AnswerFault::Answers(answers.len())));
    }
    answers.iter().enumerate().try_for_each(|(place, answer)| answer.check().map_err(|fault| (place, fault)))
}

/// Whether a text has a link with a scheme that a phone must not open.
fn has_unsafe_link(text: &str) -> bool {
    let is_safe = |link: &str| {
        ["https://", "http://", "weixin://", "tel:"].iter().any(|scheme| link.starts_with(scheme))
    };
    let mut links = text.split("href=").skip(1).map(|rest| rest.trim_start_matches(['"', '\'']));
    !links.all(is_safe)
}

fn required(part: Part, text: &str, limit: usize) -> Result<(), AnswerFault> {
    if text.trim().is_empty() {
        return Err(AnswerFault::Missing(part));
    }
    within(part, text, limit)
}

fn within(part: Part, text: &str, limit: usize) -> Result<(), AnswerFault> {
    let length = text.chars().count();
    if length > limit {
        return Err(AnswerFault::TooLong { part, length, limit });
    }
    let is_line_end = |character: char| part == Part::Text && matches!(character, '\n' | '\r');
    if text.chars().any(|character| character.is_control() && !is_line_end(character)) {
        return Err(AnswerFault::Control(part));
    }
    Ok(())
}

/// Whether an address is one that a phone can open: no request is made.
pub fn is_web_address(url: &str) -> bool {
    let rest = ["https://", "http://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with(['/', ':', '?', '#', '.']) && !url.contains(char::is_whitespace)
    })
}

fn web_address(part: Part, url: &str) -> Result<(), AnswerFault> {
    if is_web_address(url) { Ok(()) } else { Err(AnswerFault::NotAUrl(part)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_held_to_what_wechat_takes() {
        let card = Card {
            title: "停水".into(),
            description: String::new(),
            picture: String::new(),
            url: "https://example.cn/".into(),
        };
        let text = |text: &str| Answer::Text { text: text.into() }.check();
        assert_eq!(text("好\n的"), Ok(()));
        assert_eq!(text(" "), Err(AnswerFault::Missing(Part::Text)));
        assert_eq!(text("<a href=\"javascript:alert(1)\">x</a>"), Err(AnswerFault::UnsafeLink));
        assert_eq!(text("a\u{7}"), Err(AnswerFault::Control(Part::Text)));
        assert_eq!(Answer::Cards { cards: vec![card.clone(); 8] }.check(), Ok(()));
        assert_eq!(Answer::Cards { cards: vec![card.clone(); 9] }.check(), Err(AnswerFault::Cards(9)));
        let bad = Card { url: "javascript:alert(1)".into(), ..card };
        assert_eq!(Answer::Cards { cards: vec![bad] }.check(), Err(AnswerFault::NotAUrl(Part::Url)));
        assert_eq!(check_answers(&[]), Err((0, AnswerFault::Answers(0))));
        assert!(check_answers(&vec![Answer::Image { media_id: "m".into() }; 11]).is_err());
    }

    #[test]
    fn an_answer_is_written_as_it_is_read() {
        for text in [
            r#"{"kind":"text","text":"好"}"#,
            r#"{"kind":"section","section":"map"}"#,
            r#"{"kind":"agent"}"#,
            r#"{"kind":"video","media_id":"m","title":"","description":""}"#,
        ] {
            let answer: Answer = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&answer).unwrap(), text);
        }
        assert!(serde_json::from_str::<Answer>(r#"{"kind":"shell","text":"x"}"#).is_err());
    }
}
