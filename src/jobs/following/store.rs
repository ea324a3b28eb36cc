//! The `following_mark` table. Every query on it is in this file. It is installation-wide.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::NotSet, Set};

use super::Mark;

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "following_mark")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        pub reached: i64,
        pub settled: i64,
        pub turn: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity};

/// How far it has been followed; the beginning when it never was.
pub async fn mark(db: &impl ConnectionTrait, name: &str) -> Result<Mark, DbErr> {
    let found = Entity::find().filter(Column::Name.eq(name)).one(db).await?;
    Ok(found.map_or_else(Mark::default, |row| Mark {
        reached: row.reached,
        settled: row.settled,
        turn: row.turn,
    }))
}

/// Moves the mark on by one turn, unless somebody else was faster. Until the transaction ends nobody else can.
pub async fn advance(
    db: &impl ConnectionTrait,
    name: &str,
    from: Mark,
    reached: i64,
    settled: i64,
) -> Result<bool, DbErr> {
    if from == Mark::default() {
        let row = ActiveModel {
            id: NotSet,
            name: Set(name.into()),
            reached: Set(0),
            settled: Set(0),
            turn: Set(0),
        };
        Entity::insert(row)
            .on_conflict(OnConflict::column(Column::Name).update_column(Column::Name).to_owned())
            .exec_without_returning(db)
            .await?;
    }
    let moved = Entity::update_many()
        .col_expr(Column::Reached, Expr::value(reached))
        .col_expr(Column::Settled, Expr::value(settled))
        .col_expr(Column::Turn, Expr::value(from.turn + 1))
        .filter(Column::Name.eq(name))
        .filter(Column::Turn.eq(from.turn))
        .exec(db)
        .await?;
    Ok(moved.rows_affected == 1)
}
