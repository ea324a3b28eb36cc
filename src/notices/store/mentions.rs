//! Where a file of the media library is shown.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{ExprTrait, QueryOrder, QuerySelect};

use crate::accounts::AccountId;
use crate::notices::models::{notice, revision};

/// So many are told; what more show is in use anyway.
const MOST: u64 = 20;

/// The notices whose present version names a file by its hash: ids and titles. Those in the trash do not count.
pub async fn mentions(
    db: &impl ConnectionTrait,
    account: AccountId,
    hash: &str,
) -> Result<Vec<(i64, String)>, DbErr> {
    let present = Expr::col((revision::Entity, revision::Column::Number))
        .equals((notice::Entity, notice::Column::Revision));
    let naming = Query::select()
        .column(revision::Column::NoticeId)
        .from(revision::Entity)
        .and_where(revision::Column::AccountId.eq(account))
        .and_where(revision::Column::Content.contains(hash))
        .and_where(present)
        .to_owned();
    notice::Entity::find()
        .select_only()
        .columns([notice::Column::Id, notice::Column::Title])
        .filter(notice::Column::AccountId.eq(account))
        .filter(notice::Column::DeletedAt.is_null())
        .filter(notice::Column::Id.in_subquery(naming))
        .order_by_desc(notice::Column::Id)
        .limit(MOST)
        .into_tuple()
        .all(db)
        .await
}
