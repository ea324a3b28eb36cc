//! The access token (§6.3): `stable_token`, so that several nodes and programs do not void each other's.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::call::{BUSY_WAITS, wait_if_busy};
use super::{Caller, Error, Platform};

/// A token is no longer used this long before its end, since the platform renews it about then.
const MARGIN: Duration = Duration::from_secs(300);
const SHORTEST_LIFETIME: Duration = Duration::from_secs(30);

const STABLE_TOKEN: &str = "/cgi-bin/stable_token";

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    /// Seconds.
    expires_in: u64,
}

impl Platform {
    /// A token that works: the kept one, else a fetched one. Many callers at once cause one fetch.
    pub(super) async fn token(&self, caller: &Caller) -> Result<String, Error> {
        let key = key(caller);
        if let Some(token) = self.kept(&key).await {
            return Ok(token);
        }
        let _one_at_a_time = self.fetching.lock().await;
        if let Some(token) = self.kept(&key).await {
            return Ok(token);
        }
        let granted = self.fetch_token(caller).await?;
        let lifetime = Duration::from_secs(granted.expires_in).saturating_sub(MARGIN).max(SHORTEST_LIFETIME);
        if let Err(error) = self.kv.set(&key, &granted.access_token, lifetime).await {
            tracing::warn!(%error, "an access token could not be kept and will be fetched again");
        }
        Ok(granted.access_token)
    }

    /// Forgets a token that was refused, unless somebody has already put a newer one in its place.
    pub(super) async fn drop_token(&self, caller: &Caller, refused: &str) {
        if let Err(error) = self.kv.remove_if(&key(caller), refused).await {
            tracing::warn!(%error, "a refused access token could not be dropped");
        }
    }

    /// Fetches a token without keeping it: shows whether AppID, AppSecret and the IP allow-list are right.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn try_credentials(&self, caller: &Caller) -> Result<(), Error> {
        self.fetch_token(caller).await.map(drop)
    }

    async fn fetch_token(&self, caller: &Caller) -> Result<Granted, Error> {
        let body = json!({
            "grant_type": "client_credential",
            "appid": caller.app_id.as_str(),
            "secret": caller.app_secret,
            "force_refresh": false,
        });
        let mut waits = BUSY_WAITS.iter();
        let answer = loop {
            let request = self.http.post(format!("{}{STABLE_TOKEN}", caller.api_base)).json(&body);
            match self.exchange(STABLE_TOKEN, request).await {
                Ok(answer) => break answer,
                Err(error) => wait_if_busy(error, &mut waits).await?,
            }
        };
        // The answer holds the token, so a fault in it is named without it.
        let granted = serde_json::from_value(answer).ok();
        granted.ok_or_else(|| Error::Garbled("no access token in the answer".into()))
    }

    async fn kept(&self, key: &str) -> Option<String> {
        match self.kv.get(key).await {
            Ok(token) => token,
            Err(error) => {
                tracing::warn!(%error, "a kept access token could not be read");
                None
            }
        }
    }
}

fn key(caller: &Caller) -> String {
    // The address belongs to the key: one AppID may be tried on the sandbox and then used for real.
    format!("token:{}:{}", caller.app_id, caller.api_base)
}
