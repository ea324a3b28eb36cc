//! Traces: what reaches a collector, and that nobody waits for one.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;

use crate::support::{Hopetree, Mode};

type Received = Arc<Mutex<Vec<u8>>>;

/// A collector that keeps what it gets, as bytes. Names stand in protobuf as they are.
async fn collector() -> (String, Received) {
    async fn take(State(received): State<Received>, headers: HeaderMap, body: Bytes) -> StatusCode {
        assert_eq!(headers["content-type"], "application/x-protobuf");
        received.lock().unwrap().extend_from_slice(&body);
        StatusCode::OK
    }
    let received = Received::default();
    let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&received));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = tokio_util::sync::CancellationToken::new();
    #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
    tokio::spawn(hopetree::http::serve(listener, router, shutdown));
    (format!("http://{address}"), received)
}

fn holds(received: &Received, text: &str) -> bool {
    received.lock().unwrap().windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_spans_of_jobs_and_calls_and_nothing_of_the_resident() {
    let (endpoint, received) = collector().await;
    let app = Hopetree::start();
    let variables = [("HOPETREE_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "100")];
    let app = Hopetree::serve_with(app.stop(), Mode::Secure, &variables);
    let resident = app.resident("Traced");
    resident.follows().await;
    resident.says("停电了怎么办").await;
    app.eventually(|| async { holds(&received, "/cgi-bin/") }, |is_there| *is_there).await;
    let openid = resident.openid().to_owned();
    // What still waits is sent at the end.
    app.stop();
    for name in [
        "hopetree",
        "push",
        "event.subscribe",
        "answered",
        "commit",
        "platform call",
        "/cgi-bin/stable_token",
        "job",
        "subscribers.learn_source",
    ] {
        assert!(holds(&received, name), "{name} is missing in the traces");
    }
    for secret in [openid.as_str(), "停电", crate::support::APP_SECRET] {
        assert!(!holds(&received, secret), "{secret} is in the traces");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_hangs_or_is_away_holds_up_neither_residents_nor_the_end() {
    // Takes connections and never says anything.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let hanging = format!("http://{}", silent.local_addr().unwrap());
    for endpoint in [hanging.as_str(), "http://127.0.0.1:9"] {
        let app = Hopetree::start();
        let variables = [("HOPETREE_OTLP_ENDPOINT", endpoint), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
        let app = Hopetree::serve_with(app.stop(), Mode::Secure, &variables);
        assert!(!app.resident("A").follows().await.text().is_empty());
        assert!(!app.resident("A").says("停电").await.text().is_empty());
        app.stop();
    }
}
