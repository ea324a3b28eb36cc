//! The library in the console: what there is, where it is shown, and the trash.
#![expect(
    unused_qualifications,
    reason = "the description of a handler names the type of a query with its whole path"
)]

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::super::keeping::{entry_of, told};
use super::super::store::{self, Filter};
use super::super::{
    ALT, FILE_BYTES, Item, Media, MediaId, PICTURE_BYTES, TITLE, TRASH_DAYS, Uses, names, texts,
    thumb_extension, thumb_place,
};
use super::views::{MediaDetail, MediaItem, MediaKind, Room};
use crate::accounts::AccountId;
use crate::admin::audit::{self, Entry};
use crate::admin::{Reader, Writer};
use crate::http::{Error, Json, Page, PageQuery, Path, Problem, Query, Result};

/// Which items are looked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MediaQuery {
    kind: Option<MediaKind>,
    /// Words of name, title or alternative text; all must be there.
    text: Option<String>,
    /// What was thrown away, instead of what was not.
    #[serde(default)]
    trash: bool,
    /// Only pictures of which nobody has said what they show.
    #[serde(default)]
    lacks_alt: bool,
}

/// The items of the library, the latest first.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/media", tag = "media",
    params(("account" = String, Path), MediaQuery, PageQuery),
    responses(
        (status = 200, body = Page<MediaItem>), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
    ))]
pub async fn list(
    State(media): State<Media>,
    reader: Reader,
    Query(query): Query<MediaQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<MediaItem>>> {
    let before = page.after::<1>()?.map(|[id]| MediaId(id));
    let filter = Filter {
        kind: query.kind.map(Into::into),
        text: query.text.unwrap_or_default(),
        is_trash: query.trash,
        lacks_alt: query.lacks_alt,
    };
    let db = media.app.db.reader();
    let rows = store::page(db, reader.account_id(), &filter, before, page.limit() + 1).await?;
    let rows = Page::from_rows(rows, page.limit(), |item: &Item| [item.id.0]);
    Ok(Json(rows.map(|item| MediaItem::new(item, &reader.account.slug))))
}

/// How much the library holds, and may.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/media/room", tag = "media",
    params(("account" = String, Path)),
    responses(
        (status = 200, body = Room), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub async fn room(reader: Reader, State(media): State<Media>) -> Result<Json<Room>> {
    let used = store::used_bytes(media.app.db.reader(), reader.account_id()).await?;
    Ok(Json(Room {
        used_bytes: used.unsigned_abs(),
        quota_bytes: media.app.config.media.quota_bytes,
        picture_bytes: PICTURE_BYTES as u64,
        file_bytes: FILE_BYTES as u64,
        title_length: TITLE as u64,
        alt_length: ALT as u64,
        trash_days: TRASH_DAYS,
    }))
}

/// An item, and what shows it.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/media/{id}", tag = "media",
    params(("account" = String, Path), ("id" = i64, Path)),
    responses(
        (status = 200, body = MediaDetail), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub async fn show(
    reader: Reader,
    State(media): State<Media>,
    State(uses): State<Uses>,
    Path((_account, id)): Path<(String, MediaId)>,
) -> Result<Json<MediaDetail>> {
    let item = found(&media, reader.account_id(), id).await?;
    let uses = uses.of(media.app.db.reader(), reader.account_id(), &item.hash).await?;
    Ok(Json(MediaDetail { item: MediaItem::new(item, &reader.account.slug), uses }))
}

/// The small picture of an item, also of one in the trash.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/media/{id}/thumb", tag = "media",
    params(("account" = String, Path), ("id" = i64, Path)),
    responses(
        (status = 200, content_type = "image/*"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub async fn thumb(
    reader: Reader,
    State(media): State<Media>,
    Path((_account, id)): Path<(String, MediaId)>,
) -> Result<Response> {
    let item = found(&media, reader.account_id(), id).await?;
    let place = item.place.as_deref().filter(|_| item.width.is_some()).map(thumb_place);
    let bytes = match place {
        Some(place) => media.storage.get(&place, ..).await?,
        None => None,
    };
    let bytes = bytes.ok_or(Error::NotFound(texts::ITEM))?;
    let is_photo = thumb_extension(&item.extension) == "jpg";
    let content_type = if is_photo { "image/jpeg" } else { "image/png" };
    let mut response = Body::from_stream(bytes).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    Ok(response)
}

/// What is to be changed.
#[derive(Deserialize, ToSchema)]
pub struct Description {
    /// Of the item as it was read.
    version: i64,
    #[schema(max_length = 100)]
    title: String,
    /// What a picture shows, for those who do not see it.
    #[schema(max_length = 200)]
    alt: String,
}

/// Changes title and alternative text.
#[utoipa::path(patch, path = "/api/v1/accounts/{account}/media/{id}", tag = "media",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = Description,
    responses(
        (status = 200, body = MediaItem), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem),
    ))]
pub async fn describe(
    writer: Writer,
    State(media): State<Media>,
    Path((_account, id)): Path<(String, MediaId)>,
    Json(new): Json<Description>,
) -> Result<Json<MediaItem>> {
    let title =
        names::one_line(&new.title, TITLE).ok_or_else(|| Error::field("title", texts::long(TITLE)))?;
    if title.is_empty() {
        return Err(Error::field("title", texts::NO_TITLE));
    }
    let alt = names::one_line(&new.alt, ALT).ok_or_else(|| Error::field("alt", texts::long(ALT)))?;
    let account = writer.account_id();
    let item = at_version(found(&media, account, id).await?, new.version)?;
    let transaction = media.app.db.begin_write().await?;
    if !store::describe(&transaction, account, &item, &title, &alt).await? {
        return Err(Error::stale());
    }
    let changed = Item { title, alt, version: item.version + 1, ..item.clone() };
    let entry = entry_of(account, "media.describe", &item);
    let entry = Entry { before: Some(told(&item)), after: Some(told(&changed)), ..entry };
    audit::record(&transaction, &writer.who(), entry, media.app.clock.now()).await?;
    transaction.commit().await?;
    Ok(Json(MediaItem::new(changed, &writer.account.slug)))
}

/// How something is thrown away.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Disposal {
    /// Of the item as it was read.
    version: i64,
    /// Also when something shows it, which will then show a gap.
    #[serde(default)]
    anyway: bool,
}

/// Throws an item away. It can be taken back for 30 days.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}/media/{id}", tag = "media",
    params(("account" = String, Path), ("id" = i64, Path), Disposal),
    responses(
        (status = 200, body = MediaItem), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`stale`, or `in_use` by what the message names"),
    ))]
pub async fn throw_away(
    writer: Writer,
    State(media): State<Media>,
    State(uses): State<Uses>,
    Path((_account, id)): Path<(String, MediaId)>,
    Query(disposal): Query<Disposal>,
) -> Result<Json<MediaItem>> {
    let account = writer.account_id();
    let item = at_version(found(&media, account, id).await?, disposal.version)?;
    if item.deleted_at.is_some() {
        return Ok(Json(MediaItem::new(item, &writer.account.slug)));
    }
    let shown = uses.of(media.app.db.reader(), account, &item.hash).await?;
    if !shown.is_empty() && !disposal.anyway {
        return Err(Error::Conflict("in_use", texts::in_use(&shown)));
    }
    let now = media.app.clock.now();
    let transaction = media.app.db.begin_write().await?;
    if !store::set_deleted(&transaction, account, &item, Some(now)).await? {
        return Err(Error::stale());
    }
    let after = Some(json!({ "shown_by": shown.len() }));
    let entry = Entry { after, ..entry_of(account, "media.delete", &item) };
    audit::record(&transaction, &writer.who(), entry, now).await?;
    transaction.commit().await?;
    let gone = Item { deleted_at: Some(now), version: item.version + 1, ..item };
    Ok(Json(MediaItem::new(gone, &writer.account.slug)))
}

/// The version of what is taken back.
#[derive(Deserialize, ToSchema)]
pub struct Restoring {
    version: i64,
}

/// Takes an item out of the trash.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/media/{id}/restore", tag = "media",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = Restoring,
    responses(
        (status = 200, body = MediaItem), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem),
    ))]
pub async fn restore(
    writer: Writer,
    State(media): State<Media>,
    Path((_account, id)): Path<(String, MediaId)>,
    Json(restoring): Json<Restoring>,
) -> Result<Json<MediaItem>> {
    let account = writer.account_id();
    let item = at_version(found(&media, account, id).await?, restoring.version)?;
    if item.deleted_at.is_none() {
        return Ok(Json(MediaItem::new(item, &writer.account.slug)));
    }
    let transaction = media.app.db.begin_write().await?;
    if !store::set_deleted(&transaction, account, &item, None).await? {
        return Err(Error::stale());
    }
    let entry = entry_of(account, "media.restore", &item);
    audit::record(&transaction, &writer.who(), entry, media.app.clock.now()).await?;
    transaction.commit().await?;
    let back = Item { deleted_at: None, version: item.version + 1, ..item };
    Ok(Json(MediaItem::new(back, &writer.account.slug)))
}

async fn found(media: &Media, account: AccountId, id: MediaId) -> Result<Item> {
    store::find(media.app.db.reader(), account, id).await?.ok_or(Error::NotFound(texts::ITEM))
}

/// The item, if nobody has changed it since it was read.
fn at_version(item: Item, version: i64) -> Result<Item> {
    if item.version == version { Ok(item) } else { Err(Error::stale()) }
}
