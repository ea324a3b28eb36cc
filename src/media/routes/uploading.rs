//! Uploads: files from a browser, links to videos, and pictures that are fetched.

use std::time::Duration;

use axum::extract::multipart::{Field, MultipartRejection};
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::super::{By, FILE_BYTES, Fault, Kept, Media, Refusal, texts};
use super::views::{MediaItem, Uploaded};
use crate::admin::Writer;
use crate::http::{Error, Json, Problem, Result};

/// The field of the form that the file is in.
const FIELD: &str = "file";
/// Whoever sends more has not seen what may be sent, and is told so after this much; above it the line is cut.
const READ: usize = 4 * FILE_BYTES;
/// A form has no more parts than this.
const PARTS: usize = 10;
/// Whoever is slower than this has lost the line.
const SLOWEST: Duration = Duration::from_secs(90);

/// A file, as a form of a browser sends it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the form")]
pub struct Upload {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Keeps a file: what it is, its bytes say; pictures are made anew.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/media", tag = "media", operation_id = "upload_media",
    params(("account" = String, Path)),
    request_body(content = Upload, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = Uploaded, description = "The account had it already"),
        (status = 201, body = Uploaded), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem),
    ))]
pub async fn upload(
    writer: Writer,
    State(media): State<Media>,
    form: std::result::Result<Multipart, MultipartRejection>,
) -> Result<impl IntoResponse> {
    let form = form.map_err(|_rejection| Error::Malformed(texts::NO_FORM.into()))?;
    // Each one in hand takes up to 20 MB of memory.
    let _place = media.place_to_upload().await?;
    let read = timeout(SLOWEST, file_of(form)).await;
    let (name, bytes) = read.map_err(|_elapsed| Error::Malformed(texts::SLOW.into()))??;
    let kept = media.keep(writer.account_id(), &By::member(&writer), &name, bytes).await?;
    Ok(answer(kept, &writer.account.slug))
}

/// A link to a video that stands elsewhere.
#[derive(Deserialize, ToSchema)]
pub struct NewLink {
    #[serde(default)]
    title: String,
    link: String,
}

/// Keeps a link to a video with one of those who are known to show them.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/media/links", tag = "media", operation_id = "add_media_link",
    params(("account" = String, Path)), request_body = NewLink,
    responses(
        (status = 200, body = Uploaded, description = "The account had it already"),
        (status = 201, body = Uploaded), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem),
    ))]
pub async fn add_link(
    writer: Writer,
    State(media): State<Media>,
    Json(new): Json<NewLink>,
) -> Result<impl IntoResponse> {
    let kept = media.keep_link(writer.account_id(), &By::member(&writer), &new.title, &new.link).await?;
    Ok(answer(kept, &writer.account.slug))
}

/// Where a picture stands.
#[derive(Deserialize, ToSchema)]
pub struct Fetching {
    #[schema(max_length = 2000, example = "https://mmbiz.qpic.cn/mmbiz_png/…/640?wx_fmt=png")]
    url: String,
}

/// Fetches a picture of an article of WeChat that was pasted, and keeps it as an upload. Other servers are not asked.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/media/fetch", tag = "media", operation_id = "fetch_media",
    params(("account" = String, Path)), request_body = Fetching,
    responses(
        (status = 200, body = Uploaded, description = "The account had it already"),
        (status = 201, body = Uploaded), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem),
    ))]
pub async fn fetch(
    writer: Writer,
    State(media): State<Media>,
    Json(wanted): Json<Fetching>,
) -> Result<impl IntoResponse> {
    let fetched = media.fetch(writer.account_id(), &By::member(&writer), &wanted.url).await;
    let kept = fetched.map_err(|fault| match fault {
        // These are not the picture's faults.
        Fault::Refused(Refusal::Busy | Refusal::Quota { .. }) | Fault::Failed(_) => Error::from(fault),
        Fault::Refused(refusal) => Error::field("url", texts::unfetched(&refusal)),
    })?;
    Ok(answer(kept, &writer.account.slug))
}

fn answer(kept: Kept, account: &str) -> (StatusCode, Json<Uploaded>) {
    let known = matches!(kept, Kept::Known(_));
    let status = if known { StatusCode::OK } else { StatusCode::CREATED };
    (status, Json(Uploaded { item: MediaItem::new(kept.into_item(), account), known }))
}

/// The first file of a form, with its name.
async fn file_of(mut form: Multipart) -> Result<(String, Vec<u8>)> {
    let malformed = |_error| Error::Malformed(texts::NO_FORM.into());
    for _ in 0..PARTS {
        let Some(field) = form.next_field().await.map_err(malformed)? else { break };
        if field.name() != Some(FIELD) {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        return Ok((name, bytes_of(field).await?));
    }
    Err(Error::field(FIELD, texts::NO_FILE))
}

async fn bytes_of(mut field: Field<'_>) -> Result<Vec<u8>> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    while let Some(piece) = field.chunk().await.map_err(|_error| Error::Malformed(texts::NO_FORM.into()))? {
        length += piece.len();
        if length <= FILE_BYTES {
            bytes.extend_from_slice(&piece);
        } else {
            // Read to its end, as far as that is bearable: a browser that is still sending does not hear an answer.
            bytes = Vec::new();
            if length > READ {
                break;
            }
        }
    }
    if length > FILE_BYTES {
        return Err(Fault::from(Refusal::TooLarge).into());
    }
    Ok(bytes)
}
