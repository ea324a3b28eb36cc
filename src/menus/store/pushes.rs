//! How WeChat took the account's menu: the latest push of each account.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::NotSet, ExprTrait, Set};

use crate::accounts::AccountId;
use crate::clock::Timestamp;

/// How far a push is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize, utoipa::ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[schema(as = MenuPushState)]
pub enum PushState {
    /// It is under way, or will be tried again.
    Waiting,
    /// WeChat has it.
    Taken,
    /// It will not be tried again unless somebody asks.
    Failed,
}

mod entity {
    use sea_orm::entity::prelude::*;

    use super::PushState;
    use crate::accounts::AccountId;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "menu_push")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub number: i64,
        pub state: PushState,
        pub attempts: i64,
        pub code: Option<String>,
        pub advice: Option<String>,
        pub asked_at: i64,
        pub ended_at: Option<i64>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// Which version; 0 for a menu that came before versions were kept.
    pub number: i64,
    pub state: PushState,
    pub attempts: i64,
    /// The platform's error code.
    pub code: Option<String>,
    /// What went wrong and what to do, in Chinese.
    pub advice: Option<String>,
    pub asked_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

pub async fn push(db: &impl ConnectionTrait, account: AccountId) -> Result<Option<Push>, DbErr> {
    let row = Entity::find().filter(Column::AccountId.eq(account)).one(db).await?;
    Ok(row.map(|row| Push {
        number: row.number,
        state: row.state,
        attempts: row.attempts,
        code: row.code,
        advice: row.advice,
        asked_at: Timestamp::from_millis(row.asked_at),
        ended_at: row.ended_at.map(Timestamp::from_millis),
    }))
}

/// Notes that a version is to be pushed, in place of whatever was pushed before.
pub async fn ask_push(
    db: &impl ConnectionTrait,
    account: AccountId,
    number: i64,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: NotSet,
        account_id: Set(account),
        number: Set(number),
        state: Set(PushState::Waiting),
        attempts: Set(0),
        code: Set(None),
        advice: Set(None),
        asked_at: Set(now.millis()),
        ended_at: Set(None),
    };
    let columns = [
        Column::Number,
        Column::State,
        Column::Attempts,
        Column::Code,
        Column::Advice,
        Column::AskedAt,
        Column::EndedAt,
    ];
    Entity::insert(row)
        .on_conflict(OnConflict::column(Column::AccountId).update_columns(columns).to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Notes how an attempt ended, unless another version is being pushed by now. `failure` is the platform's code and what
/// to do.
pub async fn end_push(
    db: &impl ConnectionTrait,
    account: AccountId,
    number: i64,
    state: PushState,
    failure: Option<(Option<String>, String)>,
    now: Timestamp,
) -> Result<(), DbErr> {
    let (code, advice) = failure.map_or((None, None), |(code, advice)| (code, Some(advice)));
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::Code, Expr::value(code))
        .col_expr(Column::Advice, Expr::value(advice))
        .col_expr(Column::EndedAt, Expr::value(now.millis()))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Number.eq(number))
        .exec(db)
        .await?;
    Ok(())
}

pub(super) async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}
