//! Followers as a list: newest first, looked through in bounded parts, so that a filter that fits nobody among a million
//! does not take a million rows in one question.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Func, LikeExpr};
use sea_orm::{ExprTrait, QueryOrder, QuerySelect, Select};

use super::labels::{remark, tagging};
use super::{Column, Entity, Model, ledger};
use crate::accounts::AccountId;
use crate::subscribers::{Change, State};

/// So many rows are looked at in one question, …
const PART: u64 = 5_000;
/// … and so many questions are asked for one page.
const PARTS: usize = 10;
/// So many of those who have a tag or a remark are looked at in one question.
const LABELED: u64 = 500;
const ESCAPE: char = '!';

/// Whom a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub state: Option<State>,
    pub source: Option<String>,
    pub tag: Option<i64>,
    /// Words in the remark.
    pub remark: Option<String>,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub rows: Vec<Model>,
    /// Everybody from this id up has been looked at; none when all have.
    pub next: Option<i64>,
}

/// Followers with an id below `before`, the highest first, at most `limit`; there may be fewer although there are more,
/// when so many had to be passed over.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    filter: &Filter,
    before: Option<i64>,
    limit: u64,
) -> Result<Listed, DbErr> {
    let (mut rows, mut before) = (Vec::new(), before.unwrap_or(i64::MAX));
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    for _ in 0..PARTS {
        let (found, reached) = match (filter.tag, &filter.remark) {
            (None, None) => part(db, account, filter, before, limit).await?,
            (Some(tag), _) => {
                let ids = tagged(db, account, tag, before).await?;
                labeled(db, account, filter, &ids).await?
            }
            (None, Some(words)) => {
                let ids = remarked(db, account, words, before, None).await?;
                labeled(db, account, filter, &ids).await?
            }
        };
        for row in found {
            rows.push(row);
            if rows.len() == most {
                let next = rows.last().map(|last: &Model| last.id);
                return Ok(Listed { rows, next });
            }
        }
        match reached {
            Some(reached) => before = reached,
            None => return Ok(Listed { rows, next: None }),
        }
    }
    Ok(Listed { rows, next: Some(before) })
}

fn fitting(query: Select<Entity>, filter: &Filter) -> Select<Entity> {
    let mut query = query;
    if let Some(state) = filter.state {
        query = query.filter(Column::State.eq(state));
    }
    if let Some(source) = &filter.source {
        query = query.filter(Column::Source.eq(source.as_str()));
    }
    query
}

async fn part(
    db: &impl ConnectionTrait,
    account: AccountId,
    filter: &Filter,
    before: i64,
    limit: u64,
) -> Result<(Vec<Model>, Option<i64>), DbErr> {
    let own = || Entity::find().filter(Column::AccountId.eq(account)).filter(Column::Id.lt(before));
    let end: Option<i64> = own()
        .select_only()
        .column(Column::Id)
        .order_by_desc(Column::Id)
        .offset(PART)
        .into_tuple()
        .one(db)
        .await?;
    let part = own().filter(Column::Id.gt(end.unwrap_or(0)));
    let found = fitting(part, filter).order_by_desc(Column::Id).limit(limit).all(db).await?;
    Ok((found, end.map(|end| end + 1)))
}

async fn tagged(
    db: &impl ConnectionTrait,
    account: AccountId,
    tag: i64,
    before: i64,
) -> Result<Vec<i64>, DbErr> {
    tagging::Entity::find()
        .select_only()
        .column(tagging::Column::SubscriberId)
        .filter(tagging::Column::AccountId.eq(account))
        .filter(tagging::Column::TagId.eq(tag))
        .filter(tagging::Column::SubscriberId.lt(before))
        .order_by_desc(tagging::Column::SubscriberId)
        .limit(LABELED)
        .into_tuple()
        .all(db)
        .await
}

async fn remarked(
    db: &impl ConnectionTrait,
    account: AccountId,
    words: &str,
    before: i64,
    among: Option<&[i64]>,
) -> Result<Vec<i64>, DbErr> {
    let mut pattern = String::from("%");
    for character in words.to_lowercase().chars() {
        if matches!(character, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(character);
    }
    pattern.push('%');
    let pattern = LikeExpr::new(pattern).escape(ESCAPE);
    let mut query = remark::Entity::find()
        .select_only()
        .column(remark::Column::SubscriberId)
        .filter(remark::Column::AccountId.eq(account))
        .filter(remark::Column::SubscriberId.lt(before))
        .filter(Expr::expr(Func::lower(Expr::col(remark::Column::Remark))).like(pattern));
    if let Some(among) = among {
        query = query.filter(remark::Column::SubscriberId.is_in(among.iter().copied()));
    }
    query.order_by_desc(remark::Column::SubscriberId).limit(LABELED).into_tuple().all(db).await
}

/// Those of some people who fit, and where the next ones begin.
async fn labeled(
    db: &impl ConnectionTrait,
    account: AccountId,
    filter: &Filter,
    ids: &[i64],
) -> Result<(Vec<Model>, Option<i64>), DbErr> {
    let next = ids.last().copied().filter(|_| ids.len() as u64 == LABELED);
    let mut wanted = ids.to_vec();
    if let (Some(_), Some(words)) = (filter.tag, &filter.remark) {
        wanted = remarked(db, account, words, i64::MAX, Some(ids)).await?;
    }
    let people = Entity::find().filter(Column::AccountId.eq(account)).filter(Column::Id.is_in(wanted));
    let found = fitting(people, filter).order_by_desc(Column::Id).all(db).await?;
    Ok((found, next))
}

/// One of the account's people, by the id that stands in links.
pub async fn find_by_id(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: i64,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::AccountId.eq(account)).one(db).await
}

/// Some of the account's people, by openid; at most as many as were asked for.
pub async fn find_many(
    db: &impl ConnectionTrait,
    account: AccountId,
    openids: &[&str],
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Openid.is_in(openids.iter().copied()))
        .all(db)
        .await
}

/// The account's people after one of them, in the order of their ids, as an export reads them.
pub async fn after(
    db: &impl ConnectionTrait,
    account: AccountId,
    after: i64,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// A line of the ledger, as a person's history tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub change: Change,
    pub scene: Option<String>,
    pub at: i64,
}

/// When somebody followed and left, the latest first.
pub async fn history(
    db: &impl ConnectionTrait,
    account: AccountId,
    openid: &str,
    limit: u64,
) -> Result<Vec<Line>, DbErr> {
    let rows = ledger::Entity::find()
        .filter(ledger::Column::AccountId.eq(account))
        .filter(ledger::Column::Openid.eq(openid))
        .order_by_desc(ledger::Column::At)
        .order_by_desc(ledger::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| Line { change: row.change, scene: row.scene, at: row.at }).collect())
}
