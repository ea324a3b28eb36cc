//! What residents fetch: `/h/{account}/media/{hash}.{ext}` and `…/{hash}-thumb.{ext}`.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::super::{Item, Kind, Media, names, store, thumb_extension, thumb_place};
use super::ranges::{Part, asked_for};
use crate::accounts::Directory;

/// What is under an address never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Whatever a file holds, in a browser it can do nothing.
const FILE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// What the handlers need.
#[derive(Clone)]
pub struct Serving {
    pub media: Media,
    pub directory: Directory,
}

/// Gives a file out. An item of another account, or in the trash, is not found.
pub async fn fetch(
    State(serving): State<Serving>,
    Path((account, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    match find(&serving, &account, &file, &headers).await {
        Ok(Some(response)) => response,
        Ok(None) => (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")]).into_response(),
        Err(error) => {
            tracing::error!(error = crate::db::told_whole(&error), "a file could not be given out");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::CACHE_CONTROL, "no-store")]).into_response()
        }
    }
}

async fn find(
    serving: &Serving,
    account: &str,
    file: &str,
    headers: &HeaderMap,
) -> anyhow::Result<Option<Response>> {
    let Some(account) = serving.directory.find(account) else { return Ok(None) };
    let Some((stem, extension)) = file.split_once('.') else { return Ok(None) };
    let (hash, is_thumb) = match stem.strip_suffix("-thumb") {
        Some(hash) => (hash, true),
        None => (stem, false),
    };
    if hash.len() != 64 || !hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(None);
    }
    let item = store::by_hash(serving.media.app.db.reader(), account.id, hash).await?;
    let Some(item) = item.filter(|item| item.deleted_at.is_none()) else { return Ok(None) };
    let Some(place) = &item.place else { return Ok(None) };
    let (place, content_type, expected) = if is_thumb {
        let extension = thumb_extension(&item.extension);
        let content_type = if extension == "jpg" { "image/jpeg" } else { "image/png" };
        (thumb_place(place), content_type, extension)
    } else {
        (place.clone(), item.content_type.as_str(), item.extension.as_str())
    };
    if extension != expected || (is_thumb && item.kind != Kind::Picture) {
        return Ok(None);
    }
    let etag = format!("\"{stem}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known == Some(etag.as_str()) {
        let caching = [(header::ETAG, etag), (header::CACHE_CONTROL, FOREVER.into())];
        return Ok(Some((StatusCode::NOT_MODIFIED, caching).into_response()));
    }
    let size = item.size.unsigned_abs();
    let part = if is_thumb { Part::Whole } else { asked_for(headers, &etag, size) };
    let bytes = match &part {
        Part::Beyond => {
            let about = [
                (header::CONTENT_RANGE, format!("bytes */{size}")),
                (header::CACHE_CONTROL, "no-store".into()),
            ];
            return Ok(Some((StatusCode::RANGE_NOT_SATISFIABLE, about).into_response()));
        }
        Part::Of(part) => serving.media.storage.get(&place, part.clone()).await?.map(Body::from_stream),
        Part::Whole => serving.media.storage.get(&place, ..).await?.map(Body::from_stream),
    };
    let Some(bytes) = bytes else {
        // With a folder, another node may have it: then the folder is not shared.
        tracing::error!(place, "a file of the media library is missing in the storage");
        return Ok(None);
    };
    let mut response = bytes.into_response();
    if let Part::Of(_) = part {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    let about = response.headers_mut();
    let mut set = |name: HeaderName, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            about.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, content_type.into());
    set(header::CACHE_CONTROL, FOREVER.into());
    set(header::ETAG, etag);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff".into());
    if !is_thumb {
        set(header::ACCEPT_RANGES, "bytes".into());
        let length = match part {
            Part::Of(part) => {
                set(header::CONTENT_RANGE, format!("bytes {}-{}/{size}", part.start, part.end - 1));
                part.end - part.start
            }
            Part::Whole | Part::Beyond => size,
        };
        set(header::CONTENT_LENGTH, length.to_string());
    }
    if item.kind == Kind::File {
        set(header::CONTENT_DISPOSITION, disposition(&item));
    }
    // Browsers show a PDF in a part of theirs that a sandbox keeps out.
    if item.extension != "pdf" {
        set(header::CONTENT_SECURITY_POLICY, FILE_POLICY.into());
    }
    Ok(Some(response))
}

/// How a file is called on the disk of whoever fetches it. A PDF is shown where that is possible.
fn disposition(item: &Item) -> String {
    let way = if item.extension == "pdf" { "inline" } else { "attachment" };
    let stem = names::stem_of(&item.name);
    let name: String = format!("{stem}.{}", item.extension)
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("{way}; filename=\"{}.{}\"; filename*=UTF-8''{name}", &item.hash[..8], item.extension)
}
