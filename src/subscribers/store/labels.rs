//! The tables `follower_remark`, `follower_tag` and `follower_tagging`: what the office notes of followers. They stand
//! beside the table of followers, which every push writes to.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::NotSet, Condition, QueryOrder, QuerySelect, Set};

use super::{CHUNK, Column, Entity};
use crate::accounts::AccountId;

pub(super) mod remark {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "follower_remark")]
    pub(in crate::subscribers::store) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub subscriber_id: i64,
        pub remark: String,
        pub version: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(in crate::subscribers::store) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod tag {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "follower_tag")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub name: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod tagging {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "follower_tagging")]
    pub(in crate::subscribers::store) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub tag_id: i64,
        pub subscriber_id: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(in crate::subscribers::store) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub use tag::Model as Tag;

/// What the office notes of one follower.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    pub remark: String,
    /// Counts the changes of the remark.
    pub version: i64,
    /// The ids of tags, lowest first.
    pub tags: Vec<i64>,
}

/// What is noted of some followers, by id; those of whom nothing is noted are left out.
pub async fn labels(
    db: &impl ConnectionTrait,
    account: AccountId,
    followers: &[i64],
) -> Result<HashMap<i64, Labels>, DbErr> {
    let mut labels: HashMap<i64, Labels> = HashMap::new();
    for followers in followers.chunks(CHUNK) {
        let remarks = remark::Entity::find()
            .filter(remark::Column::AccountId.eq(account))
            .filter(remark::Column::SubscriberId.is_in(followers.iter().copied()))
            .all(db)
            .await?;
        for row in remarks {
            let of = labels.entry(row.subscriber_id).or_default();
            (of.remark, of.version) = (row.remark, row.version);
        }
        let taggings = tagging::Entity::find()
            .filter(tagging::Column::AccountId.eq(account))
            .filter(tagging::Column::SubscriberId.is_in(followers.iter().copied()))
            .order_by_asc(tagging::Column::TagId)
            .all(db)
            .await?;
        for row in taggings {
            labels.entry(row.subscriber_id).or_default().tags.push(row.tag_id);
        }
    }
    Ok(labels)
}

/// Writes a remark over the version that was read; false when somebody else was faster.
pub async fn set_remark(
    db: &impl ConnectionTrait,
    account: AccountId,
    follower: i64,
    text: &str,
    version: i64,
) -> Result<bool, DbErr> {
    let own = Condition::all()
        .add(remark::Column::AccountId.eq(account))
        .add(remark::Column::SubscriberId.eq(follower));
    if version == 0 && remark::Entity::find().filter(own.clone()).one(db).await?.is_none() {
        let row = remark::ActiveModel {
            id: NotSet,
            account_id: Set(account),
            subscriber_id: Set(follower),
            remark: Set(text.into()),
            version: Set(1),
        };
        remark::Entity::insert(row).exec_without_returning(db).await?;
        return Ok(true);
    }
    let written = remark::Entity::update_many()
        .col_expr(remark::Column::Remark, Expr::value(text))
        .col_expr(remark::Column::Version, Expr::value(version + 1))
        .filter(own)
        .filter(remark::Column::Version.eq(version))
        .exec(db)
        .await?;
    Ok(written.rows_affected == 1)
}

/// The account's tags, by name; never more than can be made.
pub async fn tags(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Tag>, DbErr> {
    tag::Entity::find()
        .filter(tag::Column::AccountId.eq(account))
        .order_by_asc(tag::Column::Name)
        .all(db)
        .await
}

/// Adds a tag; a name that is taken is a unique violation.
pub async fn add_tag(db: &impl ConnectionTrait, account: AccountId, name: &str) -> Result<i64, DbErr> {
    let row = tag::ActiveModel { id: NotSet, account_id: Set(account), name: Set(name.into()) };
    Ok(tag::Entity::insert(row).exec(db).await?.last_insert_id)
}

/// Gives a tag another name; false when there is no such tag.
pub async fn rename_tag(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: i64,
    name: &str,
) -> Result<bool, DbErr> {
    let renamed = tag::Entity::update_many()
        .col_expr(tag::Column::Name, Expr::value(name))
        .filter(tag::Column::AccountId.eq(account))
        .filter(tag::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(renamed.rows_affected == 1)
}

/// Removes a tag, also from those who have it; false when there is no such tag.
pub async fn remove_tag(db: &impl ConnectionTrait, account: AccountId, id: i64) -> Result<bool, DbErr> {
    tagging::Entity::delete_many()
        .filter(tagging::Column::AccountId.eq(account))
        .filter(tagging::Column::TagId.eq(id))
        .exec(db)
        .await?;
    let removed = tag::Entity::delete_many()
        .filter(tag::Column::AccountId.eq(account))
        .filter(tag::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(removed.rows_affected == 1)
}

/// Gives a tag to followers of the account; gives how many of those named there are.
pub async fn tag_followers(
    db: &impl ConnectionTrait,
    account: AccountId,
    tag: i64,
    followers: &[i64],
) -> Result<usize, DbErr> {
    let own: Vec<i64> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::AccountId.eq(account))
        .filter(Column::Id.is_in(followers.iter().copied()))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let rows = own.iter().map(|follower| tagging::ActiveModel {
        id: NotSet,
        account_id: Set(account),
        tag_id: Set(tag),
        subscriber_id: Set(*follower),
    });
    let key = [tagging::Column::AccountId, tagging::Column::TagId, tagging::Column::SubscriberId];
    let again = OnConflict::columns(key).update_column(tagging::Column::TagId).to_owned();
    if !own.is_empty() {
        tagging::Entity::insert_many(rows).on_conflict(again).exec_without_returning(db).await?;
    }
    Ok(own.len())
}

/// Takes a tag from followers; gives how many had it.
pub async fn untag_followers(
    db: &impl ConnectionTrait,
    account: AccountId,
    tag: i64,
    followers: &[i64],
) -> Result<u64, DbErr> {
    let removed = tagging::Entity::delete_many()
        .filter(tagging::Column::AccountId.eq(account))
        .filter(tagging::Column::TagId.eq(tag))
        .filter(tagging::Column::SubscriberId.is_in(followers.iter().copied()))
        .exec(db)
        .await?;
    Ok(removed.rows_affected)
}

/// Removes what is noted of people who are gone.
pub(super) async fn forget(db: &impl ConnectionTrait, followers: &[i64]) -> Result<(), DbErr> {
    let gone = || followers.iter().copied();
    remark::Entity::delete_many().filter(remark::Column::SubscriberId.is_in(gone())).exec(db).await?;
    tagging::Entity::delete_many().filter(tagging::Column::SubscriberId.is_in(gone())).exec(db).await?;
    Ok(())
}

/// Removes the notes of an account that is being removed.
pub(super) async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    remark::Entity::delete_many().filter(remark::Column::AccountId.eq(account)).exec(db).await?;
    tagging::Entity::delete_many().filter(tagging::Column::AccountId.eq(account)).exec(db).await?;
    tag::Entity::delete_many().filter(tag::Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}
