//! Rules, greetings, and how often rules answered.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::NotSet, ExprTrait, QueryOrder, Set};

use super::super::models::{greeting, rule};
use super::Row;
use crate::accounts::AccountId;
use crate::clock::Timestamp;

mod hit {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "rule_hits")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub rule_id: i64,
        pub hits: i64,
        pub last_hit_at: Option<i64>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How often a rule answered, and when last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    pub hits: i64,
    pub last_hit_at: Option<i64>,
}

/// The keyword rules, those that go first in front.
pub async fn rules(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<rule::Model>, DbErr> {
    rule::Entity::find()
        .filter(rule::Column::AccountId.eq(account))
        .order_by_desc(rule::Column::Priority)
        .order_by_asc(rule::Column::Position)
        .order_by_asc(rule::Column::Id)
        .all(db)
        .await
}

pub async fn rule(
    db: &impl ConnectionTrait,
    account: AccountId,
    slug: &str,
) -> Result<Option<rule::Model>, DbErr> {
    rule::Model::by_key(db, account, slug).await
}

/// Adds a rule. It has the version 0.
///
/// # Errors
/// A unique violation when there is one of this name; then the transaction is to be rolled back.
pub async fn add_rule(db: &impl ConnectionTrait, rule: rule::Model) -> Result<(), DbErr> {
    rule::Model::insert(db, vec![rule]).await
}

/// Writes a rule if it still has the version that was read; says whether it had. `rule.version` is that one.
pub async fn change_rule(db: &impl ConnectionTrait, rule: rule::Model) -> Result<bool, DbErr> {
    let changed = rule::Entity::update_many()
        .col_expr(rule::Column::Keywords, Expr::value(rule.keywords))
        .col_expr(rule::Column::Matching, Expr::value(rule.matching))
        .col_expr(rule::Column::Priority, Expr::value(rule.priority))
        .col_expr(rule::Column::AnswerKind, Expr::value(rule.answer_kind))
        .col_expr(rule::Column::Answer, Expr::value(rule.answer))
        .col_expr(rule::Column::Disabled, Expr::value(rule.disabled))
        .col_expr(rule::Column::Patterns, Expr::value(rule.patterns))
        .col_expr(rule::Column::Hours, Expr::value(rule.hours))
        .col_expr(rule::Column::Answers, Expr::value(rule.answers))
        .col_expr(rule::Column::Choice, Expr::value(rule.choice))
        .col_expr(rule::Column::Note, Expr::value(rule.note))
        .col_expr(rule::Column::Version, Expr::value(rule.version + 1))
        .filter(rule::Column::AccountId.eq(rule.account_id))
        .filter(rule::Column::Slug.eq(rule.slug))
        .filter(rule::Column::Version.eq(rule.version))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Removes a rule if it still has this version; says whether it had.
pub async fn remove_rule(
    db: &impl ConnectionTrait,
    account: AccountId,
    slug: &str,
    version: i64,
) -> Result<bool, DbErr> {
    let removed = rule::Entity::delete_many()
        .filter(rule::Column::AccountId.eq(account))
        .filter(rule::Column::Slug.eq(slug))
        .filter(rule::Column::Version.eq(version))
        .exec(db)
        .await?;
    Ok(removed.rows_affected == 1)
}

/// What the account says of its own accord, where it is not the built-in text.
pub async fn greetings(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<greeting::Model>, DbErr> {
    greeting::Model::all(db, account).await
}

pub async fn greeting(
    db: &impl ConnectionTrait,
    account: AccountId,
    slug: &str,
) -> Result<Option<greeting::Model>, DbErr> {
    greeting::Model::by_key(db, account, slug).await
}

/// Writes a greeting if it still has the version that was read, or adds the first one, which has the version 0 before
/// and 1 after; says whether it had.
///
/// # Errors
/// A unique violation when somebody else just added it; then the transaction is to be rolled back.
pub async fn change_greeting(
    db: &impl ConnectionTrait,
    mut greeting: greeting::Model,
) -> Result<bool, DbErr> {
    if greeting.version == 0 && self::greeting(db, greeting.account_id, &greeting.slug).await?.is_none() {
        greeting.version = 1;
        greeting::Model::insert(db, vec![greeting]).await?;
        return Ok(true);
    }
    let changed = greeting::Entity::update_many()
        .col_expr(greeting::Column::Disabled, Expr::value(greeting.disabled))
        .col_expr(greeting::Column::Answers, Expr::value(greeting.answers))
        .col_expr(greeting::Column::Choice, Expr::value(greeting.choice))
        .col_expr(greeting::Column::Version, Expr::value(greeting.version + 1))
        .filter(greeting::Column::AccountId.eq(greeting.account_id))
        .filter(greeting::Column::Slug.eq(greeting.slug))
        .filter(greeting::Column::Version.eq(greeting.version))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Removes a greeting, so that the built-in text is said again.
pub async fn remove_greeting(db: &impl ConnectionTrait, account: AccountId, slug: &str) -> Result<(), DbErr> {
    let own = greeting::Entity::delete_many().filter(greeting::Column::AccountId.eq(account));
    own.filter(greeting::Column::Slug.eq(slug)).exec(db).await?;
    Ok(())
}

/// How often each rule answered, by the rule's id. Those that never did are not in it.
pub async fn hits(db: &impl ConnectionTrait, account: AccountId) -> Result<HashMap<i64, Hits>, DbErr> {
    let rows = hit::Entity::find().filter(hit::Column::AccountId.eq(account)).all(db).await?;
    let hits = |row: hit::Model| (row.rule_id, Hits { hits: row.hits, last_hit_at: row.last_hit_at });
    Ok(rows.into_iter().map(hits).collect())
}

/// Adds to the count of a rule. Of two nodes that count a rule for the first time at once, one may be lost: the figure
/// is for orientation.
pub async fn add_hits(
    db: &impl ConnectionTrait,
    account: AccountId,
    rule_id: i64,
    more: i64,
    now: Timestamp,
) -> Result<(), DbErr> {
    let counted = hit::Entity::update_many()
        .col_expr(hit::Column::Hits, Expr::col(hit::Column::Hits).add(more))
        .col_expr(hit::Column::LastHitAt, Expr::value(now.millis()))
        .filter(hit::Column::AccountId.eq(account))
        .filter(hit::Column::RuleId.eq(rule_id))
        .exec(db)
        .await?;
    if counted.rows_affected > 0 {
        return Ok(());
    }
    let row = hit::ActiveModel {
        id: NotSet,
        account_id: Set(account),
        rule_id: Set(rule_id),
        hits: Set(more),
        last_hit_at: Set(Some(now.millis())),
    };
    hit::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([hit::Column::AccountId, hit::Column::RuleId])
                .update_columns([hit::Column::Hits, hit::Column::LastHitAt])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub(super) async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    rule::Entity::delete_many().filter(rule::Column::AccountId.eq(account)).exec(db).await?;
    greeting::Entity::delete_many().filter(greeting::Column::AccountId.eq(account)).exec(db).await?;
    hit::Entity::delete_many().filter(hit::Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}
