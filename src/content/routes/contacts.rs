//! Telephone numbers.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sheets::{self, ImportQuery, SheetReport};
use super::{OneOf, Order, Shown, Sought, Version};
use crate::admin::Office;
use crate::admin::permissions::{Reader, Writer};
use crate::content::editing::{self, version};
use crate::content::models::contact;
use crate::content::{ContactDraft, store, texts};
use crate::http::{Json, Page, PageQuery, Path, Problem, Query, Result};

/// A telephone number with what it is for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContactView {
    pub id: i64,
    /// To be named when it is changed.
    pub version: String,
    /// By which a sheet or a file knows it again.
    pub slug: String,
    /// Where it stands in the list.
    pub position: i64,
    pub name: String,
    /// The heading under which it stands.
    pub group: String,
    pub phone: String,
    pub hours: Option<String>,
    pub note: Option<String>,
}

impl From<contact::Model> for ContactView {
    fn from(row: contact::Model) -> Self {
        Self {
            version: version(&row),
            id: row.id,
            slug: row.slug,
            position: row.position,
            name: row.name,
            group: row.category,
            phone: row.phone,
            hours: row.hours,
            note: row.note,
        }
    }
}

/// What is typed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ContactInput {
    name: String,
    /// The heading under which it stands.
    group: String,
    phone: String,
    hours: Option<String>,
    note: Option<String>,
    /// Only of one that is put back: the name that it had in addresses.
    slug: Option<String>,
    /// Only of one that is put back: where it stood.
    position: Option<i64>,
}

/// A change, and over what.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ContactChange {
    version: String,
    contact: ContactInput,
}

impl From<ContactInput> for ContactDraft {
    fn from(input: ContactInput) -> Self {
        Self {
            slug: input.slug.unwrap_or_default(),
            name: input.name,
            group: input.group,
            phone: input.phone,
            hours: input.hours,
            note: input.note,
        }
    }
}

impl Shown for contact::Model {
    type View = ContactView;
    const KIND: &'static str = "contact";
    const NOT_FOUND: &'static str = texts::CONTACT;
}

/// The telephone numbers, in their order.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/contacts", tag = "contacts",
    params(("account" = String, Path), Sought, PageQuery),
    responses((status = 200, body = Page<ContactView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(
    State(office): State<Office>,
    reader: Reader,
    Query(sought): Query<Sought>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ContactView>>> {
    let (after, limit, words) = (page.after::<2>()?.map(|[at, id]| (at, id)), page.limit(), sought.words());
    let db = office.app.db.reader();
    let rows = store::page_of_contacts(db, reader.account_id(), words.as_deref(), after, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |row| [row.position, row.id]).map(ContactView::from)))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/contacts/{id}", tag = "contacts", params(OneOf),
    responses((status = 200, body = ContactView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show(
    State(office): State<Office>,
    reader: Reader,
    Path(one): Path<OneOf>,
) -> Result<Json<ContactView>> {
    let row = editing::find::<contact::Model>(office.app.db.reader(), reader.account_id(), one.id).await;
    Ok(Json(row.map_err(super::refused::<contact::Model>)?.into()))
}

/// Adds one.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/contacts", tag = "contacts", params(("account" = String, Path)), request_body = ContactInput,
    responses((status = 201, body = ContactView), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(office): State<Office>,
    writer: Writer,
    Json(input): Json<ContactInput>,
) -> Result<(StatusCode, Json<ContactView>)> {
    let position = input.position;
    let view = super::create::<contact::Model>(&office, &writer, input.into(), position).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Changes one.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/contacts/{id}", tag = "contacts", params(OneOf), request_body = ContactChange,
    responses((status = 200, body = ContactView), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(office): State<Office>,
    writer: Writer,
    Path(one): Path<OneOf>,
    Json(change): Json<ContactChange>,
) -> Result<Json<ContactView>> {
    let ContactChange { version, contact } = change;
    super::change::<contact::Model>(&office, &writer, one.id, &version, contact.into()).await.map(Json)
}

/// Removes one. Added again with the same `slug` and `position`, it stands where it stood.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}/contacts/{id}", tag = "contacts", params(OneOf, Version),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn remove(
    State(office): State<Office>,
    writer: Writer,
    Path(one): Path<OneOf>,
    Query(read): Query<Version>,
) -> Result<StatusCode> {
    let write = office.app.db.begin_write().await?;
    let removed = editing::remove::<contact::Model>(&write, writer.account_id(), one.id, &read.version).await;
    super::removed(&office, &writer, write, removed).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts the list into an order.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/contacts/order", tag = "contacts", params(("account" = String, Path)), request_body = Order,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem)))]
pub async fn order(
    State(office): State<Office>,
    writer: Writer,
    Json(order): Json<Order>,
) -> Result<StatusCode> {
    super::reorder::<contact::Model>(&office, &writer, &order.ids).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings a sheet in: the file is the body. Whole or not at all.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/contacts/import", tag = "contacts",
    params(("account" = String, Path), ImportQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = SheetReport), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn bring(
    State(office): State<Office>,
    writer: Writer,
    Query(query): Query<ImportQuery>,
    request: Request<Body>,
) -> Result<Json<SheetReport>> {
    sheets::bring::<contact::Model>(&office, &writer, request.into_body(), &query).await.map(Json)
}

/// All of them as a sheet.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/contacts/export", tag = "contacts", params(("account" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn export(State(office): State<Office>, reader: Reader) -> Result<Response> {
    sheets::export::<contact::Model>(&office, &reader).await
}

/// A sheet to be filled in.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/contacts/template", tag = "contacts", params(("account" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn template(State(office): State<Office>, _: Reader) -> Result<Response> {
    sheets::template::<contact::Model>(&office).await
}
