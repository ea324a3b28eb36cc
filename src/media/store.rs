//! The `media` table. Every query on it is in this file.

use std::collections::HashSet;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Func, LikeExpr, SimpleExpr};
use sea_orm::{ActiveValue::NotSet, Condition, DatabaseBackend, ExprTrait, QueryOrder, QuerySelect, Set};

use super::{Item, Kind, MediaId};
use crate::accounts::AccountId;
use crate::clock::Timestamp;

mod entity {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;
    use crate::media::MediaId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "media")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: MediaId,
        pub account_id: AccountId,
        pub kind: String,
        pub hash: String,
        /// Of what was uploaded, so that the same file is known before it is worked on.
        pub source_hash: String,
        pub place: Option<String>,
        pub name: String,
        pub title: String,
        pub alt: String,
        pub extension: String,
        pub content_type: String,
        pub size: i64,
        pub thumb_size: i64,
        pub width: Option<i64>,
        pub height: Option<i64>,
        pub link: Option<String>,
        pub uploaded_at: i64,
        pub uploaded_by: i64,
        pub deleted_at: Option<i64>,
        pub version: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity, Model};

impl From<Model> for Item {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            // What a later program keeps is at least something to fetch.
            kind: Kind::parse(&row.kind).unwrap_or(Kind::File),
            hash: row.hash,
            place: row.place,
            name: row.name,
            title: row.title,
            alt: row.alt,
            extension: row.extension,
            content_type: row.content_type,
            size: row.size,
            width: row.width,
            height: row.height,
            link: row.link,
            uploaded_at: Timestamp::from_millis(row.uploaded_at),
            uploaded_by: row.uploaded_by,
            deleted_at: row.deleted_at.map(Timestamp::from_millis),
            version: row.version,
        }
    }
}

/// What is about to be kept.
#[derive(Clone, Debug)]
pub struct NewItem {
    pub kind: Kind,
    pub hash: String,
    pub source_hash: String,
    pub place: Option<String>,
    pub name: String,
    pub title: String,
    pub extension: String,
    pub content_type: String,
    pub size: i64,
    pub thumb_size: i64,
    pub width: Option<i64>,
    pub height: Option<i64>,
    pub link: Option<String>,
    pub uploaded_by: i64,
}

/// Adds an item. One whose hash the account already has is a unique violation.
pub async fn insert(
    db: &impl ConnectionTrait,
    account: AccountId,
    new: &NewItem,
    now: Timestamp,
) -> Result<Item, DbErr> {
    let row = ActiveModel {
        id: NotSet,
        account_id: Set(account),
        kind: Set(new.kind.as_str().into()),
        hash: Set(new.hash.clone()),
        source_hash: Set(new.source_hash.clone()),
        place: Set(new.place.clone()),
        name: Set(new.name.clone()),
        title: Set(new.title.clone()),
        alt: Set(String::new()),
        extension: Set(new.extension.clone()),
        content_type: Set(new.content_type.clone()),
        size: Set(new.size),
        thumb_size: Set(new.thumb_size),
        width: Set(new.width),
        height: Set(new.height),
        link: Set(new.link.clone()),
        uploaded_at: Set(now.millis()),
        uploaded_by: Set(new.uploaded_by),
        deleted_at: Set(None),
        version: Set(1),
    };
    Ok(row.insert(db).await?.into())
}

/// An item of the account, also one in the trash.
pub async fn find(db: &impl ConnectionTrait, account: AccountId, id: MediaId) -> Result<Option<Item>, DbErr> {
    let query = Entity::find_by_id(id).filter(Column::AccountId.eq(account));
    Ok(query.one(db).await?.map(Item::from))
}

/// The account's item that holds this, also one in the trash.
pub async fn by_hash(
    db: &impl ConnectionTrait,
    account: AccountId,
    hash: &str,
) -> Result<Option<Item>, DbErr> {
    let query = Entity::find().filter(Column::AccountId.eq(account)).filter(Column::Hash.eq(hash));
    Ok(query.one(db).await?.map(Item::from))
}

/// The account's item that was made of this, also one in the trash.
pub async fn by_source(
    db: &impl ConnectionTrait,
    account: AccountId,
    source_hash: &str,
) -> Result<Option<Item>, DbErr> {
    let query =
        Entity::find().filter(Column::AccountId.eq(account)).filter(Column::SourceHash.eq(source_hash));
    Ok(query.order_by_desc(Column::Id).one(db).await?.map(Item::from))
}

/// Which items are looked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kind: Option<Kind>,
    /// Words of name, title or alternative text; all must be there.
    pub text: String,
    pub is_trash: bool,
    /// Pictures of which nobody has said what they show.
    pub lacks_alt: bool,
}

/// So many words are looked for.
const WORDS: usize = 5;

impl Filter {
    fn condition(&self, account: AccountId) -> Condition {
        let deleted =
            if self.is_trash { Column::DeletedAt.is_not_null() } else { Column::DeletedAt.is_null() };
        let mut condition = Condition::all().add(Column::AccountId.eq(account)).add(deleted);
        if let Some(kind) = self.kind {
            condition = condition.add(Column::Kind.eq(kind.as_str()));
        }
        if self.lacks_alt {
            condition = condition.add(Column::Kind.eq(Kind::Picture.as_str())).add(Column::Alt.eq(""));
        }
        for word in self.text.split_whitespace().take(WORDS) {
            let escaped = word.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
            let has = |column: Column| {
                let lowered = SimpleExpr::from(Func::lower(Expr::col(column)));
                lowered.like(LikeExpr::new(format!("%{escaped}%")).escape('!'))
            };
            let anywhere =
                Condition::any().add(has(Column::Name)).add(has(Column::Title)).add(has(Column::Alt));
            condition = condition.add(anywhere);
        }
        condition
    }
}

/// Items of the account, the latest first, from before one of them.
pub async fn page(
    db: &impl ConnectionTrait,
    account: AccountId,
    filter: &Filter,
    before: Option<MediaId>,
    limit: u64,
) -> Result<Vec<Item>, DbErr> {
    let mut query = Entity::find().filter(filter.condition(account));
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    let rows = query.order_by_desc(Column::Id).limit(limit).all(db).await?;
    Ok(rows.into_iter().map(Item::from).collect())
}

/// How much the account keeps, what is in its trash included.
pub async fn used_bytes(db: &impl ConnectionTrait, account: AccountId) -> Result<i64, DbErr> {
    // A sum is a decimal number on the servers.
    let integer = if db.get_database_backend() == DatabaseBackend::MySql { "signed" } else { "bigint" };
    let sum = Expr::cust("coalesce(sum(size + thumb_size), 0)").cast_as(integer);
    let query = Entity::find().select_only().expr_as(sum, "used").filter(Column::AccountId.eq(account));
    Ok(query.into_tuple().one(db).await?.unwrap_or(0))
}

/// Changes title and alternative text, unless somebody else was faster. Says whether it did.
pub async fn describe(
    db: &impl ConnectionTrait,
    account: AccountId,
    item: &Item,
    title: &str,
    alt: &str,
) -> Result<bool, DbErr> {
    let changed = Entity::update_many()
        .col_expr(Column::Title, Expr::value(title))
        .col_expr(Column::Alt, Expr::value(alt))
        .col_expr(Column::Version, Expr::value(item.version + 1))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Id.eq(item.id))
        .filter(Column::Version.eq(item.version))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Throws an item away, or takes it back (none), unless somebody else was faster. Says whether it did.
pub async fn set_deleted(
    db: &impl ConnectionTrait,
    account: AccountId,
    item: &Item,
    deleted_at: Option<Timestamp>,
) -> Result<bool, DbErr> {
    let changed = Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(deleted_at.map(Timestamp::millis)))
        .col_expr(Column::Version, Expr::value(item.version + 1))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Id.eq(item.id))
        .filter(Column::Version.eq(item.version))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// What was thrown away before a moment: the rows and where their bytes are. Installation-wide.
pub async fn thrown_away_before(
    db: &impl ConnectionTrait,
    before: Timestamp,
    limit: u64,
) -> Result<Vec<Item>, DbErr> {
    let query = Entity::find().filter(Column::DeletedAt.lt(before.millis()));
    Ok(query.order_by_asc(Column::Id).limit(limit).all(db).await?.into_iter().map(Item::from).collect())
}

/// Removes rows of what was thrown away before a moment; what was taken back meanwhile stays. Installation-wide.
pub async fn remove_thrown_away(
    db: &impl ConnectionTrait,
    before: Timestamp,
    ids: &[MediaId],
) -> Result<(), DbErr> {
    let query = Entity::delete_many().filter(Column::Id.is_in(ids.iter().copied()));
    query.filter(Column::DeletedAt.lt(before.millis())).exec(db).await?;
    Ok(())
}

/// Those of some places that an item has its bytes at. At most 500. Installation-wide.
pub async fn known_places(db: &impl ConnectionTrait, places: &[&str]) -> Result<HashSet<String>, DbErr> {
    let query = Entity::find().select_only().column(Column::Place);
    let found: Vec<Option<String>> =
        query.filter(Column::Place.is_in(places.iter().copied())).into_tuple().all(db).await?;
    Ok(found.into_iter().flatten().collect())
}

/// Removes the rows of an account that is being removed.
pub async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}
