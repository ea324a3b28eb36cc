//! Places.

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
use crate::content::map_links::{self, NotLocated, Origin};
use crate::content::models::place;
use crate::content::{PlaceDraft, store, texts};
use crate::http::{Error, Json, Page, PageQuery, Path, Problem, Query, Result};

/// A place that residents look for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaceView {
    pub id: i64,
    /// To be named when it is changed.
    pub version: String,
    /// Its name in addresses: `/h/ACCOUNT/p/SLUG`.
    pub slug: String,
    /// Where it stands in the list.
    pub position: i64,
    pub name: String,
    pub category: String,
    pub address: String,
    pub phone: Option<String>,
    /// When it is open, as people read it.
    pub hours: Option<String>,
    /// Degrees, GCJ-02.
    pub latitude: f64,
    /// Degrees, GCJ-02.
    pub longitude: f64,
    pub note: Option<String>,
}

impl From<place::Model> for PlaceView {
    fn from(row: place::Model) -> Self {
        Self {
            version: version(&row),
            id: row.id,
            slug: row.slug,
            position: row.position,
            name: row.name,
            category: row.category,
            address: row.address,
            phone: row.phone,
            hours: row.hours,
            latitude: row.latitude,
            longitude: row.longitude,
            note: row.note,
        }
    }
}

/// What is typed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct PlaceInput {
    name: String,
    category: String,
    address: String,
    phone: Option<String>,
    /// When it is open, as people read it.
    hours: Option<String>,
    /// Degrees, GCJ-02.
    latitude: f64,
    /// Degrees, GCJ-02.
    longitude: f64,
    note: Option<String>,
    /// Only of one that is put back: the name that it had in addresses.
    slug: Option<String>,
    /// Only of one that is put back: where it stood.
    position: Option<i64>,
}

/// A change, and over what.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct PlaceChange {
    version: String,
    place: PlaceInput,
}

impl From<PlaceInput> for PlaceDraft {
    fn from(input: PlaceInput) -> Self {
        Self {
            slug: input.slug.unwrap_or_default(),
            name: input.name,
            category: input.category,
            address: input.address,
            phone: input.phone,
            hours: input.hours,
            latitude: input.latitude,
            longitude: input.longitude,
            note: input.note,
        }
    }
}

impl Shown for place::Model {
    type View = PlaceView;
    const KIND: &'static str = "place";
    const NOT_FOUND: &'static str = texts::PLACE;
}

/// The places, in their order.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/places", tag = "places",
    params(("account" = String, Path), Sought, PageQuery),
    responses((status = 200, body = Page<PlaceView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(
    State(office): State<Office>,
    reader: Reader,
    Query(sought): Query<Sought>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<PlaceView>>> {
    let (after, limit, words) = (page.after::<2>()?.map(|[at, id]| (at, id)), page.limit(), sought.words());
    let db = office.app.db.reader();
    let rows = store::page_of_places(db, reader.account_id(), words.as_deref(), after, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |row| [row.position, row.id]).map(PlaceView::from)))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/places/{id}", tag = "places", params(OneOf),
    responses((status = 200, body = PlaceView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show(
    State(office): State<Office>,
    reader: Reader,
    Path(one): Path<OneOf>,
) -> Result<Json<PlaceView>> {
    let row = editing::find::<place::Model>(office.app.db.reader(), reader.account_id(), one.id).await;
    Ok(Json(row.map_err(super::refused::<place::Model>)?.into()))
}

/// Adds one.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/places", tag = "places", params(("account" = String, Path)), request_body = PlaceInput,
    responses((status = 201, body = PlaceView), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(office): State<Office>,
    writer: Writer,
    Json(input): Json<PlaceInput>,
) -> Result<(StatusCode, Json<PlaceView>)> {
    let position = input.position;
    let view = super::create::<place::Model>(&office, &writer, input.into(), position).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Changes one.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/places/{id}", tag = "places", params(OneOf), request_body = PlaceChange,
    responses((status = 200, body = PlaceView), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(office): State<Office>,
    writer: Writer,
    Path(one): Path<OneOf>,
    Json(change): Json<PlaceChange>,
) -> Result<Json<PlaceView>> {
    let PlaceChange { version, place } = change;
    super::change::<place::Model>(&office, &writer, one.id, &version, place.into()).await.map(Json)
}

/// Removes one. Added again with the same `slug` and `position`, it stands where it stood.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}/places/{id}", tag = "places", params(OneOf, Version),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn remove(
    State(office): State<Office>,
    writer: Writer,
    Path(one): Path<OneOf>,
    Query(read): Query<Version>,
) -> Result<StatusCode> {
    let write = office.app.db.begin_write().await?;
    let removed = editing::remove_place(&write, writer.account_id(), one.id, &read.version).await;
    super::removed(&office, &writer, write, removed).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts the list into an order.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/places/order", tag = "places", params(("account" = String, Path)), request_body = Order,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem)))]
pub async fn order(
    State(office): State<Office>,
    writer: Writer,
    Json(order): Json<Order>,
) -> Result<StatusCode> {
    super::reorder::<place::Model>(&office, &writer, &order.ids).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings a sheet in: the file is the body. Whole or not at all.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/places/import", tag = "places",
    params(("account" = String, Path), ImportQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = SheetReport), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn bring(
    State(office): State<Office>,
    writer: Writer,
    Query(query): Query<ImportQuery>,
    request: Request<Body>,
) -> Result<Json<SheetReport>> {
    sheets::bring::<place::Model>(&office, &writer, request.into_body(), &query).await.map(Json)
}

/// All of them as a sheet.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/places/export", tag = "places", params(("account" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn export(State(office): State<Office>, reader: Reader) -> Result<Response> {
    sheets::export::<place::Model>(&office, &reader).await
}

/// A sheet to be filled in.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/places/template", tag = "places", params(("account" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn template(State(office): State<Office>, _: Reader) -> Result<Response> {
    sheets::template::<place::Model>(&office).await
}

/// What somebody copied from a map.
#[derive(Deserialize, ToSchema)]
pub struct Copied {
    /// A link of Tencent's, Gaode's or Baidu's map, or two numbers.
    #[schema(max_length = 2000)]
    text: String,
}

/// Where that is.
#[derive(Serialize, ToSchema)]
pub struct LocatedView {
    /// Degrees, GCJ-02.
    latitude: f64,
    /// Degrees, GCJ-02.
    longitude: f64,
    /// `tencent`, `gaode`, `baidu`, `satellite` or `typed`; those of Baidu and of satellites were converted.
    origin: String,
}

/// Finds the coordinates in a link that was copied from a map.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/places/locate", tag = "places", params(("account" = String, Path)), request_body = Copied,
    responses((status = 200, body = LocatedView), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn locate(_: Writer, Json(copied): Json<Copied>) -> Result<Json<LocatedView>> {
    let text: String = copied.text.chars().take(2_000).collect();
    let located = map_links::locate(&text).map_err(|reason| {
        let message = match reason {
            NotLocated::Short => texts::SHORT_LINK,
            NotLocated::Nothing => texts::NO_COORDINATES,
            NotLocated::Abroad => texts::ABROAD,
        };
        Error::field("text", message)
    })?;
    let origin = match located.origin {
        Origin::Tencent => "tencent",
        Origin::Gaode => "gaode",
        Origin::Baidu => "baidu",
        Origin::Satellite => "satellite",
        Origin::Typed => "typed",
    };
    let (latitude, longitude) = (located.latitude, located.longitude);
    Ok(Json(LocatedView { latitude, longitude, origin: origin.into() }))
}
