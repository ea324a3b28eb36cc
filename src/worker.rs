//! Every kind of background work, and everything that happens by the clock.

use std::sync::Arc;
use std::time::Duration;

use crate::accounts;
use crate::app::App;
use crate::chat::Chat;
use crate::jobs::{self, Registry};
use crate::subscribers;

/// How soon what was changed by another process (the command line, another node) is served here.
const REFRESH: Duration = Duration::from_millis(500);
/// A connection that is half dead answers never.
const REFRESH_LIMIT: Duration = Duration::from_secs(5);

/// Starts the background work of a node; it ends with the app's shutdown.
pub fn start(app: &App, directory: accounts::Directory, chat: Arc<Chat>) {
    let registry = Registry::default().with::<subscribers::jobs::LearnSource>();
    let context = Arc::new(accounts::Context { app: app.clone(), directory });
    app.tasks.spawn(jobs::run(app.db.clone(), app.clock.clone(), registry, context, app.shutdown.clone()));
    app.tasks.spawn(keep_fresh(app.clone(), chat));
}

async fn keep_fresh(app: App, chat: Arc<Chat>) {
    let mut failing = false;
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(REFRESH) => (),
        }
        let result = match tokio::time::timeout(REFRESH_LIMIT, chat.refresh()).await {
            Ok(result) => result,
            Err(_) => Err(anyhow::anyhow!("the database is too slow")),
        };
        match result {
            Err(error) if !failing => {
                tracing::warn!(
                    error = format!("{error:#}"),
                    "changes cannot be read; what was known is served on"
                );
                failing = true;
            }
            Ok(()) if failing => {
                tracing::info!("changes can be read again");
                failing = false;
            }
            Ok(()) | Err(_) => (),
        }
    }
}
