//! Looking through the audit trail: owners through the whole, admins through what concerns their account.

#![expect(
    unused_qualifications,
    reason = "the description of a handler names the type of a query with its whole path"
)]

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::accounts::{Account, AccountId};
use crate::admin::audit::{self, Entry, Who};
use crate::admin::permissions::{Manager, Owner};
use crate::admin::store::{self, Line, Search};
use crate::admin::{Office, PersonId, texts};
use crate::http::{Error, Json, Page, PageQuery, Problem, Query, Result};

/// An export has so many lines at most, the latest.
const MOST_EXPORTED: u64 = 50_000;
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Which lines.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrailFilter {
    /// Those of one person.
    person: Option<i64>,
    /// As `notice.publish`.
    action: Option<String>,
    /// From this moment on, in unix milliseconds.
    from: Option<i64>,
    /// Before this moment.
    until: Option<i64>,
}

/// Which account's lines, for owners.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountFilter {
    /// Its slug.
    account: Option<String>,
}

/// One line of the trail.
#[derive(Serialize, ToSchema)]
pub struct TrailLine {
    pub sequence: i64,
    pub at: i64,
    /// The account's slug, when it is about one.
    pub account: Option<String>,
    /// Who signed in to do it.
    pub person: Option<i64>,
    /// What they sign in with; or where it came from else, in words.
    pub person_name: String,
    pub address: String,
    pub action: String,
    /// The action in words.
    pub action_name: String,
    pub subject_kind: Option<String>,
    pub subject_id: Option<i64>,
    /// What people call it.
    pub subject: Option<String>,
    /// What was there before, part by part.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
}

/// A kind of lines that there are.
#[derive(Serialize, ToSchema)]
pub struct TrailAction {
    pub action: String,
    pub name: String,
}

/// Kinds of lines that there are.
#[derive(Serialize, ToSchema)]
pub struct TrailActions {
    pub items: Vec<TrailAction>,
}

/// The whole trail, latest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit",
    params(TrailFilter, AccountFilter, PageQuery), responses(
    (status = 200, body = Page<TrailLine>), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn whole(
    State(office): State<Office>,
    _: Owner,
    Query(filter): Query<TrailFilter>,
    Query(of): Query<AccountFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TrailLine>>> {
    lines(&office, find(&office, of.account.as_deref())?, &filter, &page).await
}

/// What concerns one account, latest first.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/audit", tag = "audit",
    params(("account" = String, Path), TrailFilter, PageQuery), responses(
    (status = 200, body = Page<TrailLine>), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn of_account(
    State(office): State<Office>,
    manager: Manager,
    Query(filter): Query<TrailFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TrailLine>>> {
    lines(&office, Some(manager.account_id()), &filter, &page).await
}

/// The kinds of lines in the whole trail.
#[utoipa::path(get, path = "/api/v1/audit/actions", tag = "audit", responses(
    (status = 200, body = TrailActions), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn actions(State(office): State<Office>, _: Owner) -> Result<Json<TrailActions>> {
    named_actions(&office, None).await
}

/// The kinds of lines that concern one account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/audit/actions", tag = "audit",
    params(("account" = String, Path)), responses(
    (status = 200, body = TrailActions), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn account_actions(State(office): State<Office>, manager: Manager) -> Result<Json<TrailActions>> {
    named_actions(&office, Some(manager.account_id())).await
}

/// The whole trail for Excel, the latest 50,000 lines; the export stands in the trail itself.
#[utoipa::path(get, path = "/api/v1/audit/export", tag = "audit",
    params(TrailFilter, AccountFilter), responses(
    (status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn export(
    State(office): State<Office>,
    owner: Owner,
    Query(filter): Query<TrailFilter>,
    Query(of): Query<AccountFilter>,
) -> Result<Response> {
    let account = find(&office, of.account.as_deref())?;
    sheet(&office, &owner.who(), account, &filter).await
}

/// What concerns one account, for Excel; the export stands in the trail itself.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/audit/export", tag = "audit",
    params(("account" = String, Path), TrailFilter), responses(
    (status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn export_account(
    State(office): State<Office>,
    manager: Manager,
    Query(filter): Query<TrailFilter>,
) -> Result<Response> {
    sheet(&office, &manager.who(), Some(manager.account_id()), &filter).await
}

fn find(office: &Office, slug: Option<&str>) -> Result<Option<AccountId>> {
    let account = slug.filter(|slug| !slug.is_empty()).map(|slug| office.directory.find(slug));
    match account {
        Some(None) => Err(Error::NotFound(texts::ACCOUNT)),
        Some(Some(account)) => Ok(Some(account.id)),
        None => Ok(None),
    }
}

fn search<'a>(account: Option<AccountId>, filter: &'a TrailFilter) -> Search<'a> {
    // What cannot be an action is none: MySQL does not even compare it with one.
    let action = filter.action.as_deref().filter(|action| !action.is_empty());
    let action = action.map(|action| if action.is_ascii() { action } else { "-" });
    let TrailFilter { from, until, .. } = *filter;
    Search { account, person: filter.person.map(PersonId), action, from, until, ..Search::default() }
}

async fn lines(
    office: &Office,
    account: Option<AccountId>,
    filter: &TrailFilter,
    page: &PageQuery,
) -> Result<Json<Page<TrailLine>>> {
    let before = page.after::<1>()?.map(|[before]| before);
    let search = Search { before, limit: page.limit() + 1, ..search(account, filter) };
    let lines = store::lines(office.app.db.reader(), search).await?;
    let lines = Page::from_rows(lines, page.limit(), |line| [line.sequence]);
    let accounts = office.directory.all();
    Ok(Json(lines.map(|line| {
        let of = line.account_id.map(AccountId);
        let account = of.and_then(|id| accounts.iter().find(|account| account.id == id));
        view(line, account.map(|account| account.as_ref()))
    })))
}

fn view(line: Line, account: Option<&Account>) -> TrailLine {
    let parts = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    TrailLine {
        sequence: line.sequence,
        at: line.at,
        account: account.map(|account| account.slug.clone()),
        person: line.person_id,
        person_name: texts::actor(&line.person_name).into(),
        address: line.address,
        action_name: texts::action(&line.action),
        action: line.action,
        subject_kind: line.subject_kind,
        subject_id: line.subject_id,
        subject: line.subject,
        before: parts(line.before),
        after: parts(line.after),
    }
}

async fn named_actions(office: &Office, account: Option<AccountId>) -> Result<Json<TrailActions>> {
    let actions = store::actions(office.app.db.reader(), account).await?;
    let items = actions.into_iter().map(|action| TrailAction { name: texts::action(&action), action });
    Ok(Json(TrailActions { items: items.collect() }))
}

async fn sheet(
    office: &Office,
    who: &Who,
    account: Option<AccountId>,
    filter: &TrailFilter,
) -> Result<Response> {
    let search = Search { limit: MOST_EXPORTED, ..search(account, filter) };
    let lines = store::lines(office.app.db.reader(), search).await?;
    let now = office.app.clock.now();
    let write = office.app.db.begin_write().await?;
    let after = json!({
        "lines": lines.len(), "person": filter.person, "action": filter.action, "from": filter.from,
        "until": filter.until,
    });
    let entry = Entry { account, action: "audit.export", after: Some(after), ..Entry::default() };
    audit::record(&write, who, entry, now).await?;
    write.commit().await?;
    let accounts = office.directory.all();
    let name = move |id: i64| {
        let account = accounts.iter().find(|account| account.id.0 == id);
        account.map(|account| account.name.clone()).unwrap_or_default()
    };
    let made = tokio::task::spawn_blocking(move || audit::workbook(&lines, name)).await;
    let workbook = made.map_err(anyhow::Error::from)??;
    let disposition = format!("attachment; filename=\"audit-{}.xlsx\"", now.shanghai_date());
    let headers = [(header::CONTENT_TYPE, XLSX.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, workbook).into_response())
}
