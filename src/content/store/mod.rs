//! The tables of content. Every query on them is in this folder.

mod answers;
mod articles;
mod mentions;
mod paging;
mod sections;

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::NotSet, IntoActiveModel, QueryOrder, QuerySelect};

pub use self::answers::{
    Hits, add_hits, add_rule, change_greeting, change_rule, greeting, greetings, hits, remove_greeting,
    remove_rule, rule, rules,
};
pub use self::articles::{
    Cursor, Direction, Headline, Listing, article, article_slugs, articles, headlines, list, list_anew,
    neighbor, picture_path, put_article, remove_article,
};
pub use self::mentions::{Mention, mentions};
pub use self::paging::{After, page_of_contacts, page_of_events, page_of_places};
pub use self::sections::{
    add_section, articles_in, change_section, has_article, remove_section, rules_of_section, section,
    sections,
};
use super::models::{article, article_section, contact, event, greeting, picture, place, rule, section};
use crate::accounts::AccountId;
use crate::clock::Timestamp;

/// As many rows go into one statement; more would exceed what SQLite binds.
const CHUNK: usize = 500;
/// Rows of up to some hundred kilobytes: MariaDB takes 16 MB in one statement.
const LARGE_CHUNK: usize = 16;

/// A row that files know by a natural key, so that an import can find what it stands for.
pub trait Row: Sized + PartialEq + Send + Sync {
    fn natural_key(&self) -> &str;
    fn id(&self) -> i64;
    /// Takes the place of a known row (or is new) in an account, with what only the database knows of it.
    fn adopt(&mut self, known: Option<&Self>, account: AccountId);
    /// Counts a change, where changes are counted.
    fn count_change(&mut self);
    fn all(
        db: &impl ConnectionTrait,
        account: AccountId,
    ) -> impl Future<Output = Result<Vec<Self>, DbErr>> + Send;
    fn by_key(
        db: &impl ConnectionTrait,
        account: AccountId,
        key: &str,
    ) -> impl Future<Output = Result<Option<Self>, DbErr>> + Send;
    fn by_id(
        db: &impl ConnectionTrait,
        account: AccountId,
        id: i64,
    ) -> impl Future<Output = Result<Option<Self>, DbErr>> + Send;
    /// One row, locked until the transaction ends where others may write at the same time.
    fn held(
        db: &impl ConnectionTrait,
        account: AccountId,
        id: i64,
    ) -> impl Future<Output = Result<Option<Self>, DbErr>> + Send;
    fn insert(db: &impl ConnectionTrait, rows: Vec<Self>) -> impl Future<Output = Result<(), DbErr>> + Send;
    fn update(self, db: &impl ConnectionTrait) -> impl Future<Output = Result<(), DbErr>> + Send;
    fn delete(
        db: &impl ConnectionTrait,
        account: AccountId,
        id: i64,
    ) -> impl Future<Output = Result<(), DbErr>> + Send;
}

macro_rules! row {
    ($module:ident, $key:ident, $column:ident, $chunk:expr $(, counts $version:ident)?) => {
        impl Row for $module::Model {
            fn natural_key(&self) -> &str {
                &self.$key
            }

            fn id(&self) -> i64 {
                self.id
            }

            fn adopt(&mut self, known: Option<&Self>, account: AccountId) {
                self.id = known.map(Row::id).unwrap_or_default();
                self.account_id = account;
                $(self.$version = known.map(|known| known.$version).unwrap_or_default();)?
            }

            fn count_change(&mut self) {
                $(self.$version += 1;)?
            }

            async fn all(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Self>, DbErr> {
                $module::Entity::find()
                    .filter($module::Column::AccountId.eq(account))
                    .order_by_asc($module::Column::Id)
                    .all(db)
                    .await
            }

            async fn by_key(
                db: &impl ConnectionTrait,
                account: AccountId,
                key: &str,
            ) -> Result<Option<Self>, DbErr> {
                let own = $module::Entity::find().filter($module::Column::AccountId.eq(account));
                own.filter($module::Column::$column.eq(key)).one(db).await
            }

            async fn by_id(
                db: &impl ConnectionTrait,
                account: AccountId,
                id: i64,
            ) -> Result<Option<Self>, DbErr> {
                let own = $module::Entity::find_by_id(id);
                own.filter($module::Column::AccountId.eq(account)).one(db).await
            }

            async fn held(
                db: &impl ConnectionTrait,
                account: AccountId,
                id: i64,
            ) -> Result<Option<Self>, DbErr> {
                let mut query =
                    $module::Entity::find_by_id(id).filter($module::Column::AccountId.eq(account));
                if !crate::db::has_one_writer(db) {
                    query = query.lock_exclusive();
                }
                query.one(db).await
            }

            async fn insert(db: &impl ConnectionTrait, rows: Vec<Self>) -> Result<(), DbErr> {
                let mut rows = rows
                    .into_iter()
                    .map(|row| $module::ActiveModel { id: NotSet, ..row.into_active_model().reset_all() });
                loop {
                    let chunk: Vec<_> = rows.by_ref().take($chunk).collect();
                    if chunk.is_empty() {
                        return Ok(());
                    }
                    $module::Entity::insert_many(chunk).exec_without_returning(db).await?;
                }
            }

            async fn update(self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
                self.into_active_model().reset_all().update(db).await?;
                Ok(())
            }

            async fn delete(db: &impl ConnectionTrait, account: AccountId, id: i64) -> Result<(), DbErr> {
                let own = $module::Entity::delete_many().filter($module::Column::AccountId.eq(account));
                own.filter($module::Column::Id.eq(id)).exec(db).await?;
                Ok(())
            }
        }
    };
}

row!(section, slug, Slug, CHUNK, counts version);
row!(article, slug, Slug, LARGE_CHUNK);
row!(place, slug, Slug, CHUNK);
row!(contact, slug, Slug, CHUNK);
row!(event, slug, Slug, CHUNK);
row!(rule, slug, Slug, CHUNK, counts version);
row!(greeting, slug, Slug, CHUNK, counts version);
row!(picture, name, Name, LARGE_CHUNK);

/// All rows of one kind, as an export needs them.
pub(super) async fn all<R: Row>(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<R>, DbErr> {
    R::all(db, account).await
}

/// The places, in the order of the file.
pub async fn places(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<place::Model>, DbErr> {
    place::Entity::find()
        .filter(place::Column::AccountId.eq(account))
        .order_by_asc(place::Column::Position)
        .order_by_asc(place::Column::Id)
        .all(db)
        .await
}

pub async fn place(
    db: &impl ConnectionTrait,
    account: AccountId,
    slug: &str,
) -> Result<Option<place::Model>, DbErr> {
    place::Model::by_key(db, account, slug).await
}

/// The telephone numbers, in the order of the file.
pub async fn contacts(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<contact::Model>, DbErr> {
    contact::Entity::find()
        .filter(contact::Column::AccountId.eq(account))
        .order_by_asc(contact::Column::Position)
        .order_by_asc(contact::Column::Id)
        .all(db)
        .await
}

/// Events that have not ended, soonest first.
pub async fn upcoming_events(
    db: &impl ConnectionTrait,
    account: AccountId,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<event::Model>, DbErr> {
    event::Entity::find()
        .filter(event::Column::AccountId.eq(account))
        .filter(event::Column::EndsAt.gte(now.millis()))
        .order_by_asc(event::Column::StartsAt)
        .order_by_asc(event::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Events that have ended, latest first.
pub async fn past_events(
    db: &impl ConnectionTrait,
    account: AccountId,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<event::Model>, DbErr> {
    event::Entity::find()
        .filter(event::Column::AccountId.eq(account))
        .filter(event::Column::EndsAt.lt(now.millis()))
        .order_by_desc(event::Column::StartsAt)
        .order_by_desc(event::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

pub async fn event(
    db: &impl ConnectionTrait,
    account: AccountId,
    slug: &str,
) -> Result<Option<event::Model>, DbErr> {
    event::Model::by_key(db, account, slug).await
}

pub async fn picture(
    db: &impl ConnectionTrait,
    account: AccountId,
    name: &str,
) -> Result<Option<picture::Model>, DbErr> {
    picture::Model::by_key(db, account, name).await
}

/// Removes all content of an account that is being removed.
pub async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    section::Entity::delete_many().filter(section::Column::AccountId.eq(account)).exec(db).await?;
    article::Entity::delete_many().filter(article::Column::AccountId.eq(account)).exec(db).await?;
    let further = article_section::Entity::delete_many();
    further.filter(article_section::Column::AccountId.eq(account)).exec(db).await?;
    place::Entity::delete_many().filter(place::Column::AccountId.eq(account)).exec(db).await?;
    contact::Entity::delete_many().filter(contact::Column::AccountId.eq(account)).exec(db).await?;
    event::Entity::delete_many().filter(event::Column::AccountId.eq(account)).exec(db).await?;
    answers::remove_account(db, account).await?;
    picture::Entity::delete_many().filter(picture::Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}
