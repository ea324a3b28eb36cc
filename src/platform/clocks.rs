//! The platform's clock, as its answers tell it.

use chrono::DateTime;
use reqwest::header::DATE;

use super::call::unreachable;
use super::{Caller, Error, Platform};
use crate::clock::Timestamp;

impl Platform {
    /// How many seconds the platform's clock is ahead of `now`; none when its answer tells no time.
    ///
    /// # Errors
    /// [`Error::Unreachable`].
    pub async fn clock_difference(&self, caller: &Caller, now: Timestamp) -> Result<Option<i64>, Error> {
        // Any answer tells the time, also the refusal of a call without a token.
        let request = self.http.get(format!("{}/cgi-bin/getcallbackip", caller.api_base));
        let response = request.send().await.map_err(|error| unreachable(&error))?;
        let date = response.headers().get(DATE).and_then(|value| value.to_str().ok());
        let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
        Ok(date.map(|date| date.timestamp() - now.seconds()))
    }
}
