//! What a machine can find in a notice before people review it: lengths that WeChat refuses, pictures that would not
//! come along, links that lead nowhere, personal data, and the words of the account's own list.
//!
//! [`check`] is a pure function of a draft and of what is known around it; it takes milliseconds for a usual notice
//! and belongs on a blocking thread.

mod contrast;
mod forms;
mod lengths;
mod lines;
mod links;
mod numbers;
mod personal;
mod plates;
mod reading;
pub mod routes;
pub mod store;
mod structure;
mod texts;
mod words;

#[cfg(test)]
mod tests;

use ring::digest::{SHA256, digest};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Timestamp;

pub use self::words::{Segmenter, Word, WordList};

/// A notice as its author has it before them. The body is HTML that went through the sanitizer.
#[derive(Clone, Copy, Default)]
pub struct Draft<'a> {
    pub title: &'a str,
    pub digest: &'a str,
    pub author: &'a str,
    pub source: &'a str,
    pub body: &'a str,
    pub has_cover: bool,
    /// The names under which attachments are offered.
    pub attachments: &'a [&'a str],
    /// Addresses outside the body, such as 「阅读原文」.
    pub links: &'a [&'a str],
    pub valid_from: Option<Timestamp>,
    pub valid_until: Option<Timestamp>,
}

/// What a draft is judged against.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    pub now: Timestamp,
    /// The telephone numbers that the account gives out itself, as people write them. They are never findings.
    pub contacts: &'a [&'a str],
    /// Whether the address of a picture is one of our own library.
    pub is_own_picture: fn(&str) -> bool,
    /// How the mark begins that stands where a picture could not be brought along; it ends with `】`.
    pub lost_picture: &'a str,
    pub words: &'a WordList,
}

/// How much a finding weighs.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[schema(as = FindingLevel)]
pub enum Level {
    /// Nobody can submit or sign before it is mended.
    Error,
    /// It may stay when somebody gives a reason.
    Warning,
    /// Only told.
    Hint,
}

/// What was broken. The names are part of the API and never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[schema(as = FindingRule)]
pub enum Rule {
    #[serde(rename = "title.missing")]
    TitleMissing,
    #[serde(rename = "title.long")]
    TitleLong,
    #[serde(rename = "title.too_long")]
    TitleTooLong,
    #[serde(rename = "title.characters")]
    TitleCharacters,
    #[serde(rename = "digest.missing")]
    DigestMissing,
    #[serde(rename = "digest.too_long")]
    DigestTooLong,
    #[serde(rename = "author.too_long")]
    AuthorTooLong,
    #[serde(rename = "source.missing")]
    SourceMissing,
    #[serde(rename = "cover.missing")]
    CoverMissing,
    #[serde(rename = "validity.reversed")]
    ValidityReversed,
    #[serde(rename = "validity.over")]
    ValidityOver,
    #[serde(rename = "body.missing")]
    BodyMissing,
    #[serde(rename = "body.too_long")]
    BodyTooLong,
    #[serde(rename = "picture.lost")]
    PictureLost,
    #[serde(rename = "picture.local")]
    PictureLocal,
    #[serde(rename = "picture.foreign")]
    PictureForeign,
    #[serde(rename = "picture.alt")]
    PictureAlt,
    #[serde(rename = "heading.empty")]
    HeadingEmpty,
    #[serde(rename = "heading.order")]
    HeadingOrder,
    #[serde(rename = "link.malformed")]
    LinkMalformed,
    #[serde(rename = "link.private")]
    LinkPrivate,
    #[serde(rename = "link.insecure")]
    LinkInsecure,
    #[serde(rename = "link.text")]
    LinkText,
    #[serde(rename = "text.contrast")]
    Contrast,
    #[serde(rename = "personal.identity")]
    Identity,
    #[serde(rename = "personal.identity_old")]
    IdentityOld,
    #[serde(rename = "personal.mobile")]
    Mobile,
    #[serde(rename = "personal.landline")]
    Landline,
    #[serde(rename = "personal.bank_card")]
    BankCard,
    #[serde(rename = "personal.plate")]
    Plate,
    #[serde(rename = "word")]
    Word,
}

/// The part of a notice that a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingField)]
pub enum Field {
    Title,
    Digest,
    Author,
    Source,
    Cover,
    ValidUntil,
    Body,
    Attachment,
    Link,
}

/// Something of the body that is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingElement)]
pub enum Element {
    Picture,
    Link,
    Heading,
}

/// Where a finding stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FindingPlace)]
pub struct Place {
    pub field: Field,
    /// Which attachment or link, or which element of the body, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// What of the body `index` counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<Element>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passage: Option<Passage>,
}

/// A stretch of the field's text, counted in characters (Unicode scalar values). Of the body, the text is what
/// [`plain_text`] gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FindingPassage)]
pub struct Passage {
    pub start: usize,
    pub end: usize,
    pub quote: String,
}

/// One thing that was found: what and why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// Stays the same while the passage does, wherever it moves, so that a reason given for it goes on to count.
    pub key: String,
    pub rule: Rule,
    pub level: Level,
    pub message: String,
    pub remedy: String,
    pub place: Place,
    /// What can stand in the place of the passage with one click.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// Everything that was found, the heaviest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Findings {
    pub findings: Vec<Finding>,
    /// How many more there are: only so many of each rule are told.
    pub left_out: usize,
}

impl Findings {
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.level == Level::Error)
    }
}

/// As many of one rule are told; who has more has one cause to look for.
const MOST_OF_A_RULE: usize = 50;

/// Checks a draft. What stands here is a matter of milliseconds for a usual notice, and of a second for the longest.
pub fn check(draft: &Draft<'_>, around: &Surroundings<'_>, segmenter: &Segmenter) -> Findings {
    let mut found = Found::default();
    lengths::check(draft, around.now, &mut found);
    for (index, link) in draft.links.iter().enumerate() {
        links::check_address(link, Place::nth(Field::Link, index), &mut found);
    }
    let is_readable = draft.body.len() <= lengths::MOST_BODY_BYTES;
    let body = if is_readable { reading::read(draft.body) } else { reading::Document::default() };
    if is_readable {
        structure::check(&body, around, &mut found);
        links::check(&body, &mut found);
        contrast::check(&body, &mut found);
    }
    let mut texts = vec![
        (Place::of(Field::Title), characters(draft.title)),
        (Place::of(Field::Digest), characters(draft.digest)),
        (Place::of(Field::Author), characters(draft.author)),
        (Place::of(Field::Source), characters(draft.source)),
    ];
    for (index, name) in draft.attachments.iter().enumerate() {
        texts.push((Place::nth(Field::Attachment, index), characters(name)));
    }
    for (index, picture) in body.pictures.iter().enumerate() {
        let alt = picture.alt.as_deref().unwrap_or_default();
        texts.push((Place::element(Element::Picture, index), characters(alt)));
    }
    texts.push((Place::of(Field::Body), body.text));
    let contacts = personal::Contacts::new(around.contacts);
    for (place, text) in &texts {
        personal::check(text, place, &contacts, &mut found);
        plates::check(text, place, &mut found);
    }
    words::check(&texts, around.words, segmenter, &mut found);
    found.into_findings()
}

/// The text of a body as passages count it: every character of its text, a line feed for each `<br>`, and one
/// wherever a block begins or ends after something else than a line feed.
pub fn plain_text(body: &str) -> String {
    reading::read(body).text.into_iter().collect()
}

fn characters(text: &str) -> Vec<char> {
    text.chars().collect()
}

impl Place {
    fn of(field: Field) -> Self {
        Self { field, index: None, element: None, passage: None }
    }

    fn nth(field: Field, index: usize) -> Self {
        Self { index: Some(index), ..Self::of(field) }
    }

    fn element(element: Element, index: usize) -> Self {
        Self { element: Some(element), ..Self::nth(Field::Body, index) }
    }

    /// The same place, narrowed to a stretch of its text.
    fn at(&self, text: &[char], start: usize, end: usize) -> Self {
        let quote = text[start..end].iter().collect();
        Self { passage: Some(Passage { start, end, quote }), ..self.clone() }
    }
}

/// Findings as they come.
#[derive(Default)]
struct Found(Vec<Finding>);

impl Found {
    fn add(&mut self, rule: Rule, level: Level, place: Place, (message, remedy): (String, String)) {
        self.add_with_fix(rule, level, place, (message, remedy), None);
    }

    fn add_with_fix(
        &mut self,
        rule: Rule,
        level: Level,
        place: Place,
        (message, remedy): (String, String),
        fix: Option<String>,
    ) {
        self.0.push(Finding { key: String::new(), rule, level, message, remedy, place, fix });
    }

    fn into_findings(self) -> Findings {
        let mut findings = self.0;
        findings.sort_by_key(|finding| {
            let place = &finding.place;
            let start = place.passage.as_ref().map_or(0, |passage| passage.start);
            (finding.level, place.field, start, place.index, finding.rule)
        });
        let all = findings.len();
        let mut told = std::collections::HashMap::new();
        findings.retain(|finding| {
            let count = told.entry(finding.rule).or_insert(0);
            *count += 1;
            *count <= MOST_OF_A_RULE
        });
        let mut seen = std::collections::HashMap::new();
        for finding in &mut findings {
            let key = key(finding);
            let times: &mut usize = seen.entry(key.clone()).or_insert(0);
            *times += 1;
            finding.key = if *times == 1 { key } else { format!("{key}-{times}") };
        }
        Findings { left_out: all - findings.len(), findings }
    }
}

/// Rule, field and quote, hashed: a passage may hold what nobody should read in a column of reasons.
fn key(finding: &Finding) -> String {
    let quote = finding.place.passage.as_ref().map_or("", |passage| passage.quote.as_str());
    let index = if quote.is_empty() { finding.place.index } else { None };
    let told = format!("{:?}|{:?}|{index:?}|{}|{quote}", finding.rule, finding.place.field, finding.message);
    digest(&SHA256, told.as_bytes()).as_ref()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
