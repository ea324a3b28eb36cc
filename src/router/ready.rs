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
use crate::chat::Chat;

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
            tracing::warn!(error = format!("{error:#}"), "not ready: the database");
        }
        let told = |is_up: bool| if is_up { "ok" } else { "unavailable" };
        let (is_away, waiting) = self.chat.journal();
        // Without the key-value store everything still works, only slower, so it does not count. While the
        // database is away residents get their answers, but not for ever.
        let is_ready = database.is_ok() && !is_away;
        let report = json!({
            "ready": is_ready,
            "database": told(is_ready),
            // Every node asks it each second, and the log is told then.
            "kv": told(self.app.kv.is_up()),
            "journal": if waiting == 0 { "empty".into() } else { format!("{waiting} pushes waiting") },
        });
        *last = Some((Instant::now(), is_ready, report.clone()));
        (is_ready, report)
    }
}

pub(super) async fn ready(State(readiness): State<Readiness>) -> Response {
    let (is_ready, report) = readiness.look().await;
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(report)).into_response()
}
