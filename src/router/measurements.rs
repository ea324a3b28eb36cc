//! `/metrics`: what Prometheus fetches, on a listener of its own. It answers soon, whatever hangs: what could not be
//! learned in time is left out of the answer.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::future::join_all;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::accounts::Directory;
use crate::app::App;
use crate::jobs;
use crate::telemetry::metrics::{QueueState, TokenState};

/// So long the answer waits for the database, and for Redis.
const LIMIT: Duration = Duration::from_secs(1);
/// A query that hangs is given up after this. Until then no other one is begun, so that they do not take all
/// connections however often somebody asks.
const QUERY_LIMIT: Duration = Duration::from_secs(5);

#[derive(Clone)]
struct Measuring {
    app: App,
    directory: Directory,
    turn: Arc<Mutex<()>>,
}

/// The site with nothing but `/metrics`.
pub fn metrics(app: App, directory: Directory) -> Router {
    Router::new().route("/metrics", get(measurements)).with_state(Measuring {
        app,
        directory,
        turn: Arc::default(),
    })
}

async fn measurements(State(measuring): State<Measuring>) -> Response {
    let (queue, tokens) = tokio::join!(timeout(LIMIT, measuring.queue()), timeout(LIMIT, measuring.tokens()));
    let metrics = &measuring.app.metrics;
    metrics.set_jobs(queue.ok().flatten());
    metrics.set_tokens(&tokens.unwrap_or_default());
    metrics.set_redis(measuring.app.kv.is_up());
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, content_type)], metrics.to_text()).into_response()
}

impl Measuring {
    /// What is in the queue; none when the database does not say. What was begun goes on when nobody waits any more:
    /// a query that is dropped leaves a connection behind that has to be tested.
    async fn queue(&self) -> Option<QueueState> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let (db, now) = (self.app.db.clone(), self.app.clock.now());
        let look = async move {
            let _turn = turn;
            let counts = jobs::store::counts(db.reader());
            let oldest = jobs::store::oldest_due(db.reader(), now);
            let both = async { tokio::try_join!(counts, oldest) };
            let ((open, buried), oldest) = timeout(QUERY_LIMIT, both).await.ok()?.ok()?;
            let waited = oldest.map_or(0, |oldest| now.millis() - oldest.millis());
            Some(QueueState { open, buried, oldest_due: Duration::from_millis(waited.unsigned_abs()) })
        };
        self.app.tasks.spawn(look).await.ok().flatten()
    }

    async fn tokens(&self) -> Vec<TokenState> {
        let accounts = self.directory.all();
        let states = accounts.iter().map(async |account| {
            let (age, failing) = self.app.platform.token_age(&account.caller()).await;
            TokenState { account: account.slug.clone(), age, failing }
        });
        join_all(states).await
    }
}
