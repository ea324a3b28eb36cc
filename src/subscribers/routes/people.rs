//! The list of followers, one of them, and the list as a file.
#![expect(
    unused_qualifications,
    reason = "what the derive of parameters writes is held against the handlers"
)]

use std::collections::HashMap;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::Followers;
use crate::admin::Office;
use crate::admin::audit::{self, Entry};
use crate::admin::permissions::{Agent, Manager};
use crate::http::{Error, Json, Page, PageQuery, Path, Problem, Query, Result};
use crate::sheets;
use crate::subscribers::store::{self, Filter, Labels};
use crate::subscribers::{Change, Subscriber, exporting, masked, texts};

const MOST_REMARK: usize = 30;
const MOST_LINES: u64 = 200;

/// Whom the list shows.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Narrowed {
    /// `following` or `left`; all when it is missing.
    #[param(pattern = "^(following|left)$")]
    state: Option<String>,
    #[param(max_length = 32)]
    source: Option<String>,
    tag: Option<i64>,
    /// Words in the remark.
    #[param(max_length = 30)]
    q: Option<String>,
}

impl Narrowed {
    fn filter(&self) -> Filter {
        use crate::subscribers::State;
        let state = match self.state.as_deref() {
            Some("following") => Some(State::Following),
            Some("left") => Some(State::Left),
            _ => None,
        };
        let text = |value: &Option<String>| {
            let value: String = value.as_deref()?.trim().chars().take(32).collect();
            (!value.is_empty()).then_some(value)
        };
        Filter { state, source: text(&self.source), tag: self.tag, remark: text(&self.q) }
    }
}

/// One person who follows, or has followed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FollowerView {
    id: i64,
    /// A part of the openid: enough to tell two people apart.
    #[schema(example = "oABC…xyz")]
    openid: String,
    is_following: bool,
    source: String,
    /// In Chinese.
    source_name: String,
    /// Which of our QR codes it was.
    scene: Option<String>,
    remark: String,
    /// To be named when the remark is changed.
    remark_version: i64,
    /// Ids.
    tags: Vec<i64>,
    /// Unix milliseconds.
    first_seen_at: i64,
    first_followed_at: Option<i64>,
    last_followed_at: Option<i64>,
    last_left_at: Option<i64>,
    last_interaction_at: i64,
    follows: i64,
    messages: i64,
    taps: i64,
}

impl FollowerView {
    fn new(person: &Subscriber, labels: Option<&Labels>) -> Self {
        let Labels { remark, version, tags } = labels.cloned().unwrap_or_default();
        Self {
            id: person.id,
            openid: masked(&person.openid),
            is_following: person.state == crate::subscribers::State::Following,
            source: person.source.clone(),
            source_name: texts::source_name(&person.source),
            scene: person.scene.clone(),
            remark,
            remark_version: version,
            tags,
            first_seen_at: person.first_seen_at,
            first_followed_at: person.first_followed_at,
            last_followed_at: person.last_followed_at,
            last_left_at: person.last_left_at,
            last_interaction_at: person.last_interaction_at,
            follows: person.follows,
            messages: person.messages,
            taps: person.taps,
        }
    }
}

/// A line of somebody's history.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryLine {
    /// Whether they followed; else they left.
    followed: bool,
    scene: Option<String>,
    /// Unix milliseconds.
    at: i64,
}

/// One person with their history.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FollowerDetail {
    follower: FollowerView,
    /// The latest first, at most 200.
    history: Vec<HistoryLine>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OneOf {
    /// The account's slug.
    #[expect(dead_code, reason = "read by the permission")]
    account: String,
    pub(super) id: i64,
}

/// What is noted of somebody.
#[derive(Deserialize, ToSchema)]
pub struct RemarkInput {
    /// Empty to remove it.
    #[schema(max_length = 30)]
    remark: String,
    /// The `remark_version` that was read.
    version: i64,
}

/// The followers, those first heard of last in front. A page may be shorter than asked for although there are more, when
/// many had to be passed over.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/followers", tag = "followers",
    params(("account" = String, Path), Narrowed, PageQuery),
    responses((status = 200, body = Page<FollowerView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(
    State(office): State<Office>,
    agent: Agent,
    Query(narrowed): Query<Narrowed>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<FollowerView>>> {
    let (db, account) = (office.app.db.reader(), agent.account_id());
    let before = page.after::<1>()?.map(|[id]| id);
    let listed = store::list(db, account, &narrowed.filter(), before, page.limit()).await?;
    let ids: Vec<i64> = listed.rows.iter().map(|row| row.id).collect();
    let labels = store::labels(db, account, &ids).await?;
    let items = listed.rows.iter().map(|row| FollowerView::new(row, labels.get(&row.id))).collect();
    let next = listed.next.map(|id| BASE64_URL_SAFE_NO_PAD.encode(id.to_string()));
    Ok(Json(Page { items, next }))
}

/// One of them, with when they came and went.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/followers/{id}", tag = "followers", params(OneOf),
    responses((status = 200, body = FollowerDetail), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show(
    State(office): State<Office>,
    agent: Agent,
    Path(one): Path<OneOf>,
) -> Result<Json<FollowerDetail>> {
    let (db, account) = (office.app.db.reader(), agent.account_id());
    let person = store::find_by_id(db, account, one.id).await?.ok_or(Error::NotFound(texts::FOLLOWER))?;
    let labels = store::labels(db, account, &[person.id]).await?;
    let lines = store::history(db, account, &person.openid, MOST_LINES).await?;
    let history = lines.into_iter().map(|line| HistoryLine {
        followed: line.change == Change::Follow,
        scene: line.scene,
        at: line.at,
    });
    let follower = FollowerView::new(&person, labels.get(&person.id));
    Ok(Json(FollowerDetail { follower, history: history.collect() }))
}

/// Writes the remark on somebody.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/followers/{id}/remark", tag = "followers", params(OneOf), request_body = RemarkInput,
    responses((status = 200, body = FollowerView), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn remark(
    State(office): State<Office>,
    manager: Manager,
    Path(one): Path<OneOf>,
    Json(input): Json<RemarkInput>,
) -> Result<Json<FollowerView>> {
    let text = input.remark.trim();
    if text.chars().count() > MOST_REMARK || text.chars().any(char::is_control) {
        return Err(Error::field("remark", texts::LONG_REMARK));
    }
    let account = manager.account_id();
    let write = office.app.db.begin_write().await?;
    let person = store::find_by_id(&write, account, one.id).await?.ok_or(Error::NotFound(texts::FOLLOWER))?;
    let before = store::labels(&write, account, &[person.id]).await?.remove(&person.id).unwrap_or_default();
    if !store::set_remark(&write, account, person.id, text, input.version).await? {
        return Err(Error::stale());
    }
    // A remark names a resident: that it was changed is noted, and not what it says.
    let entry = Entry {
        account: Some(account),
        action: "follower.remark",
        subject: Some(("follower", person.id)),
        before: Some(json!({ "has_remark": !before.remark.is_empty() })),
        after: Some(json!({ "has_remark": !text.is_empty() })),
        ..Entry::default()
    };
    audit::record(&write, &manager.who(), entry, office.app.clock.now()).await?;
    let labels: HashMap<i64, Labels> = store::labels(&write, account, &[person.id]).await?;
    write.commit().await?;
    Ok(Json(FollowerView::new(&person, labels.get(&person.id))))
}

/// The list as a sheet, the newest 100,000 at most. That it was taken is noted.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/followers/export", tag = "followers", params(("account" = String, Path), Narrowed),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn export(
    State(office): State<Office>,
    State(followers): State<Followers>,
    manager: Manager,
    Query(narrowed): Query<Narrowed>,
) -> Result<Response> {
    let Ok(_turn) = followers.exports.try_acquire() else {
        return Err(Error::Unavailable(texts::BUSY.into()));
    };
    let account = manager.account_id();
    let filter = narrowed.filter();
    let folder = office.app.config.data_dir.clone();
    let (bytes, rows) = exporting::export(office.app.db.reader(), account, &filter, folder).await?;
    let write = office.app.db.begin_write().await?;
    let filtered = json!({
        "state": narrowed.state, "source": narrowed.source, "tag": narrowed.tag, "by_remark": narrowed.q.is_some(),
    });
    let entry = Entry {
        account: Some(account),
        action: "follower.export",
        after: Some(json!({ "rows": rows, "filter": filtered })),
        ..Entry::default()
    };
    audit::record(&write, &manager.who(), entry, office.app.clock.now()).await?;
    write.commit().await?;
    let headers = [
        (header::CONTENT_TYPE, sheets::CONTENT_TYPE),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"followers.xlsx\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((StatusCode::OK, headers, bytes).into_response())
}
