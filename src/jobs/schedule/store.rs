//! The `schedule` table. Every query on it is in this file. It is installation-wide.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::NotSet, QuerySelect, Set};

use crate::clock::Timestamp;

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "schedule")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        pub next_run_at: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity};

/// When something is to be done next; none when it was never planned.
pub async fn next(db: &impl ConnectionTrait, name: &str) -> Result<Option<Timestamp>, DbErr> {
    let query = Entity::find().select_only().column(Column::NextRunAt).filter(Column::Name.eq(name));
    Ok(query.into_tuple().one(db).await?.map(Timestamp::from_millis))
}

/// Plans something for the first time. When another node does so, too, the later one counts: both mean the same.
pub async fn plan(db: &impl ConnectionTrait, name: &str, at: Timestamp) -> Result<(), DbErr> {
    let row = ActiveModel { id: NotSet, name: Set(name.into()), next_run_at: Set(at.millis()) };
    Entity::insert(row)
        .on_conflict(OnConflict::column(Column::Name).update_column(Column::NextRunAt).to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Moves the next time on, unless somebody else was faster.
pub async fn advance(
    db: &impl ConnectionTrait,
    name: &str,
    from: Timestamp,
    to: Timestamp,
) -> Result<bool, DbErr> {
    let moved = Entity::update_many()
        .col_expr(Column::NextRunAt, Expr::value(to.millis()))
        .filter(Column::Name.eq(name))
        .filter(Column::NextRunAt.eq(from.millis()))
        .exec(db)
        .await?;
    Ok(moved.rows_affected == 1)
}
