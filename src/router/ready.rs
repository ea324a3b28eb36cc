//! `/readyz`: whether everything that answering needs is there.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::app::App;
use crate::chat::{Chat, Standing};

/// A database that takes longer to take a write is not ready.
const LIMIT: Duration = Duration::from_secs(2);
/// Anybody may ask, and to ask the database takes its only place to write.
const LIFETIME: Duration = Duration::from_millis(200);

/// Looks at the dependencies, at most five times a second however many ask.
#[derive(Clone)]
pub(super) struct Readiness {
    app: App,
    chat: Arc<Chat>,
    last: Arc<Mutex<Option<(Instant, bool, Value)>>>,
}

impl Readiness {
    pub(super) fn new(app: App, chat: Arc<Chat>) -> Self {
        Self { app, chat, last: Arc::default() }
    }

    async fn look(&self) -> (bool, Value) {
        let mut last = self.last.lock().await;
        if let Some((at, is_ready, report)) = &*last
            && at.elapsed() < LIFETIME
        {
            return (*is_ready, report.clone());
        }
        let database = tokio::time::timeout(LIMIT, self.app.db.ping()).await;
        let database = database.map_err(anyhow::Error::from).and_then(|result| Ok(result?));
        // Why is for the log: this answer is public.
        if let Err(error) = &database {
            tracing::warn!(error = crate::db::told_whole(error), "not ready: the database");
        }
        let (standing, waiting) = self.chat.journal();
        // While the database is away or slow residents get their answers, but not for ever. While it takes what was
        // kept in the journal everything is there.
        let (state, reason) = match standing {
            _ if database.is_err() => ("unavailable", Some("the database does not answer")),
            Standing::Here | Standing::Returning => ("ok", None),
            Standing::Slow => ("slow", Some("the database is slow: pushes are kept in the journal")),
            Standing::Away => {
                ("unavailable", Some("the database takes no pushes: they are kept in the journal"))
            }
        };
        let is_ready = reason.is_none();
        let journal = match (waiting, standing) {
            (0, _) => "empty".into(),
            (_, Standing::Returning) => format!("{waiting} pushes on their way into the database"),
            _ => format!("{waiting} pushes waiting"),
        };
        let mut report = json!({
            "ready": is_ready,
            "database": state,
            // Without the key-value store everything still works, only slower, so it does not count. Every node asks
            // it each second, and the log is told then.
            "kv": if self.app.kv.is_up() { "ok" } else { "unavailable" },
            "journal": journal,
        });
        if let Some(reason) = reason {
            report["reason"] = reason.into();
        }
        *last = Some((Instant::now(), is_ready, report.clone()));
        (is_ready, report)
    }
}

pub(super) async fn ready(State(readiness): State<Readiness>) -> Response {
    let (is_ready, report) = readiness.look().await;
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(report)).into_response()
}
