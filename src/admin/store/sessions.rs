//! Sessions. Of the token only its hash is kept: whoever reads the database cannot sign in with it.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::NotSet, QueryOrder, QuerySelect, Set};

use crate::admin::PersonId;
use crate::clock::Timestamp;

mod entity {
    use sea_orm::entity::prelude::*;

    use crate::admin::PersonId;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub token_hash: String,
        pub person_id: PersonId,
        pub created_at: i64,
        pub seen_at: i64,
        pub address: String,
        pub agent: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity};

pub type Row = entity::Model;

/// A person has so many at most; the oldest make room.
const MOST: u64 = 20;

/// Opens a session.
pub async fn open(
    db: &impl ConnectionTrait,
    person: PersonId,
    token_hash: &str,
    address: &str,
    agent: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    let kept: Vec<i64> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::PersonId.eq(person))
        .order_by_desc(Column::Id)
        .limit(MOST - 1)
        .into_tuple()
        .all(db)
        .await?;
    Entity::delete_many()
        .filter(Column::PersonId.eq(person))
        .filter(Column::Id.is_not_in(kept))
        .exec(db)
        .await?;
    let row = ActiveModel {
        id: NotSet,
        token_hash: Set(token_hash.into()),
        person_id: Set(person),
        created_at: Set(now.millis()),
        seen_at: Set(now.millis()),
        address: Set(address.into()),
        agent: Set(agent.into()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

pub async fn find(db: &impl ConnectionTrait, token_hash: &str) -> Result<Option<Row>, DbErr> {
    Entity::find().filter(Column::TokenHash.eq(token_hash)).one(db).await
}

/// Notes that a session was used.
pub async fn see(db: &impl ConnectionTrait, id: i64, now: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::SeenAt, Expr::value(now.millis()))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// A person's sessions, latest first.
pub async fn of_person(db: &impl ConnectionTrait, person: PersonId) -> Result<Vec<Row>, DbErr> {
    Entity::find()
        .filter(Column::PersonId.eq(person))
        .order_by_desc(Column::SeenAt)
        .order_by_desc(Column::Id)
        .limit(MOST)
        .all(db)
        .await
}

/// Ends the session of a token, if there is one.
pub async fn end(db: &impl ConnectionTrait, token_hash: &str) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::TokenHash.eq(token_hash)).exec(db).await?;
    Ok(())
}

/// Ends one session of a person; says whether there was one.
pub async fn close(db: &impl ConnectionTrait, person: PersonId, id: i64) -> Result<bool, DbErr> {
    let own = Entity::delete_by_id(id).filter(Column::PersonId.eq(person));
    Ok(own.exec(db).await?.rows_affected > 0)
}

/// Ends all sessions of a person, save one that may stay; says how many there were.
pub async fn close_all(db: &impl ConnectionTrait, person: PersonId, but: Option<i64>) -> Result<u64, DbErr> {
    let mut others = Entity::delete_many().filter(Column::PersonId.eq(person));
    if let Some(kept) = but {
        others = others.filter(Column::Id.ne(kept));
    }
    Ok(others.exec(db).await?.rows_affected)
}
