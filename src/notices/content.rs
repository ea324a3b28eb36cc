//! What a notice says: every field that a review signs, cleaned and bounded.

use std::collections::BTreeMap;

use ring::digest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::texts;
use crate::content::{Attachment, html};

const MOST_SECTIONS: usize = 10;
const MOST_ATTACHMENTS: usize = 20;
const MOST_KEYWORDS: usize = 50;
const MOST_BODY_BYTES: usize = 600_000;
const MINUTE_MILLIS: i64 = 60_000;
/// WeChat takes the beginning of the text where there is no digest, and so do our cards.
pub const EXCERPT_CHARS: usize = 54;
/// What is searched of a body.
const SEARCHED_CHARS: usize = 20_000;

/// What one version of a notice says. Its hash covers all of it: a signature is given for exactly this.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = NoticeContent)]
pub struct Content {
    pub title: String,
    /// The picture of its card, by its name in the media library.
    pub cover: Option<String>,
    /// A picture that came with content files, by its name there.
    pub picture: Option<String>,
    pub digest: String,
    pub author: Option<String>,
    pub source: Option<String>,
    pub document_number: Option<String>,
    /// Where it stands, by slug; the first is the one under which it is at home.
    pub sections: Vec<String>,
    pub body_html: String,
    pub attachments: Vec<Attachment>,
    /// Nobody is shown it before (unix milliseconds).
    pub valid_from: Option<i64>,
    /// From this moment on it counts as expired (unix milliseconds).
    pub valid_until: Option<i64>,
    /// What took its place, by slug.
    pub superseded_by: Option<String>,
    /// Whom it concerns, in words.
    pub audience_note: Option<String>,
    /// Words in a question that lead here.
    pub keywords: Vec<String>,
}

/// What is wrong, by field.
pub type Faults = BTreeMap<String, String>;

impl Content {
    /// The content as it is kept: trimmed, sanitized, without what says nothing.
    ///
    /// # Errors
    /// What is too long or no such thing, by field. A draft may lack whatever it likes.
    pub fn clean(mut self) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        if self.body_html.len() > MOST_BODY_BYTES {
            faults.insert("body_html".into(), texts::BODY_TOO_LONG.into());
            return Err(faults);
        }
        self.title = line(&mut faults, "title", &self.title, 64);
        self.digest = line(&mut faults, "digest", &self.digest, 120);
        self.author = optional(&mut faults, "author", self.author, 32);
        self.source = optional(&mut faults, "source", self.source, 32);
        self.document_number = optional(&mut faults, "document_number", self.document_number, 64);
        self.audience_note = optional(&mut faults, "audience_note", self.audience_note, 100);
        self.superseded_by = optional(&mut faults, "superseded_by", self.superseded_by, 64);
        self.picture = optional(&mut faults, "picture", self.picture, 100);
        self.cover = optional(&mut faults, "cover", self.cover, 100);
        if self.cover.as_deref().is_some_and(|name| !html::is_medium(name)) {
            faults.insert("cover".into(), texts::NO_MEDIUM.into());
        }
        self.sections = distinct(self.sections);
        let is_slug = |slug: &String| is_slug(slug);
        if self.sections.len() > MOST_SECTIONS || !self.sections.iter().all(is_slug) {
            faults.insert("sections".into(), texts::BAD_SECTIONS.into());
        }
        if self.superseded_by.as_ref().is_some_and(|slug| !is_slug(slug)) {
            faults.insert("superseded_by".into(), texts::BAD_SUCCESSOR.into());
        }
        let keywords =
            self.keywords.iter().flat_map(|words| words.split([',', '，', '、'])).map(str::to_owned);
        self.keywords = distinct(keywords.collect());
        if self.keywords.len() > MOST_KEYWORDS || self.keywords.iter().any(|word| word.chars().count() > 32) {
            faults.insert("keywords".into(), texts::BAD_KEYWORDS.into());
        }
        for file in &mut self.attachments {
            file.name = line(&mut faults, "attachments", &file.name, 120);
        }
        let is_file = |file: &Attachment| html::is_medium(&file.hash) && !file.name.is_empty();
        if self.attachments.len() > MOST_ATTACHMENTS || !self.attachments.iter().all(is_file) {
            faults.insert("attachments".into(), texts::BAD_ATTACHMENTS.into());
        }
        let minute = |moment: i64| moment.div_euclid(MINUTE_MILLIS) * MINUTE_MILLIS;
        self.valid_from = self.valid_from.map(minute);
        self.valid_until = self.valid_until.map(minute);
        if let (Some(from), Some(until)) = (self.valid_from, self.valid_until)
            && until <= from
        {
            faults.insert("valid_until".into(), texts::ENDS_BEFORE_IT_BEGINS.into());
        }
        self.body_html = html::sanitize(&self.body_html);
        if faults.is_empty() { Ok(self) } else { Err(faults) }
    }

    /// What it lacks to be published, by field. Everything beyond is for the checks.
    pub fn lacks(&self) -> Faults {
        let mut faults = Faults::new();
        let mut lack = |field: &str, message: &str| faults.insert(field.into(), message.into());
        if self.title.is_empty() {
            lack("title", texts::NO_TITLE);
        }
        if self.sections.is_empty() {
            lack("sections", texts::NO_SECTION);
        }
        if self.body_html.contains(html::MISSING_PICTURE) {
            lack("body_html", texts::PICTURE_IS_MISSING);
        } else if !self.body_html.contains("<img") && html::plain_text(&self.body_html).is_empty() {
            lack("body_html", texts::NO_BODY);
        }
        faults
    }

    /// As it is stored: one form for one content.
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers have a JSON form")
    }

    /// The SHA-256 of the canonical form, in hexadecimal.
    pub fn hash(&self) -> String {
        hash(self.canonical().as_bytes())
    }

    /// What a search looks through: lower case, with what matters most first.
    pub fn search_text(&self) -> String {
        let parts = [
            self.title.as_str(),
            &self.digest,
            self.document_number.as_deref().unwrap_or_default(),
            self.source.as_deref().unwrap_or_default(),
            self.author.as_deref().unwrap_or_default(),
        ];
        let body: String = html::plain_text(&self.body_html).chars().take(SEARCHED_CHARS).collect();
        let keywords = self.keywords.join(" ");
        parts
            .into_iter()
            .chain([keywords.as_str(), &body])
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
            .to_lowercase()
    }
}

/// The SHA-256 of bytes, in hexadecimal.
pub(super) fn hash(bytes: &[u8]) -> String {
    digest::digest(&digest::SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn is_slug(slug: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&slug.len()) && slug.bytes().all(allowed)
}

/// One line, without what cannot be seen.
fn line(faults: &mut Faults, field: &str, value: &str, most: usize) -> String {
    let text: String =
        value.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    let text = text.trim().to_owned();
    let length = text.chars().count();
    if length > most {
        faults.insert(field.into(), texts::too_long(length, most));
    }
    text
}

fn optional(faults: &mut Faults, field: &str, value: Option<String>, most: usize) -> Option<String> {
    value.map(|value| line(faults, field, &value, most)).filter(|value| !value.is_empty())
}

fn distinct(words: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        let word = word.trim();
        if !word.is_empty() && !kept.iter().any(|known| known == word) {
            kept.push(word.to_owned());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(body: &str) -> Content {
        Content {
            title: "停水通知".into(),
            sections: vec!["tips".into()],
            body_html: body.into(),
            ..Content::default()
        }
    }

    #[test]
    fn a_content_is_cleaned_and_hashed_the_same_each_time() {
        let raw = Content {
            title: " 停\u{0}水\n通知 ".into(),
            source: Some("  ".into()),
            keywords: vec!["停水，水压".into(), "停水".into()],
            valid_from: Some(61_000),
            ..content("<p onclick=x>正文</p>")
        };
        let clean = raw.clean().unwrap();
        assert_eq!(clean.title, "停 水 通知");
        assert_eq!((clean.source.as_deref(), clean.valid_from), (None, Some(60_000)));
        assert_eq!(clean.keywords, ["停水", "水压"]);
        assert_eq!(clean.body_html, "<p>正文</p>");
        assert_eq!(clean.clone().clean().unwrap().hash(), clean.hash());
        assert_ne!(Content { digest: "a".into(), ..clean.clone() }.hash(), clean.hash());
        let read: Content = serde_json::from_str(&clean.canonical()).unwrap();
        assert_eq!(read, clean);
    }

    #[test]
    fn what_is_wrong_is_said_by_field() {
        let bad = Content {
            title: "长".repeat(65),
            cover: Some("../a.jpg".into()),
            sections: vec!["不是".into()],
            superseded_by: Some("<b>".into()),
            valid_from: Some(120_000),
            valid_until: Some(60_000),
            attachments: vec![Attachment { hash: "x".into(), name: "a".into() }],
            keywords: vec!["长".repeat(33)],
            ..Content::default()
        };
        let faults = bad.clean().unwrap_err();
        let fields: Vec<&str> = faults.keys().map(String::as_str).collect();
        assert_eq!(
            fields,
            ["attachments", "cover", "keywords", "sections", "superseded_by", "title", "valid_until"]
        );
    }

    #[test]
    fn a_notice_needs_a_title_a_section_and_a_text_to_be_published() {
        assert!(content("<p>a</p>").lacks().is_empty());
        let fields = |content: Content| content.lacks().into_keys().collect::<Vec<_>>();
        assert_eq!(fields(Content::default()), ["body_html", "sections", "title"]);
        assert_eq!(fields(content("<p>【缺图：水表】</p>")), ["body_html"]);
        assert_eq!(fields(content("<p> &nbsp;</p>")), ["body_html"]);
    }
}
