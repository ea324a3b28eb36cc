//! Content written back into a folder, in the form that an import takes.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, bail};
use sea_orm::ConnectionTrait;

use super::answering::{Answer, Card, Choice, Window};
use super::files::{PICTURES, SECTION_FILE};
use super::models::rule::Matching;
use super::models::{article, contact, event, greeting, picture, place, rule, section, words};
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
    let greetings = store::all::<greeting::Model>(db, account).await?;
    let mut rules = store::all::<rule::Model>(db, account).await?;
    rules.sort_by_key(|rule| (rule.position, rule.id));
    let lists = [
        ("places.toml", places.iter().map(place_entry).collect::<String>()),
        ("contacts.toml", contacts.iter().map(contact_entry).collect()),
        ("events.toml", events.iter().map(event_entry).collect()),
        ("rules.toml", rules.iter().map(rule_entry).collect()),
        ("greetings.toml", greetings.iter().map(greeting_entry).collect()),
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
    table.raw("published", &day_or_moment(article.published_at));
    table.optional("source", article.source.as_deref());
    table.optional("document_number", article.document_number.as_deref());
    if let Some(from) = article.valid_from {
        table.raw("valid_from", &day_or_moment(from));
    }
    if let Some(until) = article.valid_until {
        let is_midnight =
            Timestamp::start_of_shanghai_day(Timestamp::from_millis(until).shanghai_date()).millis() == until;
        table.raw("valid_until", &if is_midnight { date(until - DAY_MILLIS) } else { minute(until) });
    }
    if article.pinned {
        table.raw("pinned", "true");
    }
    table.words("keywords", &article.keywords);
    table.optional("picture", article.picture.as_deref());
    table.optional("author", article.author.as_deref());
    table.optional("cover", article.cover.as_deref());
    let attached = article.attached();
    if !attached.is_empty() {
        let list = attached.iter().map(|file| {
            let pairs = [("hash", &file.hash), ("name", &file.name)];
            pairs
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value.as_str().into()))
                .collect::<toml::Table>()
        });
        table.raw("attachments", &toml::Value::from(list.collect::<Vec<_>>()).to_string());
    }
    table.optional("audience_note", article.audience_note.as_deref());
    table.optional("superseded_by", article.superseded_by.as_deref());
    table.words("more_sections", article.more_sections.as_deref().unwrap_or("[]"));
    table.optional("format", article.format.as_deref());
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
    entry.optional("note", rule.note.as_deref());
    match rule.matching() {
        matching @ (Matching::Exact | Matching::Contains) => {
            entry.words("keywords", &rule.keywords);
            entry.text("match", matching.as_str());
        }
        Matching::Pattern => entry.raw("patterns", &toml::Value::from(rule.words()).to_string()),
    }
    if rule.priority != 0 {
        entry.raw("priority", &rule.priority.to_string());
    }
    if rule.disabled {
        entry.raw("disabled", "true");
    }
    let windows: Vec<String> = rule.windows().iter().map(Window::to_line).collect();
    if !windows.is_empty() {
        entry.raw("hours", &toml::Value::from(windows).to_string());
    }
    match rule.answers().as_slice() {
        [Answer::Text { text }] => entry.text("reply", text),
        [Answer::Section { section }] => entry.text("section", section),
        [Answer::Article { article }] => entry.text("article", article),
        several => entry.answers(several, rule.choice()),
    }
    entry.finish()
}

fn greeting_entry(greeting: &greeting::Model) -> String {
    let mut entry = Entry::of_list("greeting");
    entry.text("slug", &greeting.slug);
    if greeting.disabled {
        entry.raw("disabled", "true");
    }
    entry.answers(&greeting.answers(), greeting.choice());
    entry.finish()
}

/// An answer as an inline table, see `files::answers`.
fn inline(answer: &Answer) -> String {
    let text = |text: &str| toml::Value::from(text.to_owned());
    let table = |pairs: Vec<(&str, toml::Value)>| {
        toml::Value::Table(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    };
    let (key, value) = match answer {
        Answer::Text { text: content } => ("text", text(content)),
        Answer::Section { section } => ("section", text(section)),
        Answer::Article { article } => ("article", text(article)),
        Answer::Cards { cards } => {
            let card = |card: &Card| {
                let mut pairs = vec![("title", text(&card.title)), ("url", text(&card.url))];
                let optional = [("description", &card.description), ("picture", &card.picture)];
                pairs.extend(
                    optional
                        .into_iter()
                        .filter(|(_, value)| !value.is_empty())
                        .map(|(key, value)| (key, text(value))),
                );
                table(pairs)
            };
            ("cards", toml::Value::Array(cards.iter().map(card).collect()))
        }
        Answer::Image { media_id } => ("image", text(media_id)),
        Answer::Voice { media_id } => ("voice", text(media_id)),
        Answer::Video { media_id, title, description } => (
            "video",
            table(vec![
                ("media_id", text(media_id)),
                ("title", text(title)),
                ("description", text(description)),
            ]),
        ),
        Answer::Agent { agent } => ("agent", text(agent.as_deref().unwrap_or_default())),
    };
    table(vec![(key, value)]).to_string()
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

    fn answers(&mut self, answers: &[Answer], choice: Choice) {
        let lines: Vec<String> = answers.iter().map(|answer| format!("  {},\n", inline(answer))).collect();
        self.raw("answers", &format!("[\n{}]", lines.concat()));
        if answers.len() > 1 {
            self.text("choice", choice.as_str());
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

/// A day where it is one, else the moment.
fn day_or_moment(millis: i64) -> String {
    let day = Timestamp::from_millis(millis).shanghai_date();
    if Timestamp::start_of_shanghai_day(day).millis() == millis { date(millis) } else { minute(millis) }
}

fn minute(millis: i64) -> String {
    Timestamp::from_millis(millis).in_shanghai().format("%Y-%m-%dT%H:%M:%S").to_string()
}
