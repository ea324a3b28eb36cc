//! The accounts' word lists: every query on their table.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LikeExpr;
use sea_orm::{ActiveValue::NotSet, ExprTrait, QueryOrder, QuerySelect, Set};

use super::{Level, Word};
use crate::accounts::AccountId;
use crate::admin::PersonId;
use crate::clock::Timestamp;

mod listed_word {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;
    use crate::admin::PersonId;
    use crate::checks::Level;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "listed_word")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub word: String,
        pub level: Level,
        pub reason: String,
        pub suggestion: Option<String>,
        pub allowed: String,
        pub version: i64,
        pub changed_at: i64,
        pub changed_by: PersonId,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use listed_word::{ActiveModel, Column, Entity, Model};

/// An entry of a list as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: i64,
    pub version: i64,
    pub changed_at: Timestamp,
    pub word: Word,
}

impl From<Model> for Listed {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            version: row.version,
            changed_at: Timestamp::from_millis(row.changed_at),
            word: Word {
                word: row.word,
                level: row.level,
                reason: row.reason,
                suggestion: row.suggestion,
                allowed: serde_json::from_str(&row.allowed).unwrap_or_default(),
            },
        }
    }
}

/// An account has no more words than this.
pub const MOST_WORDS: u64 = 2_000;
const CHUNK: usize = 500;

/// Which entries are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// A part of the word.
    pub search: Option<&'a str>,
    pub level: Option<Level>,
}

/// Entries after one of them, in the order in which they came.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    filter: Filter<'_>,
    after: i64,
    limit: u64,
) -> Result<Vec<Listed>, DbErr> {
    let mut query = Entity::find().filter(Column::AccountId.eq(account)).filter(Column::Id.gt(after));
    if let Some(search) = filter.search {
        let literal = search.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        query =
            query.filter(Expr::col(Column::Word).like(LikeExpr::new(format!("%{literal}%")).escape('\\')));
    }
    if let Some(level) = filter.level {
        query = query.filter(Column::Level.eq(level));
    }
    let rows = query.order_by_asc(Column::Id).limit(limit).all(db).await?;
    Ok(rows.into_iter().map(Listed::from).collect())
}

/// The whole list of an account.
pub async fn all(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Listed>, DbErr> {
    list(db, account, Filter::default(), 0, MOST_WORDS).await
}

pub async fn find(db: &impl ConnectionTrait, account: AccountId, id: i64) -> Result<Option<Listed>, DbErr> {
    let row = Entity::find_by_id(id).filter(Column::AccountId.eq(account)).one(db).await?;
    Ok(row.map(Listed::from))
}

pub async fn count(db: &impl ConnectionTrait, account: AccountId) -> Result<u64, DbErr> {
    Entity::find().filter(Column::AccountId.eq(account)).count(db).await
}

/// Adds an entry. A word that is there already is a unique violation.
pub async fn add(
    db: &impl ConnectionTrait,
    account: AccountId,
    word: &Word,
    person: PersonId,
    now: Timestamp,
) -> Result<Listed, DbErr> {
    Ok(row(account, word, person, now).insert(db).await?.into())
}

/// Adds entries whose words are not there yet.
pub async fn add_all(
    db: &impl ConnectionTrait,
    account: AccountId,
    words: &[Word],
    person: PersonId,
    now: Timestamp,
) -> Result<(), DbErr> {
    for chunk in words.chunks(CHUNK) {
        let rows = chunk.iter().map(|word| row(account, word, person, now));
        Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Changes an entry that still has this version. `false` when somebody was faster. A word that another entry has is a
/// unique violation.
pub async fn change(
    db: &impl ConnectionTrait,
    account: AccountId,
    (id, version): (i64, i64),
    word: &Word,
    person: PersonId,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let changed = Entity::update_many()
        .col_expr(Column::Word, Expr::value(word.word.as_str()))
        .col_expr(Column::Level, Expr::value(word.level))
        .col_expr(Column::Reason, Expr::value(word.reason.as_str()))
        .col_expr(Column::Suggestion, Expr::value(word.suggestion.clone()))
        .col_expr(Column::Allowed, Expr::value(allowed(word)))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::ChangedAt, Expr::value(now.millis()))
        .col_expr(Column::ChangedBy, Expr::value(person.0))
        .filter(Column::Id.eq(id))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Version.eq(version))
        .exec(db)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Removes an entry that still has this version. `false` when somebody was faster.
pub async fn remove(
    db: &impl ConnectionTrait,
    account: AccountId,
    (id, version): (i64, i64),
) -> Result<bool, DbErr> {
    let removed = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Version.eq(version))
        .exec(db)
        .await?;
    Ok(removed.rows_affected > 0)
}

/// Removes the list of an account that is being removed.
pub async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}

fn row(account: AccountId, word: &Word, person: PersonId, now: Timestamp) -> ActiveModel {
    ActiveModel {
        id: NotSet,
        account_id: Set(account),
        word: Set(word.word.clone()),
        level: Set(word.level),
        reason: Set(word.reason.clone()),
        suggestion: Set(word.suggestion.clone()),
        allowed: Set(allowed(word)),
        version: Set(0),
        changed_at: Set(now.millis()),
        changed_by: Set(person),
    }
}

fn allowed(word: &Word) -> String {
    serde_json::Value::from(word.allowed.clone()).to_string()
}
