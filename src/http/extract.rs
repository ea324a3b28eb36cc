//! What handlers take out of a request, refused in our own words when it is not as it should be.

use axum::body::{Body, Bytes};
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::Error;
use super::texts;

/// A JSON body, in either direction.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let (parts, body) = request.into_parts();
        let body = match Bytes::from_request(Request::from_parts(parts.clone(), body), state).await {
            Ok(body) => body,
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(Error::TooLarge(texts::TOO_LARGE.into()));
            }
            Err(_) => return Err(Error::Malformed(texts::NOT_JSON.into())),
        };
        if names_nul(&body) {
            return Err(Error::Malformed(texts::HAS_NUL.into()));
        }
        let request = Request::from_parts(parts, Body::from(body));
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            // serde's text names the field and what is wrong with it, for whoever writes a client.
            Err(JsonRejection::JsonDataError(error)) => {
                Err(Error::Malformed(format!("{}（{}）", texts::NOT_JSON, error.body_text())))
            }
            Err(_) => Err(Error::Malformed(texts::NOT_JSON.into())),
        }
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// What stands behind the question mark.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Error::Malformed(texts::NOT_A_QUERY.into()));
        }
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(_) => Err(Error::Malformed(texts::NOT_A_QUERY.into())),
        }
    }
}

/// The named parts of the path. A part of the wrong form names nothing that exists.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        if parts.uri.path().contains("%00") {
            return Err(Error::NotFound(texts::NO_SUCH_ADDRESS));
        }
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Error::NotFound(texts::NO_SUCH_ADDRESS)),
        }
    }
}

/// Whether a string of this JSON has the character 0, written as an escape; it can stand there in no other way. Postgres
/// keeps every character but this one, and nobody types it.
fn names_nul(json: &[u8]) -> bool {
    let mut places =
        json.windows(6).enumerate().filter(|(_, window)| *window == b"\\u0000").map(|(at, _)| at);
    places.any(|at| {
        let before = json[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        before % 2 == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_character_that_postgres_cannot_keep_is_found() {
        let check = |json: &str| names_nul(json.as_bytes());
        assert!(check(r#"{"a":"x\u0000"}"#) && check(r#"["\\\u0000"]"#));
        assert!(!check(r#"{"a":"\\u0000"}"#) && !check(r#"{"a":"\u0001"}"#) && !check("0000"));
    }
}
