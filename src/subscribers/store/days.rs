//! The `follower_day` table: how many began and ceased to follow on each Shanghai day that is over. A day's figures are
//! counted anew from the ledger whenever a line for it comes late, so that they are those of the ledger.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::NotSet, ExprTrait, QueryOrder, QuerySelect, Set};

use super::ledger;
use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::subscribers::Change;

mod entity {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "follower_day")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        /// Shanghai days since 1970.
        pub day: i64,
        pub followed: i64,
        pub lost: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity};

const CHUNK: usize = 500;

/// How many began and ceased to follow on one Shanghai day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayCount {
    pub date: NaiveDate,
    pub followed: i64,
    pub left: i64,
}

impl DayCount {
    pub fn net(&self) -> i64 {
        self.followed - self.left
    }
}

/// The days since `since` on which somebody followed or left, oldest first.
pub async fn by_day(
    db: &impl ConnectionTrait,
    account: AccountId,
    since: Timestamp,
) -> Result<Vec<DayCount>, DbErr> {
    counted(db, account, since, Timestamp::from_millis(i64::MAX)).await
}

// Shanghai days counted from 1970 by whole numbers, which all three databases divide alike.
const DAY: i64 = 86_400_000;
const OFFSET: i64 = 8 * 3_600_000;

async fn counted(
    db: &impl ConnectionTrait,
    account: AccountId,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<DayCount>, DbErr> {
    let day =
        Expr::col(ledger::Column::At).add(OFFSET).sub(Expr::col(ledger::Column::At).add(OFFSET).modulo(DAY));
    let rows: Vec<(i64, Change, i64)> = ledger::Entity::find()
        .select_only()
        .column_as(day, "day")
        .column(ledger::Column::Change)
        .column_as(ledger::Column::Id.count(), "count")
        .filter(ledger::Column::AccountId.eq(account))
        .filter(ledger::Column::At.gte(since.millis()))
        .filter(ledger::Column::At.lt(until.millis()))
        .filter(ledger::Column::Counts.eq(true))
        // By its name: Postgres takes the same expression with other parameters for another one.
        .group_by(Expr::col("day"))
        .group_by(ledger::Column::Change)
        .into_tuple()
        .all(db)
        .await?;
    let mut days: HashMap<i64, DayCount> = HashMap::new();
    for (start, change, count) in rows {
        let date = Timestamp::from_millis(start - OFFSET).shanghai_date();
        let day = days.entry(start).or_insert(DayCount { date, followed: 0, left: 0 });
        match change {
            Change::Follow => day.followed += count,
            Change::Unfollow => day.left += count,
        }
    }
    let mut days: Vec<DayCount> = days.into_values().collect();
    days.sort_by_key(|day| day.date);
    Ok(days)
}

/// The Shanghai day of a moment, counted from 1970.
pub(in crate::subscribers) fn day_of(moment: Timestamp) -> i64 {
    (moment.millis() + OFFSET).div_euclid(DAY)
}

/// The first moment of a day that is so counted.
pub(in crate::subscribers) fn start_of(day: i64) -> Timestamp {
    Timestamp::from_millis(day * DAY - OFFSET)
}

/// The figures of the days before `closed`, oldest first; of days without any there is none.
pub async fn closed_days(
    db: &impl ConnectionTrait,
    account: AccountId,
    closed: i64,
) -> Result<Vec<DayCount>, DbErr> {
    let rows = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Day.lt(closed))
        .order_by_asc(Column::Day)
        .all(db)
        .await?;
    let days = rows.into_iter().map(|row| DayCount {
        date: start_of(row.day).shanghai_date(),
        followed: row.followed,
        left: row.lost,
    });
    Ok(days.collect())
}

/// Counts from the ledger what happened from one day to another, exclusive.
pub async fn count_days(
    db: &impl ConnectionTrait,
    account: AccountId,
    from: i64,
    to: i64,
) -> Result<Vec<DayCount>, DbErr> {
    counted(db, account, start_of(from), start_of(to)).await
}

/// Writes down the figures of days; one that is there already is written over.
pub async fn write_days(
    db: &impl ConnectionTrait,
    account: AccountId,
    days: &[DayCount],
) -> Result<(), DbErr> {
    for days in days.chunks(CHUNK) {
        let rows = days.iter().map(|day| ActiveModel {
            id: NotSet,
            account_id: Set(account),
            day: Set(day_of(Timestamp::start_of_shanghai_day(day.date))),
            followed: Set(day.followed),
            lost: Set(day.left),
        });
        let again = OnConflict::columns([Column::AccountId, Column::Day])
            .update_columns([Column::Followed, Column::Lost])
            .to_owned();
        Entity::insert_many(rows).on_conflict(again).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The id of the ledger's last line; 0 when there is none. Installation-wide.
pub async fn last_line(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let query =
        ledger::Entity::find().select_only().column(ledger::Column::Id).order_by_desc(ledger::Column::Id);
    Ok(query.into_tuple().one(db).await?.unwrap_or(0))
}

/// The days before `closed` of which a range of lines tells. Installation-wide.
pub async fn late_days(
    db: &impl ConnectionTrait,
    after: i64,
    up_to: i64,
    closed: i64,
    limit: u64,
) -> Result<BTreeMap<AccountId, Vec<i64>>, DbErr> {
    let at = Expr::col(ledger::Column::At).add(OFFSET);
    let start = at.clone().sub(at.modulo(DAY));
    let rows: Vec<(AccountId, i64)> = ledger::Entity::find()
        .select_only()
        .column(ledger::Column::AccountId)
        .column_as(start, "day")
        .filter(ledger::Column::Id.gt(after))
        .filter(ledger::Column::Id.lte(up_to))
        .filter(ledger::Column::At.lt(start_of(closed).millis()))
        .group_by(ledger::Column::AccountId)
        .group_by(Expr::col("day"))
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let mut days: BTreeMap<AccountId, Vec<i64>> = BTreeMap::new();
    for (account, start) in rows {
        days.entry(account).or_default().push(start / DAY);
    }
    Ok(days)
}

/// Removes the figures of an account that is being removed.
pub(super) async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}
