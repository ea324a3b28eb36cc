//! The rows of the audit trail. They are only ever added, and removed from the oldest on.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::NotSet, ExprTrait, FromQueryResult, QueryOrder, QuerySelect, Set};

use crate::accounts::AccountId;
use crate::admin::PersonId;

mod entry {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub sequence: i64,
        pub at: i64,
        pub account_id: Option<i64>,
        pub person_id: Option<i64>,
        pub person_name: String,
        pub address: String,
        pub action: String,
        pub subject_kind: Option<String>,
        pub subject_id: Option<i64>,
        pub subject: Option<String>,
        pub before: Option<String>,
        pub after: Option<String>,
        pub hash: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod head {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_head")]
    pub(super) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub sequence: i64,
        pub hash: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod floor {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_floor")]
    pub(super) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub sequence: i64,
        pub hash: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The only row of `audit_head`, and of `audit_floor`.
const HEAD: i64 = 1;

/// One entry as it is kept.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Line {
    /// Without gaps, from 1 on.
    pub sequence: i64,
    pub at: i64,
    pub account_id: Option<i64>,
    pub person_id: Option<i64>,
    pub person_name: String,
    pub address: String,
    pub action: String,
    pub subject_kind: Option<String>,
    pub subject_id: Option<i64>,
    pub subject: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
    /// Of everything above and of the hash of the line before.
    pub hash: String,
}

/// Adds a line: takes its number and its predecessor's hash, and lets the caller make the line of them. Whoever else
/// writes the trail waits until this transaction has ended.
pub(in crate::admin) async fn append(
    db: &impl ConnectionTrait,
    make: impl FnOnce(i64, &str) -> Line + Send,
) -> Result<(), DbErr> {
    // One statement, so that two who write the first line ever do not both find nothing there.
    let next = Expr::col((head::Entity, head::Column::Sequence)).add(1);
    let first = head::ActiveModel { id: Set(HEAD), sequence: Set(1), hash: Set(String::new()) };
    head::Entity::insert(first)
        .on_conflict(OnConflict::column(head::Column::Id).value(head::Column::Sequence, next).to_owned())
        .exec_without_returning(db)
        .await?;
    let head = head::Entity::find_by_id(HEAD).one(db).await?;
    let head = head.ok_or_else(|| DbErr::RecordNotFound("the head of the audit trail".into()))?;
    let line = make(head.sequence, &head.hash);
    head::Entity::update_many()
        .col_expr(head::Column::Hash, Expr::value(line.hash.as_str()))
        .filter(head::Column::Id.eq(HEAD))
        .exec(db)
        .await?;
    let row = entry::ActiveModel {
        id: NotSet,
        sequence: Set(line.sequence),
        at: Set(line.at),
        account_id: Set(line.account_id),
        person_id: Set(line.person_id),
        person_name: Set(line.person_name),
        address: Set(line.address),
        action: Set(line.action),
        subject_kind: Set(line.subject_kind),
        subject_id: Set(line.subject_id),
        subject: Set(line.subject),
        before: Set(line.before),
        after: Set(line.after),
        hash: Set(line.hash),
    };
    entry::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Which lines are looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Search<'a> {
    /// Those about one account; else every one.
    pub account: Option<AccountId>,
    pub person: Option<PersonId>,
    /// The whole name, as `notice.publish`.
    pub action: Option<&'a str>,
    /// In unix milliseconds, the first included, the second not.
    pub from: Option<i64>,
    pub until: Option<i64>,
    /// Those with a smaller number.
    pub before: Option<i64>,
    pub limit: u64,
}

/// Lines, latest first.
pub async fn lines(db: &impl ConnectionTrait, search: Search<'_>) -> Result<Vec<Line>, DbErr> {
    let mut query = entry::Entity::find();
    if let Some(account) = search.account {
        query = query.filter(entry::Column::AccountId.eq(account.0));
    }
    if let Some(person) = search.person {
        query = query.filter(entry::Column::PersonId.eq(person));
    }
    if let Some(action) = search.action {
        query = query.filter(entry::Column::Action.eq(action));
    }
    if let Some(from) = search.from {
        query = query.filter(entry::Column::At.gte(from));
    }
    if let Some(until) = search.until {
        query = query.filter(entry::Column::At.lt(until));
    }
    if let Some(before) = search.before {
        query = query.filter(entry::Column::Sequence.lt(before));
    }
    query.order_by_desc(entry::Column::Sequence).limit(search.limit).into_model().all(db).await
}

/// Which actions there are lines of, about one account or in all.
pub async fn actions(db: &impl ConnectionTrait, account: Option<AccountId>) -> Result<Vec<String>, DbErr> {
    let mut query = entry::Entity::find().select_only().column(entry::Column::Action).distinct();
    if let Some(account) = account {
        query = query.filter(entry::Column::AccountId.eq(account.0));
    }
    query.order_by_asc(entry::Column::Action).into_tuple().all(db).await
}

/// Lines behind a number, oldest first. Installation-wide.
pub async fn lines_after(db: &impl ConnectionTrait, after: i64, limit: u64) -> Result<Vec<Line>, DbErr> {
    entry::Entity::find()
        .filter(entry::Column::Sequence.gt(after))
        .order_by_asc(entry::Column::Sequence)
        .limit(limit)
        .into_model()
        .all(db)
        .await
}

/// The number and the hash of a line at an end of the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub sequence: i64,
    pub hash: String,
}

/// The last line that was written. Installation-wide.
pub async fn last_link(db: &impl ConnectionTrait) -> Result<Link, DbErr> {
    let head = head::Entity::find_by_id(HEAD).one(db).await?;
    Ok(head.map(|head| Link { sequence: head.sequence, hash: head.hash }).unwrap_or_default())
}

/// The last line that was removed for its age; behind it the chain begins. Installation-wide.
pub async fn first_link(db: &impl ConnectionTrait) -> Result<Link, DbErr> {
    let floor = floor::Entity::find_by_id(HEAD).one(db).await?;
    Ok(floor.map(|floor| Link { sequence: floor.sequence, hash: floor.hash }).unwrap_or_default())
}

/// Removes the lines up to one, whose number and hash are remembered. Installation-wide.
pub async fn remove_until(db: &impl ConnectionTrait, last: &Link) -> Result<u64, DbErr> {
    let row =
        floor::ActiveModel { id: Set(HEAD), sequence: Set(last.sequence), hash: Set(last.hash.clone()) };
    floor::Entity::insert(row)
        .on_conflict(
            OnConflict::column(floor::Column::Id)
                .update_columns([floor::Column::Sequence, floor::Column::Hash])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    let removed =
        entry::Entity::delete_many().filter(entry::Column::Sequence.lte(last.sequence)).exec(db).await?;
    Ok(removed.rows_affected)
}

/// Whoever changes people waits here for the others: two owners who take each other's rights away must not both succeed.
/// The trail is written in turn anyhow.
pub(in crate::admin) async fn take_turn(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    head::Entity::update_many()
        .col_expr(head::Column::Sequence, Expr::col(head::Column::Sequence))
        .filter(head::Column::Id.eq(HEAD))
        .exec(db)
        .await?;
    Ok(())
}
