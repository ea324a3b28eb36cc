//! Lists of notices, and how many there are of each state.
#![expect(
    unused_qualifications,
    reason = "the description of a handler names the type of a query with its whole path"
)]

use std::collections::BTreeMap;

use axum::extract::State as FromState;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::views::{self, Names, NoticeRow};
use crate::admin::{Office, Reader};
use crate::http::{Json, Page, PageQuery, Problem, Query, Result};
use crate::notices::State;
use crate::notices::store::{self, Filter};

/// Which notices are asked for.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NoticeQuery {
    state: Option<State>,
    /// Only those of which residents see a version.
    live: Option<bool>,
    /// Only those whose time was missed.
    missed: Option<bool>,
    /// A section, by slug.
    section: Option<String>,
    /// Whoever began it or changed it last, by id.
    person: Option<i64>,
    /// Words that all stand in it.
    text: Option<String>,
    /// Changed at this moment or later (unix milliseconds).
    from: Option<i64>,
    /// Changed before this moment (unix milliseconds).
    until: Option<i64>,
    /// Those in the trash instead of the others.
    trash: Option<bool>,
}

/// The notices of the account, the one changed last in front.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/notices", tag = "notices",
    params(("account" = String, Path), NoticeQuery, PageQuery), responses(
    (status = 200, body = Page<NoticeRow>), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn list(
    FromState(office): FromState<Office>,
    reader: Reader,
    Query(query): Query<NoticeQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<NoticeRow>>> {
    let filter = Filter {
        state: query.state,
        live: query.live.unwrap_or_default(),
        missed: query.missed.unwrap_or_default(),
        section: query.section,
        person: query.person,
        text: query.text.unwrap_or_default(),
        from: query.from,
        until: query.until,
        trash: query.trash.unwrap_or_default(),
    };
    let (db, limit) = (office.app.db.reader(), page.limit());
    let rows = store::list(db, reader.account_id(), &filter, page.after()?, limit + 1).await?;
    let people: Vec<i64> = rows.iter().flat_map(|row| [row.created_by, row.changed_by]).collect();
    let names = Names::of(&office, people).await?;
    let page = Page::from_rows(rows, limit, |row| [row.changed_at, row.id]);
    Ok(Json(page.map(|row| views::row(row, &names))))
}

/// How many notices there are.
#[derive(Serialize, ToSchema)]
pub struct NoticeCounts {
    /// By state; a state that no notice is in is missing.
    pub states: BTreeMap<String, i64>,
    pub all: i64,
}

/// How many notices are in each state.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/notice-counts", tag = "notices",
    params(("account" = String, Path)), responses(
    (status = 200, body = NoticeCounts), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn counts(FromState(office): FromState<Office>, reader: Reader) -> Result<Json<NoticeCounts>> {
    let counts = store::counts(office.app.db.reader(), reader.account_id()).await?;
    let all = counts.iter().map(|(_, count)| count).sum();
    let states = counts.into_iter().map(|(state, count)| (state.as_str().to_owned(), count)).collect();
    Ok(Json(NoticeCounts { states, all }))
}
