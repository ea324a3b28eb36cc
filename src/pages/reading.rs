//! From rows to views: what each page shows, read from the database.

use sea_orm::{ConnectionTrait, DbErr};

use super::views::{
    ArticleList, ArticlePage, ArticleRow, Board, ContactRow, EventPage, EventRow, Home, Hotline, PageLink,
    PlacePage, PlaceRow, SectionContent, SectionLink, SectionPage, SectionTile,
};
use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::content::store::{self, Cursor, Direction, Headline, Listing};
use crate::content::{Article, ContactPoint, Event, HTML, Place, Section, SectionKind, html};

/// So many articles stand on one page of a list.
const PAGE: usize = 20;
/// Pinned ones all stand on the first page of a list.
const PINNED: u64 = 200;
const HOME_NOTICES: usize = 6;
const UPCOMING: u64 = 100;
const PAST: u64 = 20;

pub(super) async fn home(
    db: &impl ConnectionTrait,
    account: AccountId,
    now: Timestamp,
) -> Result<Home, DbErr> {
    let mut boards: Vec<Board> = Vec::new();
    for section in store::sections(db, account).await? {
        let tile = SectionTile {
            key: section.slug,
            number: section.number,
            title: section.title,
            summary: section.summary,
            kind: section.kind.as_str(),
        };
        match boards.iter_mut().find(|board| board.title == section.board) {
            Some(board) => board.sections.push(tile),
            None => boards.push(Board { title: section.board, sections: vec![tile] }),
        }
    }
    let limit = HOME_NOTICES as u64;
    let pinned = store::list(db, account, None, Listing::Pinned, now, limit / 2).await?;
    let latest = store::list(db, account, None, Listing::Others(None), now, limit).await?;
    let notices = pinned.into_iter().chain(latest).take(HOME_NOTICES).map(article_row).collect();
    Ok(Home { boards, notices })
}

pub(super) async fn section(
    db: &impl ConnectionTrait,
    section: Section,
    before: Option<Cursor>,
    now: Timestamp,
) -> Result<SectionPage, DbErr> {
    let account = section.account_id;
    let content = match section.kind {
        SectionKind::Page => SectionContent::Page,
        SectionKind::Articles => SectionContent::Articles,
        SectionKind::Map => {
            SectionContent::Map(store::places(db, account).await?.into_iter().map(place_row).collect())
        }
        SectionKind::Contacts => SectionContent::Contacts(
            store::contacts(db, account).await?.into_iter().map(contact_row).collect(),
        ),
        SectionKind::Events => {
            let mut events = store::upcoming_events(db, account, now, UPCOMING).await?;
            events.extend(store::past_events(db, account, now, PAST).await?);
            SectionContent::Events(events.iter().map(event_row).collect())
        }
    };
    Ok(SectionPage {
        articles: articles(db, account, &section.slug, before, now).await?,
        link: section_link(&section),
        summary: section.summary,
        body_html: section.body_html,
        content,
    })
}

/// One page of a section's articles: the pinned ones first of all, then the others, latest first.
async fn articles(
    db: &impl ConnectionTrait,
    account: AccountId,
    section: &str,
    before: Option<Cursor>,
    now: Timestamp,
) -> Result<ArticleList, DbErr> {
    let mut rows = Vec::new();
    if before.is_none() {
        rows = store::list(db, account, Some(section), Listing::Pinned, now, PINNED).await?;
    }
    // One more than is shown tells whether there is another page.
    let listing = Listing::Others(before);
    let mut others = store::list(db, account, Some(section), listing, now, PAGE as u64 + 1).await?;
    let has_older = others.len() > PAGE;
    others.truncate(PAGE);
    let older = others.last().filter(|_| has_older).map(|last| format!("{}-{}", last.published_at, last.id));
    rows.extend(others);
    Ok(ArticleList {
        rows: rows.into_iter().map(article_row).collect(),
        older,
        is_continued: before.is_some(),
    })
}

/// The cursor that stands behind `?before=`; none when it is not one of ours.
pub(super) fn cursor(text: &str) -> Option<Cursor> {
    let (published_at, id) = text.rsplit_once('-')?;
    Some(Cursor { published_at: published_at.parse().ok()?, id: id.parse().ok()? })
}

pub(super) async fn article(
    db: &impl ConnectionTrait,
    article: Article,
    now: Timestamp,
) -> Result<ArticlePage, DbErr> {
    let section = store::section(db, article.account_id, &article.section).await?;
    let newer = store::neighbor(db, &article, Direction::Newer, now).await?;
    let older = store::neighbor(db, &article, Direction::Older, now).await?;
    let superseded_by = match &article.superseded_by {
        Some(slug) => {
            let successor = store::article(db, article.account_id, slug).await?;
            successor.filter(|successor| successor.published_at <= now.millis())
        }
        None => None,
    };
    let attachments = article.attached();
    // What the console wrote goes through the sanitizer once more: it may be stricter today than when it was stored.
    let body_html = match article.format.as_deref() {
        Some(HTML) => html::sanitize(&article.body_html),
        _ => article.body_html,
    };
    Ok(ArticlePage {
        title: article.title,
        source: article.source,
        document_number: article.document_number,
        published_at: article.published_at,
        valid_from: article.valid_from,
        valid_until: article.valid_until,
        body_html,
        section: section.as_ref().map(section_link),
        newer: newer.map(headline_link),
        older: older.map(headline_link),
        author: article.author,
        audience_note: article.audience_note,
        superseded_by: superseded_by.map(|article| PageLink { slug: article.slug, title: article.title }),
        attachments,
    })
}

pub(super) async fn place(db: &impl ConnectionTrait, place: Place) -> Result<PlacePage, DbErr> {
    let account = place.account_id;
    let (phone, hours, note) = (place.phone.clone(), place.hours.clone(), place.note.clone());
    Ok(PlacePage {
        place: place_row(place),
        phone,
        hours,
        note,
        section: section_of_kind(db, account, SectionKind::Map).await?,
        all_places: store::places(db, account).await?.into_iter().map(place_row).collect(),
    })
}

pub(super) async fn event(db: &impl ConnectionTrait, event: Event) -> Result<EventPage, DbErr> {
    let account = event.account_id;
    let place = match &event.place {
        Some(slug) => store::place(db, account, slug).await?,
        None => None,
    };
    Ok(EventPage {
        event: event_row(&event),
        place: place.map(|place| PageLink { slug: place.slug, title: place.name }),
        organizer: event.organizer,
        audience: event.audience,
        signup: event.signup,
        body_html: event.body_html,
        section: section_of_kind(db, account, SectionKind::Events).await?,
    })
}

/// The number that every page offers: the contact whose name in the files ends in `hotline`, else the first.
pub(super) async fn hotline(db: &impl ConnectionTrait, account: AccountId) -> Result<Option<Hotline>, DbErr> {
    let contacts = store::contacts(db, account).await?;
    let chosen = contacts.iter().find(|contact| contact.slug.ends_with("hotline")).or(contacts.first());
    Ok(chosen.map(|contact| Hotline { name: contact.name.clone(), phone: contact.phone.clone() }))
}

async fn section_of_kind(
    db: &impl ConnectionTrait,
    account: AccountId,
    kind: SectionKind,
) -> Result<Option<SectionLink>, DbErr> {
    let sections = store::sections(db, account).await?;
    Ok(sections.iter().find(|section| section.kind == kind).map(section_link))
}

fn section_link(section: &Section) -> SectionLink {
    SectionLink { key: section.slug.clone(), title: section.title.clone(), board: section.board.clone() }
}

fn headline_link(headline: Headline) -> PageLink {
    PageLink { slug: headline.slug, title: headline.title }
}

fn article_row(headline: Headline) -> ArticleRow {
    ArticleRow {
        picture: headline.picture_path(),
        slug: headline.slug,
        title: headline.title,
        digest: headline.digest,
        published_at: headline.published_at,
        valid_until: headline.valid_until,
        is_pinned: headline.pinned,
    }
}

fn place_row(place: Place) -> PlaceRow {
    PlaceRow {
        slug: place.slug,
        name: place.name,
        category: place.category,
        address: place.address,
        latitude: place.latitude,
        longitude: place.longitude,
    }
}

fn contact_row(contact: ContactPoint) -> ContactRow {
    ContactRow {
        name: contact.name,
        group: contact.category,
        phone: contact.phone,
        hours: contact.hours,
        note: contact.note,
    }
}

fn event_row(event: &Event) -> EventRow {
    EventRow {
        slug: event.slug.clone(),
        title: event.title.clone(),
        starts_at: event.starts_at,
        ends_at: event.ends_at,
        venue: event.venue.clone(),
    }
}
