//! Why the control does not do something: a status, a stable code, and a sentence for the phone.

use axum::Json;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::sandbox::texts;

pub(in crate::sandbox) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

pub(super) type Result<T> = std::result::Result<T, Refusal>;

impl Refusal {
    pub(in crate::sandbox) fn forbidden(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    pub(in crate::sandbox) fn not_found(message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// It cannot be done as things are.
    pub(in crate::sandbox) fn conflict(code: &'static str, message: &str) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    pub(in crate::sandbox) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid", message)
    }

    pub(in crate::sandbox) fn busy() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "busy", texts::TOO_BUSY)
    }

    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"code": self.code, "message": self.message}))).into_response()
    }
}

/// The body as JSON. An empty one stands for `{}`.
pub(super) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T> {
    let body: &[u8] = if body.iter().all(u8::is_ascii_whitespace) { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| Refusal::invalid(texts::not_understood(&error)))
}
