//! How often rules answered: counted in memory, written down now and then, so that answering does no more for it.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;

use super::Chat;
use crate::app::App;
use crate::content;

/// What a crash may lose is for orientation only.
const PAUSE: Duration = Duration::from_secs(10);

/// Writes the counts down until shutdown, and once more then.
pub async fn keep_counts(app: App, chat: Arc<Chat>) {
    loop {
        let is_over = tokio::select! {
            () = app.shutdown.cancelled() => true,
            () = tokio::time::sleep(PAUSE) => false,
        };
        if let Err(error) = chat.write_counts().await {
            tracing::debug!(
                error = crate::db::told(&error),
                "how often rules answered is written down later"
            );
        }
        if is_over {
            return;
        }
    }
}

impl Chat {
    async fn write_counts(&self) -> Result<(), DbErr> {
        let fresh = self.snapshots.counts().take();
        if fresh.is_empty() {
            return Ok(());
        }
        let written = async {
            let transaction = self.app.db.begin_write().await?;
            for (account, rule, hits) in &fresh {
                let now = self.app.clock.now();
                content::store::add_hits(&transaction, *account, *rule, *hits, now).await?;
            }
            transaction.commit().await
        }
        .await;
        if written.is_err() {
            self.snapshots.counts().put_back(&fresh);
        }
        written
    }
}
