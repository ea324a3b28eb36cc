//! Background work on followers.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::{source, store};
use crate::accounts;
use crate::jobs::Job;
use crate::platform;
use crate::wechat::OpenId;
use crate::wechat::errcode::{self, Remedy};

/// Asks the platform how a new follower came, which the push does not say. Safe to repeat: only a source
/// that is still unknown is written.
#[derive(Serialize, Deserialize)]
pub struct LearnSource {
    pub account: String,
    pub openid: String,
}

impl Job for LearnSource {
    const KIND: &'static str = "subscribers.learn_source";
    type Context = accounts::Context;

    async fn run(self, context: &accounts::Context) -> anyhow::Result<()> {
        let Some(account) = context.directory.find(&self.account) else { return Ok(()) };
        let openid = OpenId::parse(&self.openid)?;
        let follower = match context.app.platform.follower(&account.caller(), &openid).await {
            Ok(follower) => follower,
            // Left again meanwhile, or the account may not ask: then the source stays unknown. A mistake in the
            // settings is mended some day, so that is tried again.
            Err(platform::Error::Refused { code, .. })
                if code == errcode::UNAUTHORIZED || errcode::explain(code).remedy == Remedy::Recipient =>
            {
                tracing::info!(account = account.slug, code, "the platform does not say how a follower came");
                return Ok(());
            }
            Err(error) => return Err(error).context("ask the platform about a follower"),
        };
        let Some(scene) = follower.subscribe_scene.filter(|scene| !scene.is_empty()) else { return Ok(()) };
        let transaction = context.app.db.begin_write().await?;
        store::learn_source(&transaction, account.id, &self.openid, &named(&scene)).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Our name for a `subscribe_scene` of the platform (§7.2); new ones are kept as they come.
fn named(scene: &str) -> String {
    let name = scene.trim_start_matches("ADD_SCENE_").to_ascii_lowercase();
    match name.as_str() {
        "search" => source::SEARCH.into(),
        other => other.chars().filter(char::is_ascii).take(32).collect(),
    }
}
