//! Followers, as the platform knows them (§7.2).

use reqwest::Method;
use serde::Deserialize;

use super::{Caller, Error, Platform};
use crate::wechat::OpenId;

/// What the platform tells of one follower. Names and pictures are no longer given (§7.2).
#[derive(Debug, Deserialize)]
pub struct Follower {
    /// How they came, such as `ADD_SCENE_SEARCH`; new values appear.
    #[serde(default)]
    pub subscribe_scene: Option<String>,
}

/// What a page of the followers' openids says beside them.
#[derive(Deserialize)]
struct FollowerTotal {
    total: u64,
}

impl Platform {
    /// What the platform knows of a follower.
    ///
    /// # Errors
    /// [`Error`]; 40003 for somebody unknown, 48001 when the account is not verified.
    pub async fn follower(&self, caller: &Caller, openid: &OpenId) -> Result<Follower, Error> {
        let query = [("openid", openid.as_str()), ("lang", "zh_CN")];
        self.call(caller, Method::GET, "/cgi-bin/user/info", &query, None).await
    }

    /// How many follow the account.
    ///
    /// # Errors
    /// [`Error`]; 48001 when the account is not verified.
    pub async fn follower_count(&self, caller: &Caller) -> Result<u64, Error> {
        let page: FollowerTotal = self.call(caller, Method::GET, "/cgi-bin/user/get", &[], None).await?;
        Ok(page.total)
    }
}
