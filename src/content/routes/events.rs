//! Events.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sheets::{self, ImportQuery, SheetReport};
use super::{OneOf, Shown, Sought, Version};
use crate::admin::Office;
use crate::admin::permissions::{Reader, Writer};
use crate::content::editing::{self, version};
use crate::content::models::event;
use crate::content::{EventDraft, markdown, store, texts};
use crate::http::{Json, Page, PageQuery, Path, Problem, Query, Result};

/// Something that residents can come to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    pub id: i64,
    /// To be named when it is changed.
    pub version: String,
    /// Its name in addresses: `/h/ACCOUNT/e/SLUG`.
    pub slug: String,
    pub title: String,
    /// Unix milliseconds.
    pub starts_at: i64,
    /// Unix milliseconds.
    pub ends_at: i64,
    pub venue: String,
    /// The slug of the place where it is, if that is on the map.
    pub place: Option<String>,
    pub organizer: Option<String>,
    pub audience: Option<String>,
    pub signup: Option<String>,
    /// Markdown.
    pub body: String,
    pub body_html: String,
}

impl From<event::Model> for EventView {
    fn from(row: event::Model) -> Self {
        Self {
            version: version(&row),
            id: row.id,
            slug: row.slug,
            title: row.title,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            venue: row.venue,
            place: row.place,
            organizer: row.organizer,
            audience: row.audience,
            signup: row.signup,
            body: row.body_source,
            body_html: row.body_html,
        }
    }
}

/// What is typed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct EventInput {
    title: String,
    /// Unix milliseconds.
    starts_at: i64,
    /// Unix milliseconds.
    ends_at: i64,
    venue: String,
    /// The slug of the place where it is, if that is on the map.
    place: Option<String>,
    organizer: Option<String>,
    audience: Option<String>,
    signup: Option<String>,
    /// Markdown.
    body: String,
    /// Only of one that is put back: the name that it had in addresses.
    slug: Option<String>,
}

/// A change, and over what.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct EventChange {
    version: String,
    event: EventInput,
}

impl From<EventInput> for EventDraft {
    fn from(input: EventInput) -> Self {
        Self {
            slug: input.slug.unwrap_or_default(),
            title: input.title,
            starts_at: input.starts_at,
            ends_at: input.ends_at,
            venue: input.venue,
            place: input.place,
            organizer: input.organizer,
            audience: input.audience,
            signup: input.signup,
            body: input.body,
        }
    }
}

impl Shown for event::Model {
    type View = EventView;
    const KIND: &'static str = "event";
    const NOT_FOUND: &'static str = texts::EVENT;
}

/// The events, those that begin last first.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/events", tag = "events",
    params(("account" = String, Path), Sought, PageQuery),
    responses((status = 200, body = Page<EventView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(
    State(office): State<Office>,
    reader: Reader,
    Query(sought): Query<Sought>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<EventView>>> {
    let (after, limit, words) = (page.after::<2>()?.map(|[at, id]| (at, id)), page.limit(), sought.words());
    let db = office.app.db.reader();
    let rows = store::page_of_events(db, reader.account_id(), words.as_deref(), after, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |row| [row.starts_at, row.id]).map(EventView::from)))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/events/{id}", tag = "events", params(OneOf),
    responses((status = 200, body = EventView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show(
    State(office): State<Office>,
    reader: Reader,
    Path(one): Path<OneOf>,
) -> Result<Json<EventView>> {
    let row = editing::find::<event::Model>(office.app.db.reader(), reader.account_id(), one.id).await;
    Ok(Json(row.map_err(super::refused::<event::Model>)?.into()))
}

/// Adds one.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/events", tag = "events", params(("account" = String, Path)), request_body = EventInput,
    responses((status = 201, body = EventView), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(office): State<Office>,
    writer: Writer,
    Json(input): Json<EventInput>,
) -> Result<(StatusCode, Json<EventView>)> {
    let position = None;
    let view = super::create::<event::Model>(&office, &writer, input.into(), position).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Changes one.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/events/{id}", tag = "events", params(OneOf), request_body = EventChange,
    responses((status = 200, body = EventView), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(office): State<Office>,
    writer: Writer,
    Path(one): Path<OneOf>,
    Json(change): Json<EventChange>,
) -> Result<Json<EventView>> {
    let EventChange { version, event } = change;
    super::change::<event::Model>(&office, &writer, one.id, &version, event.into()).await.map(Json)
}

/// Removes one. Added again with the same `slug`, it stands where it stood.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}/events/{id}", tag = "events", params(OneOf, Version),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn remove(
    State(office): State<Office>,
    writer: Writer,
    Path(one): Path<OneOf>,
    Query(read): Query<Version>,
) -> Result<StatusCode> {
    let write = office.app.db.begin_write().await?;
    let removed = editing::remove::<event::Model>(&write, writer.account_id(), one.id, &read.version).await;
    super::removed(&office, &writer, write, removed).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings a sheet in: the file is the body. Whole or not at all.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/events/import", tag = "events",
    params(("account" = String, Path), ImportQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = SheetReport), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn bring(
    State(office): State<Office>,
    writer: Writer,
    Query(query): Query<ImportQuery>,
    request: Request<Body>,
) -> Result<Json<SheetReport>> {
    sheets::bring::<event::Model>(&office, &writer, request.into_body(), &query).await.map(Json)
}

/// All of them as a sheet.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/events/export", tag = "events", params(("account" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn export(State(office): State<Office>, reader: Reader) -> Result<Response> {
    sheets::export::<event::Model>(&office, &reader).await
}

/// A sheet to be filled in.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/events/template", tag = "events", params(("account" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn template(State(office): State<Office>, _: Reader) -> Result<Response> {
    sheets::template::<event::Model>(&office).await
}

/// A text that is being typed.
#[derive(Deserialize, ToSchema)]
pub struct Typed {
    /// Markdown.
    #[schema(max_length = 20000)]
    body: String,
}

/// How it will look.
#[derive(Serialize, ToSchema)]
pub struct Shape {
    /// Safe to show.
    html: String,
}

/// Shows a text as residents will see it.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/events/preview", tag = "events", params(("account" = String, Path)), request_body = Typed,
    responses((status = 200, body = Shape), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem)))]
pub async fn preview(_: Writer, Json(typed): Json<Typed>) -> Result<Json<Shape>> {
    let body: String = typed.body.chars().take(20_000).collect();
    Ok(Json(Shape { html: markdown::to_html(&body) }))
}
