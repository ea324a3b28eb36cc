//! What WeChat takes of each field, and what must not be missing.

use crate::clock::Timestamp;

use super::{Draft, Field, Found, Level, Place, Rule, reading, structure, texts};

/// WeChat's page on drafts of 2025-12-19 says 32 characters; what is longer was taken up to 64 before.
const TITLE: usize = 32;
const TITLE_AT_MOST: usize = 64;
const AUTHOR: usize = 16;
/// One copy of the page says 128; the website's editor and another copy say 120.
const DIGEST: usize = 120;
const BODY: usize = 20_000;
pub(super) const MOST_BODY_BYTES: usize = 1_000_000;

pub(super) fn check(draft: &Draft<'_>, now: Timestamp, found: &mut Found) {
    check_title(draft.title, found);
    let digest = draft.digest.chars().count();
    if draft.digest.trim().is_empty() {
        found.add(Rule::DigestMissing, Level::Hint, Place::of(Field::Digest), texts::digest_missing());
    } else if digest > DIGEST {
        let told = texts::too_long("摘要", digest, DIGEST);
        found.add(Rule::DigestTooLong, Level::Error, Place::of(Field::Digest), told);
    }
    let author = draft.author.chars().count();
    if author > AUTHOR {
        let told = texts::too_long("作者", author, AUTHOR);
        found.add(Rule::AuthorTooLong, Level::Error, Place::of(Field::Author), told);
    }
    if draft.source.trim().is_empty() {
        found.add(Rule::SourceMissing, Level::Hint, Place::of(Field::Source), texts::source_missing());
    }
    if !draft.has_cover {
        found.add(Rule::CoverMissing, Level::Hint, Place::of(Field::Cover), texts::cover_missing());
    }
    if let Some(until) = draft.valid_until {
        let place = || Place::of(Field::ValidUntil);
        if draft.valid_from.is_some_and(|from| from >= until) {
            found.add(Rule::ValidityReversed, Level::Error, place(), texts::validity_reversed());
        } else if until <= now {
            found.add(Rule::ValidityOver, Level::Warning, place(), texts::validity_over());
        }
    }
    check_body(draft.body, found);
}

fn check_title(title: &str, found: &mut Found) {
    let place = || Place::of(Field::Title);
    let length = title.chars().count();
    if title.trim().is_empty() {
        found.add(Rule::TitleMissing, Level::Error, place(), texts::title_missing());
    } else if length > TITLE_AT_MOST {
        found.add(Rule::TitleTooLong, Level::Error, place(), texts::too_long("标题", length, TITLE_AT_MOST));
    } else if length > TITLE {
        found.add(Rule::TitleLong, Level::Warning, place(), texts::title_long(length, TITLE));
    }
    // Ideographs beyond the first plane are in people's and places' names and are fine.
    let is_odd = |character: &char| character.is_control() || matches!(*character as u32, 0x1F000..=0x1FAFF);
    if let Some(at) = title.chars().position(|character| is_odd(&character)) {
        let text: Vec<char> = title.chars().collect();
        let length = text[at..].iter().take_while(|character| is_odd(character)).count();
        let place = place().at(&text, at, at + length);
        found.add_with_fix(
            Rule::TitleCharacters,
            Level::Warning,
            place,
            texts::title_characters(),
            Some(String::new()),
        );
    }
}

fn check_body(body: &str, found: &mut Found) {
    let place = || Place::of(Field::Body);
    if body.len() > MOST_BODY_BYTES {
        found.add(Rule::BodyTooLong, Level::Error, place(), texts::body_too_heavy(body.len()));
        return;
    }
    let length = body.chars().count();
    if length >= BODY {
        found.add(Rule::BodyTooLong, Level::Error, place(), texts::body_too_long(length, BODY));
        return;
    }
    let document = reading::read(body);
    if structure::is_blank(&document.text) && document.pictures.is_empty() {
        found.add(Rule::BodyMissing, Level::Error, place(), texts::body_missing());
    }
}
