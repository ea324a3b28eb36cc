//! Articles that came by another way than this desk get a notice, so that editors find them; and notices follow what
//! files have changed since.

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;
use serde_json::json;

use super::content::{Content, hash};
use super::desk::{NOBODY, Refusal};
use super::desk::{blank, fill, version};
use super::models::revision::Kind;
use super::models::{notice, revision};
use super::states::State;
use super::{store, texts};
use crate::accounts::Account;
use crate::app::App;
use crate::clock::Timestamp;
use crate::content::{self, Article, HTML, words};

/// So many articles are gone through in one transaction, so that no push waits for long.
const CHUNK: usize = 100;

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adopted {
    /// Articles that got a notice.
    pub new: usize,
    /// Notices whose article files have changed.
    pub changed: usize,
    /// Notices whose article is gone.
    pub gone: usize,
}

/// Makes a notice for each article that has none. Cheap when there is nothing to do, and safe on several nodes at once.
///
/// # Errors
/// When the database does not answer, or another node is at it.
pub async fn adopt_new(app: &App, account: &Account) -> Result<Adopted, Refusal> {
    let known: HashSet<String> = store::slugs(app.db.reader(), account.id).await?.into_iter().collect();
    let slugs = content::store::article_slugs(app.db.reader(), account.id).await?;
    if slugs.iter().all(|slug| known.contains(slug)) {
        return Ok(Adopted::default());
    }
    let articles = content::store::articles(app.db.reader(), account.id).await?;
    let new: Vec<Article> = articles.into_iter().filter(|article| !known.contains(&article.slug)).collect();
    let mut adopted = Adopted::default();
    for chunk in new.chunks(CHUNK) {
        let transaction = app.db.begin_write().await?;
        for article in chunk {
            take_in(&transaction, account, article, app.clock.now(), &mut adopted).await?;
        }
        transaction.commit().await?;
    }
    Ok(adopted)
}

/// Brings the notices in line with the articles after an import. What files have changed becomes a revision and is what
/// residents see; what files have removed is withdrawn. Drafts stay.
///
/// # Errors
/// When the database does not answer; what was done until then stays.
pub async fn follow(app: &App, account: &Account) -> Result<Adopted, Refusal> {
    let articles = content::store::articles(app.db.reader(), account.id).await?;
    let live = store::live(app.db.reader(), account.id).await?;
    let present: HashSet<&str> = articles.iter().map(|article| article.slug.as_str()).collect();
    let gone: Vec<i64> =
        live.iter().filter(|(_, slug, _)| !present.contains(slug.as_str())).map(|(id, ..)| *id).collect();
    let prints: HashMap<&str, Option<&str>> =
        live.iter().map(|(_, slug, print)| (slug.as_str(), print.as_deref())).collect();
    let other: Vec<&Article> = articles
        .iter()
        .filter(|article| {
            prints.get(article.slug.as_str()).copied().flatten() != Some(print(article).as_str())
        })
        .collect();
    let mut adopted = Adopted::default();
    for chunk in other.chunks(CHUNK) {
        let transaction = app.db.begin_write().await?;
        for article in chunk {
            take_in(&transaction, account, article, app.clock.now(), &mut adopted).await?;
        }
        transaction.commit().await?;
    }
    for chunk in gone.chunks(CHUNK) {
        let transaction = app.db.begin_write().await?;
        for id in chunk {
            let Some(mut notice) = store::find(&transaction, account.id, *id).await? else { continue };
            if matches!(notice.state, State::Published | State::Expired) {
                notice.state = State::Withdrawn;
            }
            (notice.live_revision, notice.live_print, notice.expires_at, notice.withdraw_at) =
                (None, None, None, None);
            notice.reason = Some(texts::IMPORTED_GONE.into());
            adopted.gone += usize::from(store::put(&transaction, &notice).await?);
        }
        transaction.commit().await?;
    }
    Ok(adopted)
}

/// Makes a notice of an article, or lets its notice follow it.
async fn take_in(
    db: &impl ConnectionTrait,
    account: &Account,
    article: &Article,
    now: Timestamp,
    adopted: &mut Adopted,
) -> Result<(), Refusal> {
    let content = content_of(account, article);
    let Some(mut notice) = store::find_by_slug(db, account.id, &article.slug).await? else {
        let born = Timestamp::from_millis(article.published_at);
        let mut notice = blank(account.id, article.slug.clone(), &content, NOBODY, born);
        notice.state = State::Published;
        show(&mut notice, article, 1);
        let notice = store::add(db, notice).await?;
        let row = version(&notice, &content, Kind::Import, NOBODY, born);
        store::add_revision(db, revision::Model { kept: true, ..row }).await?;
        adopted.new += 1;
        return Ok(());
    };
    if notice.live_print.as_deref() == Some(print(article).as_str()) {
        return Ok(());
    }
    let number = store::last_revision(db, account.id, notice.id).await?.map_or(1, |last| last.number + 1);
    let is_settled = matches!(notice.state, State::Published | State::Expired | State::Withdrawn);
    if is_settled || notice.deleted_at.is_some() {
        // Nobody is at work on another version.
        notice.revision = number;
        notice.state = State::Published;
        notice.deleted_at = None;
        fill(&mut notice, &content);
        notice.changed_by = NOBODY;
        notice.changed_at = now.millis();
    }
    show(&mut notice, article, number);
    notice.reason = None;
    let row = revision::Model { number, ..version(&notice, &content, Kind::Import, NOBODY, now) };
    store::add_revision(db, revision::Model { kept: true, ..row }).await?;
    adopted.changed += usize::from(store::put(db, &notice).await?);
    Ok(())
}

fn show(notice: &mut notice::Model, article: &Article, number: i64) {
    notice.live_revision = Some(number);
    notice.live_print = Some(print(article));
    notice.published_at = Some(article.published_at);
    notice.expires_at = article.valid_until;
    notice.pinned = article.pinned;
}

/// What an article says, as a notice says it.
fn content_of(account: &Account, article: &Article) -> Content {
    let mut sections = vec![article.section.clone()];
    sections.extend(article.further_sections());
    // Markdown gives addresses that start from the article's page; in the console they would lead elsewhere.
    let body = match article.format.as_deref() {
        Some(HTML) => article.body_html.clone(),
        _ => article.body_html.replace("src=\"../pictures/", &format!("src=\"/h/{}/pictures/", account.slug)),
    };
    let content = Content {
        title: article.title.clone(),
        cover: article.cover.clone(),
        picture: article.picture.clone(),
        digest: article.digest.clone(),
        author: article.author.clone(),
        source: article.source.clone(),
        document_number: article.document_number.clone(),
        sections,
        body_html: body,
        attachments: article.attached(),
        valid_from: article.valid_from,
        valid_until: article.valid_until,
        superseded_by: article.superseded_by.clone(),
        audience_note: article.audience_note.clone(),
        keywords: words(&article.keywords),
    };
    // Content files have been checked more strictly than this; what is not clean all the same is taken as it is.
    content.clone().clean().unwrap_or(content)
}

/// The hash of all that residents get of an article.
pub(super) fn print(article: &Article) -> String {
    let Article { id: _, account_id: _, section, slug, title, digest, published_at, source, .. } = article;
    let Article {
        document_number, valid_from, valid_until, pinned, keywords, picture, body_source: _, ..
    } = article;
    let Article {
        body_html, author, cover, attachments, audience_note, superseded_by, more_sections, ..
    } = article;
    let parts = json!([
        section,
        slug,
        title,
        digest,
        published_at,
        source,
        document_number,
        valid_from,
        valid_until,
        pinned,
        keywords,
        picture,
        body_html,
        author,
        cover,
        attachments,
        audience_note,
        superseded_by,
        more_sections
    ]);
    hash(parts.to_string().as_bytes())
}
