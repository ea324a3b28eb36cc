//! The `erasure` table. Every query on it is in this file.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::NotSet, QueryOrder, QuerySelect, Set};

use super::mark;
use crate::accounts::AccountId;
use crate::clock::Timestamp;

mod entity {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "erasure")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        /// [`super::super::mark`] of the person.
        pub person: String,
        pub at: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity};

/// The row that everybody locks who erases somebody, or brings in what waited in a journal; it is nobody's.
const LOCK: (AccountId, &str) = (AccountId(0), "");

/// Waits until nobody else erases or brings in what waited, and holds them up until the transaction ends: what comes in
/// is either seen by who erases, or sees that it was erased. Installation-wide.
pub async fn hold(db: &impl ConnectionTrait, now: Timestamp) -> Result<(), DbErr> {
    put(db, LOCK.0, LOCK.1.into(), now).await
}

/// Notes that a person was erased, in a transaction that holds the lock and is committed before the first row is
/// removed.
pub async fn note(
    db: &impl ConnectionTrait,
    account: AccountId,
    openid: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    put(db, account, mark(account, openid), now).await
}

async fn put(
    db: &impl ConnectionTrait,
    account: AccountId,
    person: String,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row =
        ActiveModel { id: NotSet, account_id: Set(account), person: Set(person), at: Set(now.millis()) };
    Entity::insert(row)
        .on_conflict(
            OnConflict::columns([Column::AccountId, Column::Person]).update_column(Column::At).to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Those of some people, at most as many as one group has, who were erased, and when last.
pub async fn among<'a>(
    db: &impl ConnectionTrait,
    account: AccountId,
    openids: &[&'a str],
) -> Result<HashMap<&'a str, Timestamp>, DbErr> {
    let marks: HashMap<String, &str> =
        openids.iter().map(|openid| (mark(account, openid), *openid)).collect();
    let found: Vec<(String, i64)> = Entity::find()
        .select_only()
        .columns([Column::Person, Column::At])
        .filter(Column::AccountId.eq(account))
        .filter(Column::Person.is_in(marks.keys()))
        .into_tuple()
        .all(db)
        .await?;
    let named = found.iter().filter_map(|(mark, at)| Some((*marks.get(mark)?, Timestamp::from_millis(*at))));
    Ok(named.collect())
}

/// When somebody was erased last; none when nobody was. Installation-wide.
pub async fn newest(db: &impl ConnectionTrait) -> Result<Option<Timestamp>, DbErr> {
    let query = Entity::find()
        .select_only()
        .column(Column::At)
        .filter(Column::AccountId.ne(LOCK.0))
        .order_by_desc(Column::At);
    Ok(query.into_tuple().one(db).await?.map(Timestamp::from_millis))
}

/// Forgets those who were erased before a moment. Installation-wide.
pub async fn forget_before(db: &impl ConnectionTrait, before: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::At.lt(before.millis())).exec(db).await?;
    Ok(())
}

/// Forgets those of an account that is being removed.
pub async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}
