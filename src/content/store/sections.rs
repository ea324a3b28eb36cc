//! Sections, as the console changes them.

use sea_orm::entity::prelude::*;
use sea_orm::{PaginatorTrait, QueryOrder, QuerySelect};

use super::super::models::{article, rule, section};
use super::Row;
use crate::accounts::AccountId;

/// The sections, by number.
pub async fn sections(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<section::Model>, DbErr> {
    section::Entity::find()
        .filter(section::Column::AccountId.eq(account))
        .order_by_asc(section::Column::Number)
        .all(db)
        .await
}

pub async fn section(
    db: &impl ConnectionTrait,
    account: AccountId,
    slug: &str,
) -> Result<Option<section::Model>, DbErr> {
    section::Model::by_key(db, account, slug).await
}

/// Adds a section. It has the version 0.
///
/// # Errors
/// A unique violation when there is one of this name; then the transaction is to be rolled back.
pub async fn add_section(db: &impl ConnectionTrait, section: section::Model) -> Result<(), DbErr> {
    section::Model::insert(db, vec![section]).await
}

/// Writes a section if it still has the version that was read; says whether it had. `section.version` is that one.
pub async fn change_section(db: &impl ConnectionTrait, section: section::Model) -> Result<bool, DbErr> {
    let changed = section::Entity::update_many()
        .col_expr(section::Column::Number, Expr::value(section.number))
        .col_expr(section::Column::Title, Expr::value(section.title))
        .col_expr(section::Column::Board, Expr::value(section.board))
        .col_expr(section::Column::Kind, Expr::value(section.kind))
        .col_expr(section::Column::Aliases, Expr::value(section.aliases))
        .col_expr(section::Column::Summary, Expr::value(section.summary))
        .col_expr(section::Column::Picture, Expr::value(section.picture))
        .col_expr(section::Column::BodySource, Expr::value(section.body_source))
        .col_expr(section::Column::BodyHtml, Expr::value(section.body_html))
        .col_expr(section::Column::Version, Expr::value(section.version + 1))
        .filter(section::Column::AccountId.eq(section.account_id))
        .filter(section::Column::Slug.eq(section.slug))
        .filter(section::Column::Version.eq(section.version))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Removes a section if it still has this version; says whether it had.
pub async fn remove_section(
    db: &impl ConnectionTrait,
    account: AccountId,
    slug: &str,
    version: i64,
) -> Result<bool, DbErr> {
    let removed = section::Entity::delete_many()
        .filter(section::Column::AccountId.eq(account))
        .filter(section::Column::Slug.eq(slug))
        .filter(section::Column::Version.eq(version))
        .exec(db)
        .await?;
    Ok(removed.rows_affected == 1)
}

/// How many articles stand in a section.
pub async fn articles_in(db: &impl ConnectionTrait, account: AccountId, section: &str) -> Result<u64, DbErr> {
    let own = article::Entity::find().filter(article::Column::AccountId.eq(account));
    own.filter(article::Column::Section.eq(section)).count(db).await
}

/// Whether there is an article of this name.
pub async fn has_article(db: &impl ConnectionTrait, account: AccountId, slug: &str) -> Result<bool, DbErr> {
    let own = article::Entity::find().select_only().column(article::Column::Id);
    let own = own.filter(article::Column::AccountId.eq(account)).filter(article::Column::Slug.eq(slug));
    Ok(own.into_tuple::<i64>().one(db).await?.is_some())
}

/// The names of the rules that answer with a section alone.
pub async fn rules_of_section(
    db: &impl ConnectionTrait,
    account: AccountId,
    section: &str,
) -> Result<Vec<String>, DbErr> {
    let own = rule::Entity::find().select_only().column(rule::Column::Slug);
    own.filter(rule::Column::AccountId.eq(account))
        .filter(rule::Column::AnswerKind.eq(rule::AnswerKind::Section))
        .filter(rule::Column::Answer.eq(section))
        .into_tuple()
        .all(db)
        .await
}
