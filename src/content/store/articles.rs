//! Articles: lists, pages of lists, neighbors.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, ExprTrait, FromQueryResult, QueryOrder, QuerySelect};

use super::Row;
use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::content::models::article;

pub async fn article(
    db: &impl ConnectionTrait,
    account: AccountId,
    slug: &str,
) -> Result<Option<article::Model>, DbErr> {
    article::Model::by_key(db, account, slug).await
}

/// An article as a list or a chat card shows it, without its text.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Headline {
    pub id: i64,
    pub section: String,
    pub slug: String,
    pub title: String,
    pub digest: String,
    pub published_at: i64,
    pub valid_from: Option<i64>,
    pub valid_until: Option<i64>,
    pub pinned: bool,
    pub keywords: String,
    pub picture: Option<String>,
}

impl Headline {
    /// Whether residents are to be told of it at this moment.
    pub fn is_current(&self, now: Timestamp) -> bool {
        self.published_at <= now.millis()
            && self.valid_from.is_none_or(|from| from <= now.millis())
            && self.valid_until.is_none_or(|until| until > now.millis())
    }
}

const HEADLINE: [article::Column; 11] = [
    article::Column::Id,
    article::Column::Section,
    article::Column::Slug,
    article::Column::Title,
    article::Column::Digest,
    article::Column::PublishedAt,
    article::Column::ValidFrom,
    article::Column::ValidUntil,
    article::Column::Pinned,
    article::Column::Keywords,
    article::Column::Picture,
];

/// Every article that is or will be current, without its text, latest first: what the chat keeps in memory.
pub async fn headlines(
    db: &impl ConnectionTrait,
    account: AccountId,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<Headline>, DbErr> {
    article::Entity::find()
        .select_only()
        .columns(HEADLINE)
        .filter(article::Column::AccountId.eq(account))
        .filter(
            Condition::any()
                .add(article::Column::ValidUntil.is_null())
                .add(article::Column::ValidUntil.gt(now.millis())),
        )
        .order_by_desc(article::Column::PublishedAt)
        .order_by_desc(article::Column::Id)
        .limit(limit)
        .into_model()
        .all(db)
        .await
}

/// Where the next page of a list begins: after the article published then, with that id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub published_at: i64,
    pub id: i64,
}

/// Which of a section's articles.
#[derive(Clone, Copy, Debug)]
pub enum Listing {
    /// Those that editors pinned to the top.
    Pinned,
    /// The others, from a place in the list on.
    Others(Option<Cursor>),
}

/// Articles that are current, latest first: of one section, or of all.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    section: Option<&str>,
    listing: Listing,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<Headline>, DbErr> {
    let mut query = article::Entity::find()
        .select_only()
        .columns(HEADLINE)
        .filter(article::Column::AccountId.eq(account))
        .filter(current(now));
    if let Some(section) = section {
        query = query.filter(article::Column::Section.eq(section));
    }
    query = match listing {
        Listing::Pinned => query.filter(article::Column::Pinned.eq(true)),
        Listing::Others(None) => query.filter(article::Column::Pinned.eq(false)),
        Listing::Others(Some(Cursor { published_at, id })) => {
            let same_moment = article::Column::PublishedAt.eq(published_at).and(article::Column::Id.lt(id));
            query
                .filter(article::Column::Pinned.eq(false))
                .filter(article::Column::PublishedAt.lt(published_at).or(same_moment))
        }
    };
    query
        .order_by_desc(article::Column::PublishedAt)
        .order_by_desc(article::Column::Id)
        .limit(limit)
        .into_model()
        .all(db)
        .await
}

/// Which way along a section's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Newer,
    Older,
}

/// The current article next to this one in its section, by date.
pub async fn neighbor(
    db: &impl ConnectionTrait,
    article: &article::Model,
    direction: Direction,
    now: Timestamp,
) -> Result<Option<Headline>, DbErr> {
    let (moment, id) = (article::Column::PublishedAt, article::Column::Id);
    let query = article::Entity::find()
        .select_only()
        .columns(HEADLINE)
        .filter(article::Column::AccountId.eq(article.account_id))
        .filter(article::Column::Section.eq(&article.section))
        .filter(current(now));
    let (at, own) = (article.published_at, article.id);
    let query = match direction {
        Direction::Newer => query
            .filter(moment.gt(at).or(moment.eq(at).and(id.gt(own))))
            .order_by_asc(moment)
            .order_by_asc(id),
        Direction::Older => query
            .filter(moment.lt(at).or(moment.eq(at).and(id.lt(own))))
            .order_by_desc(moment)
            .order_by_desc(id),
    };
    query.limit(1).into_model().one(db).await
}

fn current(now: Timestamp) -> Condition {
    Condition::all()
        .add(article::Column::PublishedAt.lte(now.millis()))
        .add(
            Condition::any()
                .add(article::Column::ValidFrom.is_null())
                .add(article::Column::ValidFrom.lte(now.millis())),
        )
        .add(
            Condition::any()
                .add(article::Column::ValidUntil.is_null())
                .add(article::Column::ValidUntil.gt(now.millis())),
        )
}
