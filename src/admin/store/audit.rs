//! The rows of the audit trail. They are only ever added.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::NotSet, ExprTrait, FromQueryResult, QueryOrder, QuerySelect, Set};

use crate::accounts::AccountId;

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

/// The only row of `audit_head`.
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

/// Whose lines.
#[derive(Clone, Copy, Debug)]
pub enum Trail {
    /// Every one. Installation-wide.
    Whole,
    /// Those about one account.
    Of(AccountId),
}

/// Lines before a number, latest first.
pub async fn lines(
    db: &impl ConnectionTrait,
    trail: Trail,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<Line>, DbErr> {
    let mut query = entry::Entity::find();
    if let Trail::Of(account) = trail {
        query = query.filter(entry::Column::AccountId.eq(account.0));
    }
    if let Some(before) = before {
        query = query.filter(entry::Column::Sequence.lt(before));
    }
    query.order_by_desc(entry::Column::Sequence).limit(limit).into_model().all(db).await
}
