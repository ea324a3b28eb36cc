//! When which version is to be published.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::NotSet, PaginatorTrait, QueryOrder, QuerySelect, Set};

use crate::accounts::AccountId;
use crate::clock::Timestamp;

/// What became of a plan.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize, utoipa::ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[schema(as = MenuPlanState)]
pub enum PlanState {
    /// Its time has not come.
    Waiting,
    Done,
    Cancelled,
    /// Nobody was there when its time came: a person decides.
    Late,
    /// When its time came, the menu had faults.
    Faulty,
}

mod entity {
    use sea_orm::entity::prelude::*;

    use super::PlanState;
    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "menu_plan")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub number: i64,
        pub publish_at: i64,
        pub state: PlanState,
        pub planned_by: String,
        pub planned_at: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub id: i64,
    pub account: AccountId,
    /// Which version.
    pub number: i64,
    pub publish_at: Timestamp,
    pub state: PlanState,
    pub planned_by: String,
}

/// Plans a version.
pub async fn plan(
    db: &impl ConnectionTrait,
    account: AccountId,
    number: i64,
    publish_at: Timestamp,
    by: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: NotSet,
        account_id: Set(account),
        number: Set(number),
        publish_at: Set(publish_at.millis()),
        state: Set(PlanState::Waiting),
        planned_by: Set(by.into()),
        planned_at: Set(now.millis()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// One plan.
pub async fn planned(db: &impl ConnectionTrait, account: AccountId, id: i64) -> Result<Option<Plan>, DbErr> {
    let own = Entity::find().filter(Column::AccountId.eq(account)).filter(Column::Id.eq(id));
    Ok(own.one(db).await?.map(of_row))
}

/// The latest plans, those that are next or were last in front.
pub async fn plans(db: &impl ConnectionTrait, account: AccountId, limit: u64) -> Result<Vec<Plan>, DbErr> {
    let own = Entity::find().filter(Column::AccountId.eq(account));
    let rows = own.order_by_desc(Column::PublishAt).order_by_desc(Column::Id).limit(limit).all(db).await?;
    Ok(rows.into_iter().map(of_row).collect())
}

/// How many plans wait for their time.
pub async fn waiting_plans(db: &impl ConnectionTrait, account: AccountId) -> Result<u64, DbErr> {
    let own = Entity::find().filter(Column::AccountId.eq(account));
    own.filter(Column::State.eq(PlanState::Waiting)).count(db).await
}

/// The plans of all accounts whose time has come, in the order of their times.
pub async fn due_plans(db: &impl ConnectionTrait, now: Timestamp, limit: u64) -> Result<Vec<Plan>, DbErr> {
    let due = Entity::find()
        .filter(Column::State.eq(PlanState::Waiting))
        .filter(Column::PublishAt.lte(now.millis()));
    let rows = due.order_by_asc(Column::PublishAt).order_by_asc(Column::Id).limit(limit).all(db).await?;
    Ok(rows.into_iter().map(of_row).collect())
}

/// Brings a plan from one state to another, unless somebody else did; says whether it was in the first.
pub async fn decide_plan(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: i64,
    from: PlanState,
    to: PlanState,
) -> Result<bool, DbErr> {
    let decided = Entity::update_many()
        .col_expr(Column::State, Expr::value(to))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(from))
        .exec(db)
        .await?;
    Ok(decided.rows_affected == 1)
}

fn of_row(row: entity::Model) -> Plan {
    Plan {
        id: row.id,
        account: row.account_id,
        number: row.number,
        publish_at: Timestamp::from_millis(row.publish_at),
        state: row.state,
        planned_by: row.planned_by,
    }
}

pub(super) async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}
