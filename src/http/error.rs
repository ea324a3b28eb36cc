//! What a client of the API is told when a request cannot be done: one table from error to status and stable code.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sea_orm::{DbErr, SqlErr};
use serde::Serialize;
use utoipa::ToSchema;

use super::texts;

pub type Result<T> = std::result::Result<T, Error>;

/// Why a request was not done, by what its sender can do about it. Messages are Chinese and fit to show.
#[derive(Debug)]
pub enum Error {
    /// 400: not the form that was asked for (no JSON, a broken cursor). The text says what is wrong.
    Malformed(String),
    /// 401 with a code of its own: nobody is signed in, or the sign-in was refused.
    Unauthorized(&'static str, String),
    /// 403: signed in, but this is for others.
    Forbidden(String),
    /// 403 with a code of its own: something else has to be done first, or this is not done to oneself.
    Denied(&'static str, String),
    /// 404: no such thing here; another account's is no thing here either. The text names it.
    NotFound(&'static str),
    /// 405: there is something at this address, but it does not take this.
    WrongMethod(String),
    /// 409 with a code of its own: the thing has changed meanwhile, or its state does not allow it.
    Conflict(&'static str, String),
    /// 413: larger than what is taken.
    TooLarge(String),
    /// 422: the form is right and a value is not; messages by field name, an empty name for the whole.
    Invalid(BTreeMap<String, String>),
    /// 429: too often; may be tried again after this time.
    TooMany(Duration, String),
    /// 502: WeChat refused or cannot be reached. The text says why and what to do.
    Upstream(String),
    /// 503: something that is needed is away, and comes back.
    Unavailable(String),
    /// 500: ours to mend. The chain goes to the log, not to the client.
    Internal(anyhow::Error),
}

/// The body of every answer that is an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Stable, for programs.
    #[schema(example = "invalid")]
    pub code: String,
    /// Chinese, fit to show.
    pub message: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

impl Error {
    /// One field that is wrong.
    pub fn field(name: &str, message: impl Into<String>) -> Self {
        Self::Invalid(BTreeMap::from([(name.to_owned(), message.into())]))
    }

    /// Somebody else has saved it since the sender read it.
    pub fn stale() -> Self {
        Self::Conflict("stale", texts::STALE.into())
    }

    fn parts(self) -> (StatusCode, &'static str, String, BTreeMap<String, String>) {
        let plain = BTreeMap::new();
        match self {
            Self::Malformed(message) => (StatusCode::BAD_REQUEST, "malformed", message, plain),
            Self::Unauthorized(code, message) => (StatusCode::UNAUTHORIZED, code, message, plain),
            Self::Forbidden(message) => (StatusCode::FORBIDDEN, "forbidden", message, plain),
            Self::Denied(code, message) => (StatusCode::FORBIDDEN, code, message, plain),
            Self::NotFound(what) => (StatusCode::NOT_FOUND, "not_found", texts::not_found(what), plain),
            Self::WrongMethod(message) => (StatusCode::METHOD_NOT_ALLOWED, "wrong_method", message, plain),
            Self::Conflict(code, message) => (StatusCode::CONFLICT, code, message, plain),
            Self::TooLarge(message) => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", message, plain),
            Self::Invalid(fields) => {
                let message = texts::invalid(fields.values());
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid", message, fields)
            }
            Self::TooMany(_, message) => (StatusCode::TOO_MANY_REQUESTS, "too_many", message, plain),
            Self::Upstream(message) => (StatusCode::BAD_GATEWAY, "upstream", message, plain),
            Self::Unavailable(message) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", message, plain),
            Self::Internal(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", texts::INTERNAL.into(), plain)
            }
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Self::Internal(error) = &self {
            tracing::error!(error = crate::db::told_whole(error), "a request failed");
        }
        let wait = match &self {
            Self::TooMany(wait, _) => Some(wait.as_secs().max(1)),
            _ => None,
        };
        let (status, code, message, fields) = self.parts();
        let problem = Json(Problem { code: code.into(), message, fields });
        let mut response = (status, [(header::CACHE_CONTROL, "no-store")], problem).into_response();
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response
    }
}

impl From<DbErr> for Error {
    /// A database that is away is said to be; everything else is ours to mend.
    fn from(error: DbErr) -> Self {
        if crate::db::is_away(&error) {
            tracing::warn!(error = crate::db::told(&error), "the database did not answer a request");
            return Self::Unavailable(texts::UNAVAILABLE.into());
        }
        Self::Internal(error.into())
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        match error.downcast::<DbErr>() {
            Ok(error) => error.into(),
            Err(error) => Self::Internal(error),
        }
    }
}

/// Names a clash of unique values where it can happen.
pub trait OrConflict<T> {
    /// With a message for the field whose value is taken already.
    ///
    /// # Errors
    /// 422 on that field when the value is taken, else as [`Error::from`].
    fn or_taken(self, field: &str, message: &str) -> Result<T>;
}

impl<T> OrConflict<T> for std::result::Result<T, DbErr> {
    fn or_taken(self, field: &str, message: &str) -> Result<T> {
        self.map_err(|error| match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Error::field(field, message),
            _ => error.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_status_and_code() {
        let told = |error: Error| {
            let (status, code, message, _) = error.parts();
            format!("{} {code} {message}", status.as_u16())
        };
        let errors = [
            Error::Malformed("请求不是 JSON。".into()),
            Error::Unauthorized("signed_out", "请先登录。".into()),
            Error::Forbidden("您没有这项权限。".into()),
            Error::Denied("must_change_password", "请先修改初始密码。".into()),
            Error::NotFound("这篇公告"),
            Error::stale(),
            Error::TooLarge("文件太大。".into()),
            Error::field("title", "标题不能为空。"),
            Error::TooMany(Duration::from_secs(3), "请稍后再试。".into()),
            Error::Upstream("微信拒绝了请求。".into()),
            Error::Unavailable("请稍后再试。".into()),
            Error::Internal(anyhow::anyhow!("secret detail")),
        ];
        let expected = [
            "400 malformed 请求不是 JSON。",
            "401 signed_out 请先登录。",
            "403 forbidden 您没有这项权限。",
            "403 must_change_password 请先修改初始密码。",
            "404 not_found 没有找到这篇公告，可能已被删除。",
            "409 stale 这条内容刚刚被别人修改过。请先查看新的内容，再决定是否保存。",
            "413 too_large 文件太大。",
            "422 invalid 标题不能为空。",
            "429 too_many 请稍后再试。",
            "502 upstream 微信拒绝了请求。",
            "503 unavailable 请稍后再试。",
            "500 internal 系统出错了，内容没有保存。请稍后再试；若一再出现，请联系管理员查看日志。",
        ];
        assert_eq!(errors.map(told), expected);
    }
}
