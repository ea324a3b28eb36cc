//! Finding words in what residents wrote. There is no index on texts, which every push would have to pay for, so a
//! search looks through a bounded part of the table and says how far it has come.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Func, LikeExpr};
use sea_orm::{ExprTrait, QueryOrder, QuerySelect};

use super::{Column, Entity, Stored};
use crate::accounts::AccountId;
use crate::clock::Timestamp;

/// Halving a table so often finds a row in any table that there can be.
const HALVINGS: usize = 64;
/// A character that is rare in what people write, so that patterns stay short.
const ESCAPE: char = '!';

/// Where a search goes on, and what it looks for.
#[derive(Clone, Debug)]
pub struct Sought<'a> {
    pub words: &'a str,
    pub since: Timestamp,
    pub until: Timestamp,
    /// Ids from here, inclusive…
    pub from_id: i64,
    /// … to here, exclusive.
    pub before_id: i64,
}

/// The texts of a range of ids in which the words stand, in any letter case, the latest first.
pub async fn search(
    db: &impl ConnectionTrait,
    account: AccountId,
    sought: &Sought<'_>,
    limit: u64,
) -> Result<Vec<Stored>, DbErr> {
    // As it stands in the column, which holds JSON.
    let json = serde_json::Value::from(sought.words.to_lowercase()).to_string();
    let words = &json[1..json.len() - 1];
    let mut pattern = String::from("%");
    for character in words.chars() {
        if matches!(character, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(character);
    }
    pattern.push('%');
    let found = Entity::find()
        .select_only()
        .columns(super::conversations::STORED)
        .filter(Column::Id.gte(sought.from_id))
        .filter(Column::Id.lt(sought.before_id))
        // The range of ids is small, and the key of the account would lead through all of its messages.
        .filter(Expr::col(Column::AccountId).add(0).eq(account))
        .filter(Column::Kind.eq("text"))
        .filter(Column::ReceivedAt.gte(sought.since.millis()))
        .filter(Column::ReceivedAt.lt(sought.until.millis()))
        .filter(
            Expr::expr(Func::lower(Expr::col(Column::Content))).like(LikeExpr::new(pattern).escape(ESCAPE)),
        )
        .order_by_desc(Column::Id)
        .limit(limit)
        .into_model()
        .all(db)
        .await?;
    Ok(found)
}

/// The lowest and the highest id. Installation-wide.
pub async fn bounds(db: &impl ConnectionTrait) -> Result<Option<(i64, i64)>, DbErr> {
    let ids = || Entity::find().select_only().column(Column::Id);
    let first: Option<i64> = ids().order_by_asc(Column::Id).into_tuple().one(db).await?;
    let last: Option<i64> = ids().order_by_desc(Column::Id).into_tuple().one(db).await?;
    Ok(first.zip(last))
}

/// About the first id that was received at a moment or later; one after the last when none was. Ids come in the order
/// of arrival, save those that waited in a journal. Installation-wide.
pub async fn id_at(db: &impl ConnectionTrait, moment: Timestamp) -> Result<i64, DbErr> {
    let Some((mut low, last)) = bounds(db).await? else { return Ok(0) };
    let mut high = last + 1;
    for _ in 0..HALVINGS {
        if low >= high {
            break;
        }
        let middle = low + (high - low) / 2;
        let next: Option<(i64, i64)> = Entity::find()
            .select_only()
            .columns([Column::Id, Column::ReceivedAt])
            .filter(Column::Id.gte(middle))
            .order_by_asc(Column::Id)
            .into_tuple()
            .one(db)
            .await?;
        match next {
            Some((id, received_at)) if received_at < moment.millis() => low = id + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}
