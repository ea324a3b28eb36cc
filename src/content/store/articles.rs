//! Articles: lists, pages of lists, neighbors.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, ExprTrait, FromQueryResult, QueryOrder, QuerySelect, QueryTrait};

use super::{CHUNK, Row};
use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::content::models::{article, article_section};

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
    pub cover: Option<String>,
    pub more_sections: Option<String>,
}

impl Headline {
    /// Whether it stands under a section, be it the first or a further one.
    pub fn stands_in(&self, section: &str) -> bool {
        let further =
            || self.more_sections.as_deref().is_some_and(|json| json.split('"').any(|part| part == section));
        self.section == section || further()
    }

    /// Where its picture is, below the address of the account's pages.
    pub fn picture_path(&self) -> Option<String> {
        picture_path(self.cover.as_deref(), self.picture.as_deref())
    }

    /// Whether residents are to be told of it at this moment.
    pub fn is_current(&self, now: Timestamp) -> bool {
        self.published_at <= now.millis()
            && self.valid_from.is_none_or(|from| from <= now.millis())
            && self.valid_until.is_none_or(|until| until > now.millis())
    }
}

const HEADLINE: [article::Column; 13] = [
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
    article::Column::Cover,
    article::Column::MoreSections,
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
        query = query.filter(standing_in(account, section));
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

/// Of one section, as its first or as a further one.
fn standing_in(account: AccountId, section: &str) -> Condition {
    let further = article_section::Entity::find()
        .select_only()
        .column(article_section::Column::Slug)
        .filter(article_section::Column::AccountId.eq(account))
        .filter(article_section::Column::Section.eq(section));
    Condition::any()
        .add(article::Column::Section.eq(section))
        .add(article::Column::Slug.in_subquery(further.into_query()))
}

/// Where the picture of an article is, below the address of the account's pages: the cover, else the picture that came
/// with the files.
pub fn picture_path(cover: Option<&str>, picture: Option<&str>) -> Option<String> {
    let cover = cover.map(|name| format!("media/{name}"));
    cover.or_else(|| picture.map(|name| format!("pictures/{name}")))
}

/// All articles of an account with their texts.
pub async fn articles(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<article::Model>, DbErr> {
    article::Model::all(db, account).await
}

/// The names of all articles of an account.
pub async fn article_slugs(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<String>, DbErr> {
    let own = article::Entity::find().filter(article::Column::AccountId.eq(account));
    own.select_only().column(article::Column::Slug).into_tuple().all(db).await
}

/// Writes an article in place of the one of that name, or as a new one.
pub async fn put_article(
    db: &impl ConnectionTrait,
    account: AccountId,
    mut article: article::Model,
) -> Result<(), DbErr> {
    let known = article::Model::by_key(db, account, &article.slug).await?;
    article.adopt(known.as_ref(), account);
    unlist(db, account, &article.slug).await?;
    let further = further_rows(account, &article);
    if known.is_some() {
        article.update(db).await?;
    } else {
        article::Model::insert(db, vec![article]).await?;
    }
    if !further.is_empty() {
        article_section::Entity::insert_many(further).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Removes an article; says whether there was one.
pub async fn remove_article(
    db: &impl ConnectionTrait,
    account: AccountId,
    slug: &str,
) -> Result<bool, DbErr> {
    unlist(db, account, slug).await?;
    let own = article::Entity::delete_many().filter(article::Column::AccountId.eq(account));
    Ok(own.filter(article::Column::Slug.eq(slug)).exec(db).await?.rows_affected > 0)
}

/// Makes the table of further sections anew from the articles.
pub async fn list_anew(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    let own = article_section::Entity::delete_many().filter(article_section::Column::AccountId.eq(account));
    own.exec(db).await?;
    let with_more = article::Entity::find()
        .filter(article::Column::AccountId.eq(account))
        .filter(article::Column::MoreSections.is_not_null())
        .all(db)
        .await?;
    let rows: Vec<_> = with_more.iter().flat_map(|article| further_rows(account, article)).collect();
    for chunk in rows.chunks(CHUNK) {
        article_section::Entity::insert_many(chunk.to_vec()).exec_without_returning(db).await?;
    }
    Ok(())
}

async fn unlist(db: &impl ConnectionTrait, account: AccountId, slug: &str) -> Result<(), DbErr> {
    article_section::Entity::delete_many()
        .filter(article_section::Column::AccountId.eq(account))
        .filter(article_section::Column::Slug.eq(slug))
        .exec(db)
        .await?;
    Ok(())
}

fn further_rows(account: AccountId, article: &article::Model) -> Vec<article_section::ActiveModel> {
    let mut sections = article.further_sections();
    sections.sort();
    sections.dedup();
    let row = |section| article_section::ActiveModel {
        id: NotSet,
        account_id: Set(account),
        section: Set(section),
        slug: Set(article.slug.clone()),
    };
    sections.into_iter().map(row).collect()
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
