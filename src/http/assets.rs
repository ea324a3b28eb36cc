//! The built front end, embedded in the binary (debug builds read it from the disk).

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::headers::{CONSOLE_POLICY, PHONE_POLICY};

#[derive(RustEmbed)]
#[folder = "$HOPETREE_WEB_DIST"]
struct Dist;

/// The name under which the pages link their styles; it changes with the contents, so that caches may keep it.
pub fn pages_style() -> String {
    let digest = Dist::get("assets/pages.css").map(|file| etag(&file)).unwrap_or_default();
    format!("/assets/pages.css?v={}", digest.trim_matches('"'))
}

/// `/assets/…`: scripts, styles and pictures. Their names or queries change with their contents.
pub async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    match Dist::get(&format!("assets/{path}")) {
        Some(file) => file_response(&file, &headers, "public, max-age=31536000, immutable"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The sandbox's phone.
pub async fn phone(headers: HeaderMap) -> Response {
    index("phone/index.html", PHONE_POLICY, &headers)
}

/// The console. Its pages have addresses of their own, which it reads by itself.
pub async fn console(headers: HeaderMap) -> Response {
    index("console/index.html", CONSOLE_POLICY, &headers)
}

fn index(path: &str, policy: &'static str, headers: &HeaderMap) -> Response {
    match Dist::get(path) {
        Some(file) => {
            let policy = [(header::CONTENT_SECURITY_POLICY, policy)];
            (policy, file_response(&file, headers, "no-cache")).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn file_response(file: &EmbeddedFile, headers: &HeaderMap, caching: &'static str) -> Response {
    let etag = etag(file);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let common = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, caching.into())];
    if known == Some(etag.as_str()) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let mime = file.metadata.mimetype();
    let content_type = if mime.starts_with("text/") || mime.ends_with("javascript") {
        format!("{mime}; charset=utf-8")
    } else {
        mime.into()
    };
    (common, [(header::CONTENT_TYPE, content_type)], file.data.clone()).into_response()
}

fn etag(file: &EmbeddedFile) -> String {
    let digest: String =
        file.metadata.sha256_hash().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digest}\"")
}
