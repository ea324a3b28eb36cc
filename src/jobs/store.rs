//! The `job` table. Every query on it is in this file.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::NotSet, Condition, ExprTrait, QueryOrder, QuerySelect, Set};

use super::NewJob;
use crate::clock::Timestamp;

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "job")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: i64,
        pub kind: String,
        pub payload: String,
        pub state: State,
        pub run_at: i64,
        pub attempts: i64,
        /// Counts the claims: who still holds the number it claimed with still holds the job.
        pub lease: i64,
        pub leased_until: i64,
        pub last_error: Option<String>,
        pub created_at: i64,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "lowercase")]
    pub enum State {
        Waiting,
        Running,
        /// Failed too often; kept for people to see.
        Buried,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub use entity::Model as StoredJob;
use entity::{ActiveModel, Column, Entity, State};

/// Enqueues jobs, within the transaction that makes them necessary.
pub async fn enqueue(db: &impl ConnectionTrait, jobs: &[NewJob], now: Timestamp) -> Result<(), DbErr> {
    if jobs.is_empty() {
        return Ok(());
    }
    let rows = jobs.iter().map(|job| ActiveModel {
        id: NotSet,
        account_id: Set(job.account),
        kind: Set(job.kind.as_ref().into()),
        payload: Set(job.payload.clone()),
        state: Set(State::Waiting),
        run_at: Set(job.run_at.millis()),
        attempts: Set(0),
        lease: Set(0),
        leased_until: Set(0),
        last_error: Set(None),
        created_at: Set(now.millis()),
    });
    Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// Jobs that are due, or whose holder is gone, oldest first. They are not claimed yet.
pub async fn due(db: &impl ConnectionTrait, now: Timestamp, limit: u64) -> Result<Vec<StoredJob>, DbErr> {
    let waiting = Column::State.eq(State::Waiting).and(Column::RunAt.lte(now.millis()));
    let abandoned = Column::State.eq(State::Running).and(Column::LeasedUntil.lt(now.millis()));
    Entity::find()
        .filter(Condition::any().add(waiting).add(abandoned))
        .order_by_asc(Column::RunAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Claims a job until a moment, unless somebody else was faster.
pub async fn claim(db: &impl ConnectionTrait, job: &StoredJob, until: Timestamp) -> Result<bool, DbErr> {
    let claimed = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Running))
        .col_expr(Column::Lease, Expr::value(job.lease + 1))
        .col_expr(Column::LeasedUntil, Expr::value(until.millis()))
        .col_expr(Column::Attempts, Expr::value(job.attempts + 1))
        .filter(Column::Id.eq(job.id))
        .filter(Column::Lease.eq(job.lease))
        .exec(db)
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// Holds a claimed job for longer. False when somebody else has taken it over.
pub async fn renew(db: &impl ConnectionTrait, job: &StoredJob, until: Timestamp) -> Result<bool, DbErr> {
    let renewed = Entity::update_many()
        .col_expr(Column::LeasedUntil, Expr::value(until.millis()))
        .filter(held(job))
        .exec(db)
        .await?;
    Ok(renewed.rows_affected == 1)
}

/// Gives a claimed job back as if it had not been begun.
pub async fn release(db: &impl ConnectionTrait, job: &StoredJob, now: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Waiting))
        .col_expr(Column::RunAt, Expr::value(now.millis()))
        .col_expr(Column::Attempts, Expr::value(job.attempts))
        .filter(held(job))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes a job that is done.
pub async fn finish(db: &impl ConnectionTrait, job: &StoredJob) -> Result<(), DbErr> {
    Entity::delete_many().filter(held(job)).exec(db).await?;
    Ok(())
}

/// Puts a failed job back for later, or buries it when `again` is none.
pub async fn give_back(
    db: &impl ConnectionTrait,
    job: &StoredJob,
    error: &str,
    again: Option<Timestamp>,
) -> Result<(), DbErr> {
    let state = if again.is_some() { State::Waiting } else { State::Buried };
    let mut update = Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::LastError, Expr::value(error));
    if let Some(again) = again {
        update = update.col_expr(Column::RunAt, Expr::value(again.millis()));
    }
    update.filter(held(job)).exec(db).await?;
    Ok(())
}

/// How many jobs wait or run, and how many are buried.
pub async fn counts(db: &impl ConnectionTrait) -> Result<(u64, u64), DbErr> {
    let buried = Entity::find().filter(Column::State.eq(State::Buried)).count(db).await?;
    let all = Entity::find().count(db).await?;
    Ok((all - buried, buried))
}

/// Since when the job has been due that has been due for longest and is not being run; none when nobody waits.
pub async fn oldest_due(db: &impl ConnectionTrait, now: Timestamp) -> Result<Option<Timestamp>, DbErr> {
    let query = Entity::find()
        .select_only()
        .column(Column::RunAt)
        .filter(Column::State.eq(State::Waiting))
        .filter(Column::RunAt.lte(now.millis()))
        .order_by_asc(Column::RunAt);
    Ok(query.into_tuple().one(db).await?.map(Timestamp::from_millis))
}

/// Removes the jobs of an account that is being removed.
pub async fn remove_account(db: &impl ConnectionTrait, account: i64) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}

fn held(job: &StoredJob) -> Condition {
    Condition::all().add(Column::Id.eq(job.id)).add(Column::Lease.eq(job.lease + 1))
}

/// The ids of jobs after one of them that were given up before a moment. Installation-wide.
pub async fn buried_before(
    db: &impl ConnectionTrait,
    before: Timestamp,
    after: i64,
    limit: u64,
) -> Result<Vec<i64>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq(State::Buried))
        // The moment of its last attempt.
        .filter(Column::RunAt.lt(before.millis()))
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// The jobs of an account after one of them.
pub async fn of_account(
    db: &impl ConnectionTrait,
    account: i64,
    after: i64,
    limit: u64,
) -> Result<Vec<StoredJob>, DbErr> {
    Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Removes jobs by their ids; one that runs is not stopped. Installation-wide.
pub async fn remove(db: &impl ConnectionTrait, ids: &[i64]) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::Id.is_in(ids.iter().copied())).exec(db).await?;
    Ok(())
}
