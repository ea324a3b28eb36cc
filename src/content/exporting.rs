//! Content written back into a folder, in the form that an import takes.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, bail};
use sea_orm::ConnectionTrait;

use super::files::{PICTURES, SECTION_FILE};
use super::models::{article, contact, event, picture, place, rule, section, words};
use super::store;
use crate::accounts::AccountId;
use crate::clock::Timestamp;

const DAY_MILLIS: i64 = 86_400_000;

/// Writes an account's content into a folder that is empty or not there yet, and says how many files.
///
/// # Errors
/// When the folder holds something, cannot be written, or the database does not answer.
pub async fn export(db: &impl ConnectionTrait, account: AccountId, folder: &Path) -> anyhow::Result<usize> {
    if folder.exists() && std::fs::read_dir(folder)?.next().is_some() {
        bail!("{} is not empty: name a new folder, so that nothing is overwritten", folder.display());
    }
    let mut written = 0;
    let mut write = |name: &str, bytes: &[u8]| -> anyhow::Result<()> {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        written += 1;
        std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    };
    for section in store::all::<section::Model>(db, account).await? {
        write(&format!("{}/{SECTION_FILE}", section.slug), section_file(&section).as_bytes())?;
    }
    for article in store::all::<article::Model>(db, account).await? {
        write(&format!("{}/{}.md", article.section, article.slug), article_file(&article).as_bytes())?;
    }
    for picture in store::all::<picture::Model>(db, account).await? {
        write(&format!("{PICTURES}/{}", picture.name), &picture.bytes)?;
    }
    let places = store::places(db, account).await?;
    let contacts = store::contacts(db, account).await?;
    let events = store::all::<event::Model>(db, account).await?;
    let mut rules = store::all::<rule::Model>(db, account).await?;
    rules.sort_by_key(|rule| (rule.position, rule.id));
    let lists = [
        ("places.toml", places.iter().map(place_entry).collect::<String>()),
        ("contacts.toml", contacts.iter().map(contact_entry).collect()),
        ("events.toml", events.iter().map(event_entry).collect()),
        ("rules.toml", rules.iter().map(rule_entry).collect()),
    ];
    for (name, text) in lists.into_iter().filter(|(_, text)| !text.is_empty()) {
        write(name, text.as_bytes())?;
    }
    Ok(written)
}

fn section_file(section: &section::Model) -> String {
    let mut table = Entry::default();
    table.text("title", &section.title);
    table.raw("number", &section.number.to_string());
    table.text("board", &section.board);
    table.text("kind", section.kind.as_str());
    table.words("aliases", &section.aliases);
    table.text("summary", &section.summary);
    table.optional("picture", section.picture.as_deref());
    table.with_body(&section.body_source)
}

fn article_file(article: &article::Model) -> String {
    let mut table = Entry::default();
    table.text("title", &article.title);
    table.text("digest", &article.digest);
    table.raw("published", &date(article.published_at));
    table.optional("source", article.source.as_deref());
    table.optional("document_number", article.document_number.as_deref());
    if let Some(from) = article.valid_from {
        table.raw("valid_from", &date(from));
    }
    if let Some(until) = article.valid_until {
        table.raw("valid_until", &date(until - DAY_MILLIS));
    }
    if article.pinned {
        table.raw("pinned", "true");
    }
    table.words("keywords", &article.keywords);
    table.optional("picture", article.picture.as_deref());
    table.with_body(&article.body_source)
}

fn place_entry(place: &place::Model) -> String {
    let mut entry = Entry::of_list("place");
    entry.text("slug", &place.slug);
    entry.text("name", &place.name);
    entry.text("category", &place.category);
    entry.text("address", &place.address);
    entry.optional("phone", place.phone.as_deref());
    entry.optional("hours", place.hours.as_deref());
    entry.raw("latitude", &format!("{:?}", place.latitude));
    entry.raw("longitude", &format!("{:?}", place.longitude));
    entry.optional("note", place.note.as_deref());
    entry.finish()
}

fn contact_entry(contact: &contact::Model) -> String {
    let mut entry = Entry::of_list("contact");
    entry.text("slug", &contact.slug);
    entry.text("name", &contact.name);
    entry.text("group", &contact.category);
    entry.text("phone", &contact.phone);
    entry.optional("hours", contact.hours.as_deref());
    entry.optional("note", contact.note.as_deref());
    entry.finish()
}

fn event_entry(event: &event::Model) -> String {
    let mut entry = Entry::of_list("event");
    entry.text("slug", &event.slug);
    entry.text("title", &event.title);
    entry.raw("starts", &minute(event.starts_at));
    entry.raw("ends", &minute(event.ends_at));
    entry.text("venue", &event.venue);
    entry.optional("place", event.place.as_deref());
    entry.optional("organizer", event.organizer.as_deref());
    entry.optional("audience", event.audience.as_deref());
    entry.optional("signup", event.signup.as_deref());
    entry.text("body", &event.body_source);
    entry.finish()
}

fn rule_entry(rule: &rule::Model) -> String {
    let mut entry = Entry::of_list("rule");
    entry.text("slug", &rule.slug);
    entry.words("keywords", &rule.keywords);
    entry.text(
        "match",
        match rule.matching {
            rule::Matching::Exact => "exact",
            rule::Matching::Contains => "contains",
        },
    );
    if rule.priority != 0 {
        entry.raw("priority", &rule.priority.to_string());
    }
    let key = match rule.answer_kind {
        rule::AnswerKind::Text => "reply",
        rule::AnswerKind::Section => "section",
        rule::AnswerKind::Article => "article",
    };
    entry.text(key, &rule.answer);
    entry.finish()
}

/// One TOML table, written key by key in the order that people expect.
#[derive(Default)]
struct Entry(String);

impl Entry {
    fn of_list(name: &str) -> Self {
        Self(format!("[[{name}]]\n"))
    }

    fn raw(&mut self, key: &str, value: &str) {
        writeln!(self.0, "{key} = {value}").expect("writing to a string does not fail");
    }

    fn text(&mut self, key: &str, value: &str) {
        self.raw(key, &toml::Value::from(value).to_string());
    }

    fn optional(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    fn words(&mut self, key: &str, column: &str) {
        let words = words(column);
        if !words.is_empty() {
            self.raw(key, &toml::Value::from(words).to_string());
        }
    }

    fn with_body(self, body: &str) -> String {
        format!("+++\n{}+++\n\n{body}\n", self.0)
    }

    fn finish(self) -> String {
        self.0 + "\n"
    }
}

fn date(millis: i64) -> String {
    Timestamp::from_millis(millis).shanghai_date().to_string()
}

fn minute(millis: i64) -> String {
    Timestamp::from_millis(millis).in_shanghai().format("%Y-%m-%dT%H:%M:%S").to_string()
}
