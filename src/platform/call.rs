//! One call: token, envelope, and one repeat when the token has gone stale (§6.2, §6.3).

use std::time::Duration;

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::{Instrument, field};

use super::{Caller, Error, Platform};
use crate::wechat::errcode::{self, Remedy};

/// How long to wait before each further try when the platform is busy (§6.5, -1).
pub(super) const BUSY_WAITS: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// An answer longer than this is not read: the longest documented one, 10,000 followers, has 400 KB.
const MAX_ANSWER_BYTES: usize = 4 << 20;

impl Platform {
    /// Calls with the account's access token. Only calls that are safe to repeat go through here: a busy
    /// platform is asked three times, and a stale token is renewed once.
    ///
    /// # Errors
    /// [`Error`]; never with the URL, which holds the token.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        caller: &Caller,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<T, Error> {
        let mut renewed = false;
        let mut waits = BUSY_WAITS.iter();
        loop {
            let token = self.token(caller).await?;
            let mut request = self
                .http
                .request(method.clone(), format!("{}{path}", caller.api_base))
                .query(&[("access_token", token.as_str())])
                .query(query);
            if let Some(body) = body {
                request = request.json(body);
            }
            let error = match self.exchange(path, request).await {
                Ok(answer) => return understand(answer),
                Err(error) => error,
            };
            match &error {
                Error::Refused { code, .. }
                    if !renewed && errcode::explain(*code).remedy == Remedy::RefreshToken =>
                {
                    renewed = true;
                    self.drop_token(caller, &token).await;
                }
                _ => wait_if_busy(error, &mut waits).await?,
            }
        }
    }

    /// One request and its answer, counted and traced by its path alone: the query may hold an openid.
    pub(super) async fn exchange(
        &self,
        path: &str,
        request: reqwest::RequestBuilder,
    ) -> Result<Value, Error> {
        let span = tracing::debug_span!("platform call", otel.kind = "client", path, outcome = field::Empty);
        let result = read(request).instrument(span.clone()).await;
        span.record("outcome", if result.is_ok() { "ok" } else { "failed" });
        self.metrics.called(path, result.is_ok());
        result
    }
}

/// Waits when the platform is busy and may soon be no longer; any other error is given back, and so is this one
/// when the waits are used up.
pub(super) async fn wait_if_busy(
    error: Error,
    waits: &mut std::slice::Iter<'_, Duration>,
) -> Result<(), Error> {
    let Error::Refused { code, .. } = error else { return Err(error) };
    let explanation = errcode::explain(code);
    if explanation.remedy != Remedy::Retry {
        return Err(error);
    }
    // Some codes ask for a minute or more; waiting so long is for the caller to decide.
    let soon = explanation.wait.is_some_and(|wait| wait <= LONGEST_WAIT);
    match waits.next().filter(|_| soon) {
        Some(wait) => {
            tokio::time::sleep(*wait).await;
            Ok(())
        }
        None => Err(Error::Busy { code }),
    }
}

/// Sends a request and reads the JSON answer; an `errcode` other than 0 is an error.
async fn read(request: reqwest::RequestBuilder) -> Result<Value, Error> {
    let mut response = request.send().await.map_err(|error| unreachable(&error))?;
    let status = response.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_ANSWER_BYTES {
            return Err(Error::Garbled("the answer is too long".into()));
        }
    }
    if status.is_server_error() {
        return Err(Error::Unreachable(format!("HTTP status {status}")));
    }
    // The content type of the platform's answers varies (§6.2), so the bytes decide.
    let answer: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Error::Garbled(format!("HTTP status {status}, no JSON: {error}")))?;
    match answer.get("errcode").and_then(Value::as_i64).unwrap_or_default() {
        0 => Ok(answer),
        code => {
            let message = answer.get("errmsg").and_then(Value::as_str).unwrap_or_default().to_owned();
            Err(Error::Refused { code, message })
        }
    }
}

fn understand<T: DeserializeOwned>(answer: Value) -> Result<T, Error> {
    serde_json::from_value(answer).map_err(|error| Error::Garbled(error.to_string()))
}

pub(super) fn unreachable(error: &reqwest::Error) -> Error {
    Error::Unreachable(reason(error))
}

/// Why a request got no answer. Without the URL: it holds the token or the secret.
pub(super) fn reason(error: &reqwest::Error) -> String {
    let mut reason = match (error.is_timeout(), error.is_connect()) {
        (true, _) => "too slow".to_owned(),
        (false, true) => "no connection".to_owned(),
        (false, false) => "the exchange broke off".to_owned(),
    };
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if inner.source().is_none() {
            reason.push_str(&format!(" ({inner})"));
        }
        source = inner.source();
    }
    reason
}
