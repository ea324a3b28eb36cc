//! Headers that keep browsers from doing what pages of ours never need.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// Residents' pages: styles and pictures of our own, no scripts at all. What an editor colored stands in attributes,
/// which the sanitizer restrains. They may be framed by our own origin
/// only: the sandbox's phone shows them so.
pub const PAGES_POLICY: &str = "default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'self'";
/// The sandbox's phone: it frames pages and shows pictures from wherever a card points.
pub const PHONE_POLICY: &str = "default-src 'self'; img-src 'self' data: http: https:; frame-src 'self' http: https:; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// The console. Texts that editors write carry styles of their own, which can paint and not load anything; everything
/// else is ours. `blob:` and `data:` are pictures that are not stored yet.
pub const CONSOLE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; \
     img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; \
     manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Adds the headers that every answer has.
pub async fn add_common(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let common: [(HeaderName, &str); 3] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in common {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// What the API tells is for the one who asked, and only now: nobody in between keeps it. A file may say otherwise.
pub async fn keep_nowhere(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
