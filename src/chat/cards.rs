//! Cards: the pictures with a title that open a page.

use super::snapshot::Snapshot;
use super::texts;
use crate::clock::Timestamp;
use crate::content::store::{Headline, picture_path};
use crate::content::{Section, SectionKind};
use crate::wechat::reply::{self, Article};

/// WeChat shows this many cards in answer to a tap; the section itself is one of them.
const ITEMS: usize = 5;
const NUMBERS: usize = 4;
/// WeChat cuts longer titles and descriptions on the phone; these keep the reply small.
const TITLE_BYTES: usize = 96;
const DESCRIPTION_BYTES: usize = 360;

/// The card of a section; that of the telephone numbers says the first ones at once.
pub(super) fn section(snapshot: &Snapshot, section: &Section) -> Article {
    let numbers = match section.kind {
        SectionKind::Contacts => snapshot.contacts.iter().take(NUMBERS),
        _ => snapshot.contacts.iter().take(0),
    };
    let numbers: Vec<String> = numbers.map(|contact| texts::number(&contact.name, &contact.phone)).collect();
    let description = if numbers.is_empty() { section.summary.clone() } else { numbers.join("\n") };
    card(
        snapshot,
        &section.title,
        &description,
        pictured(section).as_deref(),
        format!("{}/s/{}", snapshot.pages, section.slug),
    )
}

/// The card of a section, followed by the cards of what is newest in it.
pub(super) fn section_with_items(snapshot: &Snapshot, section: &Section, now: Timestamp) -> Vec<Article> {
    let mut cards = vec![self::section(snapshot, section)];
    match section.kind {
        SectionKind::Events => {
            let coming = snapshot.events.iter().filter(|event| event.ends_at >= now.millis());
            cards.extend(coming.take(ITEMS).map(|event| {
                let date = Timestamp::from_millis(event.starts_at).shanghai_date();
                let title = texts::event_title(date, &event.title);
                let url = format!("{}/e/{}", snapshot.pages, event.slug);
                card(snapshot, &title, &event.venue, pictured(section).as_deref(), url)
            }));
        }
        SectionKind::Page | SectionKind::Articles | SectionKind::Map | SectionKind::Contacts => {
            let of_section = |pinned: bool| {
                snapshot.headlines.iter().filter(move |headline| {
                    headline.stands_in(&section.slug) && headline.pinned == pinned && headline.is_current(now)
                })
            };
            let items = of_section(true).chain(of_section(false)).take(ITEMS);
            cards.extend(items.map(|headline| article(snapshot, headline)));
        }
    }
    cards
}

/// The card of an article, with the section's picture if it has none of its own.
pub(super) fn article(snapshot: &Snapshot, headline: &Headline) -> Article {
    let of_section = || snapshot.section(&headline.section).and_then(pictured);
    card(
        snapshot,
        &headline.title,
        &headline.digest,
        headline.picture_path().or_else(of_section).as_deref(),
        format!("{}/a/{}", snapshot.pages, headline.slug),
    )
}

/// Where the section's picture is, below the address of the account's pages.
fn pictured(section: &Section) -> Option<String> {
    picture_path(None, section.picture.as_deref())
}

fn card(snapshot: &Snapshot, title: &str, description: &str, picture: Option<&str>, url: String) -> Article {
    Article {
        title: reply::truncate_bytes(title, TITLE_BYTES).to_owned(),
        description: reply::truncate_bytes(description, DESCRIPTION_BYTES).to_owned(),
        picture_url: picture.map(|path| format!("{}/{path}", snapshot.pages)).unwrap_or_default(),
        url,
    }
}
