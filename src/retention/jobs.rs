//! Background work on what is too old.

use std::time::Duration;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::{Doing, prune};
use crate::accounts;
use crate::jobs::Job;
use crate::messages;

/// WeChat's clock, which each push tells, shows whether this machine's is right.
const LONGEST_SILENCE_MILLIS: i64 = 30 * 86_400_000;

/// Removes what is older than it is to be kept. Safe to repeat: what is gone is not found again.
#[derive(Serialize, Deserialize)]
pub struct Prune {}

impl Job for Prune {
    const KIND: &'static str = "retention.prune";
    // The first time after years there may be millions of rows. It goes on where it broke off.
    const TIME_LIMIT: Duration = Duration::from_secs(3_600);
    type Context = accounts::Context;

    async fn run(self, context: &accounts::Context) -> anyhow::Result<()> {
        let (db, now) = (context.app.db.reader(), context.app.clock.now());
        let Some(last) = messages::store::last_sent_at(db).await? else { return Ok(()) };
        // A machine that starts with its clock years ahead must not take everything for too old.
        if now.millis() - last.millis() > LONGEST_SILENCE_MILLIS {
            tracing::warn!(
                "nothing too old was removed: by this machine's clock WeChat has sent nothing for a month. If the clock \
                 is right, `hopetree prune` removes it"
            );
            return Ok(());
        }
        prune(&context.app, Doing::Remove).await.context("remove what is too old")?;
        Ok(())
    }
}
