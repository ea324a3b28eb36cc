//! The `retention_mark` table. Every query on it is in this file.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::NotSet, QuerySelect, Set};

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "retention_mark")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        /// The id of the last row that has been looked at and needs not be again.
        pub reached: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity};

/// The id of the last row that has been looked at; 0 at first. Installation-wide.
pub async fn reached(db: &impl ConnectionTrait, name: &str) -> Result<i64, DbErr> {
    let query = Entity::find().select_only().column(Column::Reached).filter(Column::Name.eq(name));
    Ok(query.into_tuple().one(db).await?.unwrap_or(0))
}

/// Notes how far it has been looked. Installation-wide.
pub async fn note_reached(db: &impl ConnectionTrait, name: &str, id: i64) -> Result<(), DbErr> {
    let row = ActiveModel { id: NotSet, name: Set(name.into()), reached: Set(id) };
    Entity::insert(row)
        .on_conflict(OnConflict::column(Column::Name).update_column(Column::Reached).to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}
