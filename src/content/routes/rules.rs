//! Keyword rules: seen by who reads, changed by who writes.
#![expect(
    unused_qualifications,
    reason = "the description of a handler names the type of a query with its whole path"
)]

use axum::extract::State;
use axum::http::StatusCode;
use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{RuleInput, check_targets, publish, words as texts};
use crate::admin::audit::{self, Entry};
use crate::admin::{Member, Office, Reader, Writer};
use crate::content::answering::{Answer, Choice, Window};
use crate::content::models::rule::{Matching, Model};
use crate::content::store::{self, Hits};
use crate::http::{Error, Json, OrConflict, Page, PageQuery, Path, Problem, Query, Result};

const MAX_RULES: usize = 1_000;

/// A rule as it is.
#[derive(Serialize, ToSchema)]
pub struct RuleView {
    pub slug: String,
    pub note: String,
    pub keywords: Vec<String>,
    #[serde(rename = "match")]
    pub matching: Matching,
    pub priority: i64,
    pub enabled: bool,
    pub windows: Vec<Window>,
    pub answers: Vec<Answer>,
    pub choice: Choice,
    pub version: i64,
    /// How often it answered.
    pub hits: i64,
    /// Unix milliseconds.
    pub last_hit_at: Option<i64>,
}

impl RuleView {
    fn new(rule: Model, hits: Hits) -> Self {
        Self {
            keywords: rule.words(),
            matching: rule.matching(),
            windows: rule.windows(),
            answers: rule.answers(),
            choice: rule.choice(),
            slug: rule.slug,
            note: rule.note.unwrap_or_default(),
            priority: rule.priority,
            enabled: !rule.disabled,
            version: rule.version,
            hits: hits.hits,
            last_hit_at: hits.last_hit_at,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RuleFilter {
    /// Part of a keyword, a note or an answer.
    #[param(max_length = 100)]
    q: Option<String>,
    enabled: Option<bool>,
}

/// The version that was read.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReadVersion {
    pub version: i64,
}

/// The rules, in the order in which they are asked.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/answers/rules", tag = "answers",
    params(("account" = String, Path), RuleFilter, PageQuery),
    responses((status = 200, body = Page<RuleView>), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(
    State(office): State<Office>,
    reader: Reader,
    Query(filter): Query<RuleFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<RuleView>>> {
    let db = office.app.db.reader();
    let after = page.after::<1>()?;
    let hits = store::hits(db, reader.account.id).await?;
    let wanted = filter.q.as_deref().map(str::trim).filter(|wanted| !wanted.is_empty());
    let rules = store::rules(db, reader.account.id).await?;
    let fits = |rule: &Model| {
        filter.enabled.is_none_or(|enabled| enabled != rule.disabled)
            && wanted.is_none_or(|wanted| holds(rule, wanted))
    };
    // At most a thousand, which are read whole in their order; the page begins after the last one's id.
    let start = match after {
        None => 0,
        Some([id]) => rules.iter().position(|rule| rule.id == id).map_or(rules.len(), |place| place + 1),
    };
    let limit = page.limit();
    let rows = rules.into_iter().skip(start).filter(fits).take(limit as usize + 1).collect();
    let page = Page::from_rows(rows, limit, |rule: &Model| [rule.id]);
    Ok(Json(page.map(|rule| {
        let hits = hits.get(&rule.id).copied().unwrap_or_default();
        RuleView::new(rule, hits)
    })))
}

fn holds(rule: &Model, wanted: &str) -> bool {
    let note = rule.note.as_deref().unwrap_or_default();
    rule.slug.contains(wanted)
        || note.contains(wanted)
        || rule.answer.contains(wanted)
        || rule.words().iter().any(|word| word.contains(wanted))
        || rule.answers.as_deref().is_some_and(|answers| answers.contains(wanted))
}

/// One rule.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/answers/rules/{rule}", tag = "answers",
    params(("account" = String, Path), ("rule" = String, Path)),
    responses((status = 200, body = RuleView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn show(
    State(office): State<Office>,
    reader: Reader,
    Path(path): Path<(String, String)>,
) -> Result<Json<RuleView>> {
    let (_, slug) = path;
    let db = office.app.db.reader();
    let rule = store::rule(db, reader.account.id, &slug).await?.ok_or(Error::NotFound(texts::RULE))?;
    let hits = store::hits(db, reader.account.id).await?.get(&rule.id).copied().unwrap_or_default();
    Ok(Json(RuleView::new(rule, hits)))
}

/// Adds a rule.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/answers/rules", tag = "answers", request_body = RuleInput,
    params(("account" = String, Path)),
    responses((status = 201, body = RuleView), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 422, body = Problem)))]
pub async fn add(
    State(office): State<Office>,
    writer: Writer,
    Json(input): Json<RuleInput>,
) -> Result<(StatusCode, Json<RuleView>)> {
    let account = &writer.account;
    let slug = match input.slug.as_deref().map(str::trim).filter(|slug| !slug.is_empty()) {
        Some(slug) if is_slug(slug) => slug.to_owned(),
        Some(_) => return Err(Error::field("slug", texts::BAD_SLUG)),
        None => format!("r-{}", office.app.clock.now().millis()),
    };
    let db = office.app.db.begin_write().await?;
    let present = store::rules(&db, account.id).await?;
    if present.len() >= MAX_RULES {
        return Err(Error::field("", texts::TOO_MANY_RULES));
    }
    let position = present.iter().map(|rule| rule.position).max().unwrap_or_default() + 1;
    let mut rule = input.to_rule(account, slug.clone(), position)?;
    rule.version = 0;
    check_targets(&db, account.id, &input.answers).await?;
    store::add_rule(&db, rule).await.or_taken("slug", texts::SLUG_TAKEN)?;
    let rule = store::rule(&db, account.id, &slug).await?.ok_or(Error::NotFound(texts::RULE))?;
    note(&office, &db, &writer, "rule.add", &rule, None, Some(told(&rule))).await?;
    publish(&office, &writer, db).await?;
    Ok((StatusCode::CREATED, Json(RuleView::new(rule, Hits::default()))))
}

/// Changes a rule.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/answers/rules/{rule}", tag = "answers", request_body = RuleInput,
    params(("account" = String, Path), ("rule" = String, Path)),
    responses((status = 200, body = RuleView), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(office): State<Office>,
    writer: Writer,
    Path(path): Path<(String, String)>,
    Json(input): Json<RuleInput>,
) -> Result<Json<RuleView>> {
    let (_, slug) = path;
    let account = &writer.account;
    let db = office.app.db.begin_write().await?;
    let before = store::rule(&db, account.id, &slug).await?.ok_or(Error::NotFound(texts::RULE))?;
    let rule = input.to_rule(account, slug.clone(), before.position)?;
    check_targets(&db, account.id, &input.answers).await?;
    if !store::change_rule(&db, rule).await? {
        return Err(Error::stale());
    }
    let rule = store::rule(&db, account.id, &slug).await?.ok_or(Error::NotFound(texts::RULE))?;
    note(&office, &db, &writer, "rule.change", &rule, Some(told(&before)), Some(told(&rule))).await?;
    publish(&office, &writer, db).await?;
    let hits = store::hits(office.app.db.reader(), account.id).await?;
    let hits = hits.get(&rule.id).copied().unwrap_or_default();
    Ok(Json(RuleView::new(rule, hits)))
}

/// Removes a rule.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}/answers/rules/{rule}", tag = "answers",
    params(("account" = String, Path), ("rule" = String, Path), ReadVersion),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn remove(
    State(office): State<Office>,
    writer: Writer,
    Path(path): Path<(String, String)>,
    Query(read): Query<ReadVersion>,
) -> Result<StatusCode> {
    let (_, slug) = path;
    let account = &writer.account;
    let db = office.app.db.begin_write().await?;
    let rule = store::rule(&db, account.id, &slug).await?.ok_or(Error::NotFound(texts::RULE))?;
    if !store::remove_rule(&db, account.id, &slug, read.version).await? {
        return Err(Error::stale());
    }
    note(&office, &db, &writer, "rule.remove", &rule, Some(told(&rule)), None).await?;
    publish(&office, &writer, db).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn is_slug(slug: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&slug.len()) && slug.bytes().all(allowed)
}

/// What the trail keeps of a rule.
fn told(rule: &Model) -> Value {
    json!({
        "keywords": rule.words(),
        "match": rule.matching(),
        "priority": rule.priority,
        "enabled": !rule.disabled,
        "windows": rule.windows(),
        "answers": rule.answers(),
        "choice": rule.choice(),
        "note": rule.note,
    })
}

async fn note(
    office: &Office,
    db: &DatabaseTransaction,
    member: &Member,
    action: &str,
    rule: &Model,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<()> {
    let title = rule.words().first().cloned().unwrap_or_default();
    let entry = Entry {
        account: Some(member.account.id),
        action,
        subject: Some(("rule", rule.id)),
        title: &title,
        before,
        after,
    };
    Ok(audit::record(db, &member.who(), entry, office.app.clock.now()).await?)
}
