//! The `account` table. Every query on it is in this file.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::NotSet, ExprTrait, QueryOrder, QuerySelect, Set};

use super::{Account, AccountId, MasterKey, Settings, Unopened};
use crate::clock::Timestamp;
use crate::wechat::envelope::Envelope;
use crate::wechat::{AesKey, AppId, Token};

mod entity {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "account")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: AccountId,
        pub slug: String,
        pub name: String,
        pub app_id: String,
        pub original_id: Option<String>,
        pub mode: String,
        pub kind: String,
        pub verified: bool,
        pub api_base: String,
        pub app_secret: String,
        pub token: String,
        pub aes_key: String,
        pub previous_aes_key: Option<String>,
        pub revision: i64,
        pub created_at: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity, Model};

/// Every account, by slug, with its secrets opened; and the slugs of those that cannot be read, with why.
///
/// # Errors
/// When the database does not answer.
pub async fn all(
    db: &impl ConnectionTrait,
    key: &MasterKey,
) -> Result<(Vec<Account>, Vec<(String, anyhow::Error)>), DbErr> {
    let (mut accounts, mut unreadable) = (Vec::new(), Vec::new());
    for row in Entity::find().order_by_asc(Column::Slug).all(db).await? {
        let slug = row.slug.clone();
        match open(row, key) {
            Ok(account) => accounts.push(account),
            Err(error) => unreadable.push((slug, error)),
        }
    }
    Ok((accounts, unreadable))
}

/// The account of that name.
///
/// # Errors
/// When the database does not answer, or the row does not open with this master key.
pub async fn find(db: &impl ConnectionTrait, key: &MasterKey, slug: &str) -> anyhow::Result<Option<Account>> {
    let row = Entity::find().filter(Column::Slug.eq(slug)).one(db).await?;
    row.map(|row| open(row, key)).transpose()
}

/// The account of that name without its secrets, whatever the master key.
pub async fn find_unopened(db: &impl ConnectionTrait, slug: &str) -> Result<Option<Unopened>, DbErr> {
    let row = Entity::find().filter(Column::Slug.eq(slug)).one(db).await?;
    Ok(row.map(|row| Unopened {
        id: row.id,
        slug: row.slug,
        name: row.name,
        app_id: row.app_id,
        original_id: row.original_id,
        mode: row.mode,
        kind: row.kind,
        verified: row.verified,
        api_base: row.api_base,
    }))
}

/// Which accounts there are, and how often each has changed.
pub async fn revisions(db: &impl ConnectionTrait) -> Result<Vec<(AccountId, i64)>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::Revision)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await
}

/// The name of each account there is.
pub async fn slugs(db: &impl ConnectionTrait) -> Result<HashMap<AccountId, String>, DbErr> {
    let query = Entity::find().select_only().column(Column::Id).column(Column::Slug);
    Ok(query.into_tuple().all(db).await?.into_iter().collect())
}

/// Adds an account. A clash of slug or AppID is a unique violation.
pub async fn add(
    db: &impl ConnectionTrait,
    key: &MasterKey,
    slug: &str,
    settings: &Settings,
    now: Timestamp,
) -> Result<AccountId, DbErr> {
    let mut row = sealed(key, slug, settings);
    row.slug = Set(slug.into());
    row.created_at = Set(now.millis());
    row.revision = Set(1);
    row.previous_aes_key = Set(None);
    Ok(row.insert(db).await?.id)
}

/// Writes an account's settings anew. When the AES key is another, the former is kept for pushes on their way.
pub async fn update(
    db: &impl ConnectionTrait,
    key: &MasterKey,
    account: &Account,
    settings: &Settings,
) -> Result<(), DbErr> {
    let mut row = sealed(key, &account.slug, settings);
    row.id = Set(account.id);
    let former = account.envelope.key().expose();
    if former != settings.aes_key.expose() {
        row.previous_aes_key = Set(Some(key.seal(former, &purpose(&account.slug, "aes_key"))));
    }
    row.update(db).await?;
    touch(db, account.id).await
}

/// As [`update`], for an account whose former secrets do not open any more.
pub async fn renew(
    db: &impl ConnectionTrait,
    key: &MasterKey,
    account: &Unopened,
    settings: &Settings,
) -> Result<(), DbErr> {
    let mut row = sealed(key, &account.slug, settings);
    row.id = Set(account.id);
    row.previous_aes_key = Set(None);
    row.update(db).await?;
    touch(db, account.id).await
}

/// Says that the account, or something it tells residents, has changed: all nodes reload it.
pub async fn touch(db: &impl ConnectionTrait, id: AccountId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// No longer accepts pushes that are sealed with the key before the present one.
pub async fn forget_previous_key(db: &impl ConnectionTrait, id: AccountId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PreviousAesKey, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    touch(db, id).await
}

/// Seals the secrets of all accounts with another master key; says how many accounts there are. What the new key
/// opens already stays, so that it can be repeated. Nodes that run go on with what they have opened.
///
/// # Errors
/// When the database does not answer, or a secret opens with neither key. Then the transaction must not be committed.
pub async fn reseal(db: &impl ConnectionTrait, former: &MasterKey, key: &MasterKey) -> anyhow::Result<usize> {
    let rows = Entity::find().order_by_asc(Column::Slug).all(db).await?;
    let count = rows.len();
    for row in rows {
        let reseal = |sealed: &str, name: &str| {
            let purpose = purpose(&row.slug, name);
            let secret = key.open(sealed, &purpose).or_else(|_| former.open(sealed, &purpose))?;
            anyhow::Ok(key.seal(&secret, &purpose))
        };
        let previous = row.previous_aes_key.as_deref().map(|sealed| reseal(sealed, "aes_key")).transpose()?;
        Entity::update_many()
            .col_expr(Column::AppSecret, Expr::value(reseal(&row.app_secret, "app_secret")?))
            .col_expr(Column::Token, Expr::value(reseal(&row.token, "token")?))
            .col_expr(Column::AesKey, Expr::value(reseal(&row.aes_key, "aes_key")?))
            .col_expr(Column::PreviousAesKey, Expr::value(previous))
            .filter(Column::Id.eq(row.id))
            .exec(db)
            .await?;
    }
    Ok(count)
}

/// Removes the account's own row. What it told and heard is removed by the features that own it.
pub async fn remove(db: &impl ConnectionTrait, id: AccountId) -> Result<(), DbErr> {
    Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

fn sealed(key: &MasterKey, slug: &str, settings: &Settings) -> ActiveModel {
    let seal = |secret: &str, name: &str| Set(key.seal(secret, &purpose(slug, name)));
    ActiveModel {
        id: NotSet,
        slug: NotSet,
        name: Set(settings.name.clone()),
        app_id: Set(settings.app_id.as_str().into()),
        original_id: Set(settings.original_id.clone()),
        mode: Set(settings.mode.as_str().into()),
        kind: Set(settings.kind.as_str().into()),
        verified: Set(settings.verified),
        api_base: Set(settings.api_base.clone()),
        app_secret: seal(&settings.app_secret, "app_secret"),
        token: seal(settings.token.expose(), "token"),
        aes_key: seal(settings.aes_key.expose(), "aes_key"),
        previous_aes_key: NotSet,
        revision: NotSet,
        created_at: NotSet,
    }
}

fn open(row: Model, key: &MasterKey) -> anyhow::Result<Account> {
    let unseal = |sealed: &str, name: &str| key.open(sealed, &purpose(&row.slug, name));
    let app_id = AppId::parse(&row.app_id)?;
    let aes_key = AesKey::parse(&unseal(&row.aes_key, "aes_key")?)?;
    let previous = match &row.previous_aes_key {
        Some(sealed) => Some(AesKey::parse(&unseal(sealed, "aes_key")?)?),
        None => None,
    };
    Ok(Account {
        id: row.id,
        token: Token::parse(&unseal(&row.token, "token")?)?,
        app_secret: unseal(&row.app_secret, "app_secret")?,
        envelope: Envelope::new(app_id.clone(), aes_key, previous),
        app_id,
        mode: row.mode.parse()?,
        kind: row.kind.parse()?,
        slug: row.slug,
        name: row.name,
        original_id: row.original_id,
        verified: row.verified,
        api_base: row.api_base,
        revision: row.revision,
    })
}

/// What a sealed value is for; see [`MasterKey::seal`].
fn purpose(slug: &str, name: &str) -> String {
    format!("{slug} {name}")
}
