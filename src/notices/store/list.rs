//! Lists of notices, by state, section, author, words and time; and how many there are of each state.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Func, SimpleExpr};
use sea_orm::{DatabaseBackend, ExprTrait, FromQueryResult, QueryOrder, QuerySelect};

use crate::accounts::AccountId;
use crate::notices::State;
use crate::notices::models::notice::{Column, Entity};

/// More words are not looked for.
const MOST_WORDS: usize = 5;

/// Which notices.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub state: Option<State>,
    /// Only those of which residents see a version.
    pub live: bool,
    /// Only those that wait for a person because their time was missed.
    pub missed: bool,
    pub section: Option<String>,
    /// Whoever began it, or changed it last.
    pub person: Option<i64>,
    /// Every word must stand in it.
    pub text: String,
    /// Changed at this moment or later, and before that one.
    pub from: Option<i64>,
    pub until: Option<i64>,
    /// Those in the trash instead of the others.
    pub trash: bool,
}

/// A notice as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    pub id: i64,
    pub slug: String,
    pub state: State,
    pub version: i64,
    pub title: String,
    pub sections: String,
    pub cover: Option<String>,
    pub revision: i64,
    pub live_revision: Option<i64>,
    pub created_by: i64,
    pub changed_by: i64,
    pub created_at: i64,
    pub changed_at: i64,
    pub publish_at: Option<i64>,
    pub withdraw_at: Option<i64>,
    pub published_at: Option<i64>,
    pub expires_at: Option<i64>,
    pub missed: bool,
    pub pinned: bool,
    pub deleted_at: Option<i64>,
}

const ROW: [Column; 20] = [
    Column::Id,
    Column::Slug,
    Column::State,
    Column::Version,
    Column::Title,
    Column::Sections,
    Column::Cover,
    Column::Revision,
    Column::LiveRevision,
    Column::CreatedBy,
    Column::ChangedBy,
    Column::CreatedAt,
    Column::ChangedAt,
    Column::PublishAt,
    Column::WithdrawAt,
    Column::PublishedAt,
    Column::ExpiresAt,
    Column::Missed,
    Column::Pinned,
    Column::DeletedAt,
];

/// Notices, the one changed last in front, after the one that was changed then and has that id.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    filter: &Filter,
    after: Option<[i64; 2]>,
    limit: u64,
) -> Result<Vec<Row>, DbErr> {
    let mut query = Entity::find().select_only().columns(ROW).filter(Column::AccountId.eq(account));
    query = query.filter(if filter.trash {
        Column::DeletedAt.is_not_null()
    } else {
        Column::DeletedAt.is_null()
    });
    if let Some(state) = filter.state {
        query = query.filter(Column::State.eq(state));
    }
    if filter.live {
        query = query.filter(Column::LiveRevision.is_not_null());
    }
    if filter.missed {
        query = query.filter(Column::Missed.eq(true));
    }
    if let Some(section) = &filter.section {
        query = query.filter(containing(db, Column::Sections, &format!(",{section},")));
    }
    if let Some(person) = filter.person {
        query = query.filter(Column::CreatedBy.eq(person).or(Column::ChangedBy.eq(person)));
    }
    for word in words(&filter.text) {
        query = query.filter(containing(db, Column::SearchText, &word));
    }
    if let Some(from) = filter.from {
        query = query.filter(Column::ChangedAt.gte(from));
    }
    if let Some(until) = filter.until {
        query = query.filter(Column::ChangedAt.lt(until));
    }
    if let Some([changed_at, id]) = after {
        let same_moment = Column::ChangedAt.eq(changed_at).and(Column::Id.lt(id));
        query = query.filter(Column::ChangedAt.lt(changed_at).or(same_moment));
    }
    query.order_by_desc(Column::ChangedAt).order_by_desc(Column::Id).limit(limit).into_model().all(db).await
}

/// How many notices are in each state, those in the trash apart.
pub async fn counts(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<(State, i64)>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::State)
        .column_as(Column::Id.count(), "count")
        .filter(Column::AccountId.eq(account))
        .filter(Column::DeletedAt.is_null())
        .group_by(Column::State)
        .into_tuple()
        .all(db)
        .await
}

fn words(text: &str) -> Vec<String> {
    let is_between = |character: char| character.is_whitespace() || "，,、".contains(character);
    text.to_lowercase()
        .split(is_between)
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS)
        .map(str::to_owned)
        .collect()
}

/// Whether a column contains a text as it is. Quicker than LIKE, and no sign in it means anything.
fn containing(db: &impl ConnectionTrait, column: Column, text: &str) -> SimpleExpr {
    let function = match db.get_database_backend() {
        DatabaseBackend::Postgres => "strpos",
        _ => "instr",
    };
    Func::cust(function).arg(Expr::col(column)).arg(text).gt(0)
}
