//! Each kind of entry: what its keys are, and what they may hold.

use chrono::NaiveDate;
use serde::Deserialize;
use sha1::{Digest, Sha1};
use toml::value::Datetime;

use super::Bundle;
use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::content::front_matter::Source;
use crate::content::models::words_column;
use crate::content::models::{article, contact, picture, place, section};
use crate::content::rules::{ContactDraft, EventDraft, PlaceDraft};
use crate::content::{html, markdown};

/// The account of a row that belongs to none yet.
pub(super) const NO_ACCOUNT: AccountId = AccountId(0);
const DAY_MILLIS: i64 = 86_400_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionMatter {
    title: String,
    number: i64,
    board: String,
    kind: section::Kind,
    #[serde(default)]
    aliases: Vec<String>,
    summary: String,
    picture: Option<String>,
}

pub(super) fn section(mut source: Source<'_>, slug: &str, body: &str) -> Option<section::Model> {
    let matter: SectionMatter = source.read()?;
    if !(1..=99).contains(&matter.number) {
        source.fault("number", "`number` must be from 1 to 99".into());
    }
    Some(section::Model {
        id: 0,
        account_id: NO_ACCOUNT,
        slug: source.slug("title", slug),
        number: matter.number,
        title: source.required("title", &matter.title, 20),
        board: source.required("board", &matter.board, 20),
        kind: matter.kind,
        aliases: source.words("aliases", &matter.aliases),
        summary: source.required("summary", &matter.summary, 60),
        picture: source.optional("picture", matter.picture.as_deref(), 100),
        body_html: markdown::to_html(body),
        body_source: body.into(),
        version: 0,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ArticleMatter {
    title: String,
    digest: String,
    published: Datetime,
    source: Option<String>,
    document_number: Option<String>,
    valid_from: Option<Datetime>,
    valid_until: Option<Datetime>,
    #[serde(default)]
    pinned: bool,
    #[serde(default)]
    keywords: Vec<String>,
    picture: Option<String>,
    author: Option<String>,
    cover: Option<String>,
    #[serde(default)]
    attachments: Vec<article::Attachment>,
    audience_note: Option<String>,
    superseded_by: Option<String>,
    #[serde(default)]
    more_sections: Vec<String>,
    #[serde(default)]
    format: Format,
}

/// How the body of an article is written.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Markdown,
    /// As the console writes it.
    Html,
}

pub(super) fn article(
    mut source: Source<'_>,
    section: &str,
    slug: &str,
    body: &str,
) -> Option<article::Model> {
    let matter: ArticleMatter = source.read()?;
    let published_at = day(&mut source, "published", Some(matter.published)).unwrap_or_default();
    let valid_from = day(&mut source, "valid_from", matter.valid_from);
    // The last day on which a notice is valid is the one that the file names; a time is the moment itself.
    let is_day = matter.valid_until.is_some_and(|until| until.time.is_none());
    let valid_until = day(&mut source, "valid_until", matter.valid_until);
    let valid_until = valid_until.map(|start| if is_day { start + DAY_MILLIS } else { start });
    if valid_from.is_some_and(|from| valid_until.is_some_and(|until| until <= from)) {
        source.fault("valid_until", "`valid_until` lies before `valid_from`".into());
    }
    if body.trim().is_empty() {
        source.fault("title", "the article has no text".into());
    }
    let more_sections: Vec<String> =
        matter.more_sections.iter().map(|slug| source.slug("more_sections", slug)).collect();
    let attachments = attachments(&mut source, &matter.attachments);
    let (body_source, body_html) = match matter.format {
        Format::Markdown => (body.to_owned(), markdown::to_html(body)),
        Format::Html => {
            let clean = html::sanitize(body);
            (clean.clone(), clean)
        }
    };
    Some(article::Model {
        id: 0,
        account_id: NO_ACCOUNT,
        section: section.into(),
        slug: source.slug("title", slug),
        title: source.required("title", &matter.title, 64),
        digest: source.required("digest", &matter.digest, 120),
        published_at,
        source: source.optional("source", matter.source.as_deref(), 32),
        document_number: source.optional("document_number", matter.document_number.as_deref(), 64),
        valid_from,
        valid_until,
        pinned: matter.pinned,
        keywords: source.words("keywords", &matter.keywords),
        picture: source.optional("picture", matter.picture.as_deref(), 100),
        author: source.optional("author", matter.author.as_deref(), 32),
        cover: source
            .optional("cover", matter.cover.as_deref(), 100)
            .map(|name| source.medium("cover", &name)),
        attachments,
        audience_note: source.optional("audience_note", matter.audience_note.as_deref(), 100),
        superseded_by: matter.superseded_by.map(|slug| source.slug("superseded_by", &slug)),
        more_sections: (!more_sections.is_empty()).then(|| words_column(&more_sections)),
        format: (matter.format == Format::Html).then(|| article::HTML.to_owned()),
        body_html,
        body_source,
    })
}

/// The files of an article as their column holds them.
fn attachments(source: &mut Source<'_>, files: &[article::Attachment]) -> Option<String> {
    let clean: Vec<article::Attachment> = files
        .iter()
        .map(|file| article::Attachment {
            hash: source.medium("attachments", &file.hash),
            name: source.required("attachments", &file.name, 120),
        })
        .collect();
    if clean.is_empty() { None } else { serde_json::to_string(&clean).ok() }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceEntry {
    slug: String,
    name: String,
    category: String,
    address: String,
    phone: Option<String>,
    hours: Option<String>,
    latitude: f64,
    longitude: f64,
    note: Option<String>,
}

pub(super) fn place(mut source: Source<'_>, position: i64, bundle: &mut Bundle) {
    let Some(entry) = source.read::<PlaceEntry>() else { return };
    once(&mut source, &entry.slug, bundle.places.iter().map(|place| &place.slug));
    let PlaceEntry { slug, name, category, address, phone, hours, latitude, longitude, note } = entry;
    let draft = PlaceDraft { slug, name, category, address, phone, hours, latitude, longitude, note };
    let (row, problems) = draft.checked();
    source.faults(problems);
    bundle.places.push(place::Model { position, ..row });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContactEntry {
    slug: String,
    name: String,
    group: String,
    phone: String,
    hours: Option<String>,
    note: Option<String>,
}

pub(super) fn contact(mut source: Source<'_>, position: i64, bundle: &mut Bundle) {
    let Some(entry) = source.read::<ContactEntry>() else { return };
    once(&mut source, &entry.slug, bundle.contacts.iter().map(|contact| &contact.slug));
    let ContactEntry { slug, name, group, phone, hours, note } = entry;
    let (row, problems) = ContactDraft { slug, name, group, phone, hours, note }.checked();
    source.faults(problems);
    bundle.contacts.push(contact::Model { position, ..row });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventEntry {
    slug: String,
    title: String,
    starts: Datetime,
    ends: Datetime,
    venue: String,
    place: Option<String>,
    organizer: Option<String>,
    audience: Option<String>,
    signup: Option<String>,
    #[serde(default)]
    body: String,
}

pub(super) fn event(mut source: Source<'_>, _position: i64, bundle: &mut Bundle) {
    let Some(entry) = source.read::<EventEntry>() else { return };
    let starts_at = minute(&mut source, "starts", entry.starts);
    let ends_at = minute(&mut source, "ends", entry.ends);
    once(&mut source, &entry.slug, bundle.events.iter().map(|event| &event.slug));
    let EventEntry { slug, title, venue, place, organizer, audience, signup, body, .. } = entry;
    let draft =
        EventDraft { slug, title, starts_at, ends_at, venue, place, organizer, audience, signup, body };
    let (row, problems) = draft.checked();
    source.faults(problems);
    bundle.events.push(row);
}

/// A picture, by its own first bytes and not by its name.
pub(super) fn picture(name: &str, bytes: Vec<u8>, max_bytes: usize) -> Result<picture::Model, String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.len() > 100 || !name.bytes().all(allowed) {
        return Err("the name of a picture is made of A-Z, a-z, 0-9, `-`, `_` and `.`".into());
    }
    if bytes.len() > max_bytes {
        return Err(format!("has {} KB, more than {}", bytes.len() >> 10, max_bytes >> 10));
    }
    let (content_type, endings): (_, &[&str]) = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => ("image/png", &[".png"]),
        [0xff, 0xd8, 0xff, ..] => ("image/jpeg", &[".jpg", ".jpeg"]),
        _ => return Err("is neither a PNG nor a JPEG".into()),
    };
    if !endings.iter().any(|ending| name.ends_with(ending)) {
        return Err(format!("is {content_type}, so its name must end in {}", endings[0]));
    }
    let digest = Sha1::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(picture::Model {
        id: 0,
        account_id: NO_ACCOUNT,
        name: name.into(),
        content_type: content_type.into(),
        digest,
        bytes,
    })
}

pub(super) fn unused<'a>(
    source: &mut Source<'_>,
    slug: &str,
    taken: impl Iterator<Item = &'a String>,
) -> String {
    once(source, slug, taken);
    source.slug("slug", slug)
}

/// Notes a name that another entry has.
fn once<'a>(source: &mut Source<'_>, slug: &str, mut taken: impl Iterator<Item = &'a String>) {
    if taken.any(|taken| taken == slug) {
        source.fault("slug", format!("`{slug}` is used twice"));
    }
}

fn day(source: &mut Source<'_>, key: &str, value: Option<Datetime>) -> Option<i64> {
    let value = value?;
    if value.time.is_some() {
        return Some(minute(source, key, value));
    }
    let date = match (value.date, value.time, value.offset) {
        (Some(date), None, None) => {
            NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
        }
        _ => None,
    };
    let Some(date) = date else {
        source.fault(key, format!("`{key}` must be a date such as 2026-11-02"));
        return None;
    };
    Some(Timestamp::start_of_shanghai_day(date).millis())
}

fn minute(source: &mut Source<'_>, key: &str, value: Datetime) -> i64 {
    let moment = match (value.date, value.time, value.offset) {
        (Some(date), Some(time), None) => {
            NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()).and_then(|date| {
                let second = time.second.unwrap_or_default();
                date.and_hms_opt(time.hour.into(), time.minute.into(), second.into())
            })
        }
        _ => None,
    };
    let Some(moment) = moment else {
        source.fault(key, format!("`{key}` must be a local time such as 2026-12-05T09:00:00"));
        return 0;
    };
    Timestamp::from_shanghai(moment).millis()
}
