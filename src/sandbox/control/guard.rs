//! Who may use the control: this machine itself, and no web site that its browser has open.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;
use crate::sandbox::texts;

/// A request with one of these came through a proxy, whose own address says nothing.
const PROXY_HEADERS: [&str; 3] = ["x-forwarded-for", "forwarded", "x-real-ip"];

pub(super) async fn guard(request: Request, next: Next) -> Response {
    match check(&request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn check(request: &Request) -> Result<(), Refusal> {
    let headers = request.headers();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let is_local = peer.is_none_or(|address| address.to_canonical().is_loopback());
    if !is_local || PROXY_HEADERS.iter().any(|name| headers.contains_key(*name)) {
        return Err(Refusal::forbidden(texts::LOCAL_ONLY));
    }
    let host = text(headers, header::HOST);
    // A name that somebody else's DNS points at this machine would make their page and us one origin.
    if host.is_some_and(|host| !is_own_name(host)) {
        return Err(Refusal::forbidden(texts::FOREIGN_ORIGIN));
    }
    if let Some(origin) = text(headers, header::ORIGIN) {
        let origin_host = origin.split_once("://").map(|(_, host)| host);
        if origin_host.is_none() || origin_host != host {
            return Err(Refusal::forbidden(texts::FOREIGN_ORIGIN));
        }
    }
    // Browsers say so themselves; programs such as curl send neither this nor an origin, and may do all.
    let site = headers.get("sec-fetch-site").map(|value| value.to_str().unwrap_or("?"));
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(Refusal::forbidden(texts::FOREIGN_ORIGIN));
    }
    Ok(())
}

/// A header as text; one that is none is as good as a foreign one.
fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

/// Whether a host, perhaps with a port, is an address or a name of this machine that no DNS gives away.
fn is_own_name(host: &str) -> bool {
    let is_port = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || address.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::{ConnectInfo, Request};
    use axum::http::request::Builder;

    use super::check;

    fn is_let_in(request: Builder, peer: &str) -> bool {
        let mut request = request.uri("/control/reset").body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo::<std::net::SocketAddr>(peer.parse().unwrap()));
        check(&request).is_ok()
    }

    fn post() -> Builder {
        Request::post("/").header("content-type", "application/json").header("host", "127.0.0.1:8080")
    }

    #[test]
    fn only_this_machine_is_let_in() {
        for peer in ["127.0.0.1:5", "[::1]:5", "[::ffff:127.0.0.1]:5"] {
            assert!(is_let_in(post(), peer), "{peer}");
        }
        for peer in ["10.0.0.8:5", "[2001:db8::1]:5", "[::ffff:10.0.0.8]:5"] {
            assert!(!is_let_in(post(), peer), "{peer}");
        }
        for header in ["x-forwarded-for", "forwarded", "X-Real-IP"] {
            assert!(!is_let_in(post().header(header, "127.0.0.1"), "127.0.0.1:5"), "{header}");
        }
    }

    #[test]
    fn other_web_sites_cannot_drive_it_with_a_visitors_browser() {
        let peer = "127.0.0.1:5";
        assert!(is_let_in(post().header("origin", "http://127.0.0.1:8080"), peer));
        assert!(!is_let_in(post().header("origin", "http://127.0.0.1:9090"), peer));
        assert!(!is_let_in(post().header("origin", "https://evil.example"), peer));
        assert!(!is_let_in(post().header("origin", "null"), peer));
        assert!(!is_let_in(post().header("sec-fetch-site", "cross-site"), peer));
        assert!(is_let_in(post().header("sec-fetch-site", "same-origin"), peer));
        assert!(is_let_in(Request::post("/").header("host", "localhost:8080"), peer), "curl -X POST");
        let rebound = Request::get("/").header("host", "evil.example:8080");
        assert!(!is_let_in(rebound, peer));
        assert!(is_let_in(Request::get("/").header("host", "[::1]:8080"), peer));
        assert!(is_let_in(Request::get("/").header("host", "localhost"), peer));
    }
}
