//! Every kind of background work, and everything that happens by the clock.

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveTime;
use tokio::sync::Notify;

use crate::accounts;
use crate::app::App;
use crate::chat::{self, Chat};
use crate::jobs::{self, Daily, NewJob, Registry};
use crate::{media, menus, notices, retention, subscribers};

/// How soon what was changed by another process (the command line, another node) is served here, when no notice of it
/// comes, or none arrives.
const REFRESH: Duration = Duration::from_millis(500);
/// A connection that is half dead answers never.
const REFRESH_LIMIT: Duration = Duration::from_secs(5);

/// The account of jobs that are no account's.
const INSTALLATION: i64 = 0;

/// Starts the background work of a node; it ends with the app's shutdown.
pub fn start(app: &App, directory: accounts::Directory, chat: Arc<Chat>) {
    let registry = Registry::default()
        .with::<subscribers::jobs::LearnSource>()
        .with::<retention::jobs::Prune>()
        .with::<menus::jobs::PushMenu>()
        .with::<media::jobs::Sweep>();
    let schedule = vec![
        Daily {
            name: "prune",
            at: NaiveTime::from_hms_opt(3, 30, 0).expect("half past three is a time"),
            job: |now| NewJob::new(&retention::jobs::Prune {}, INSTALLATION, now),
        },
        Daily {
            name: "media_sweep",
            at: NaiveTime::from_hms_opt(4, 0, 0).expect("four is a time"),
            job: |now| NewJob::new(&media::jobs::Sweep {}, INSTALLATION, now),
        },
    ];
    let context = Arc::new(accounts::Context { app: app.clone(), directory });
    app.tasks.spawn(menus::jobs::keep_plans(Arc::clone(&context)));
    let (db, clock, shutdown) = (app.db.clone(), app.clock.clone(), app.shutdown.clone());
    app.tasks.spawn(jobs::run(db, clock, registry, context, shutdown));
    let (db, clock, shutdown) = (app.db.clone(), app.clock.clone(), app.shutdown.clone());
    app.tasks.spawn(jobs::schedule::keep(db, clock, schedule, shutdown));
    app.tasks.spawn(notices::schedule::keep(app.clone()));
    let changed = Arc::new(Notify::new());
    app.tasks.spawn(watch_values(app.clone(), Arc::clone(&changed)));
    app.tasks.spawn(chat::keep_counts(app.clone(), Arc::clone(&chat)));
    app.tasks.spawn(keep_fresh(app.clone(), chat, changed));
}

/// Sees to it that a lost Redis is noticed and found again, and that its notices of changes are heard.
async fn watch_values(app: App, changed: Arc<Notify>) {
    tokio::select! {
        () = app.shutdown.cancelled() => (),
        () = app.kv.watch() => (),
        () = app.kv.listen(|| changed.notify_one()) => (),
    }
}

async fn keep_fresh(app: App, chat: Arc<Chat>, changed: Arc<Notify>) {
    let mut failing = false;
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = changed.notified() => (),
            () = tokio::time::sleep(REFRESH) => (),
        }
        let result = match tokio::time::timeout(REFRESH_LIMIT, chat.refresh()).await {
            Ok(result) => result,
            Err(_) => Err(anyhow::anyhow!("the database is too slow")),
        };
        match result {
            Err(error) if !failing => {
                tracing::warn!(
                    error = crate::db::told_whole(&error),
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
