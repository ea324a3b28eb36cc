//! The machine's clock jumps while the server runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::{Json, State};
use axum::http::Uri;
use hopetree::accounts::AccountId;
use hopetree::subscribers;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Ledger;
use super::ledger::{Exchange, deliver};
use crate::support::{Hopetree, Mode, VERIFIED, missing, now};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// How a follower came is asked 3 s after they followed.
const DUE: i64 = 5;

#[tokio::test]
async fn a_clock_that_jumps_holds_up_no_push_and_loses_no_job() {
    let Some(library) = faketime() else {
        return missing("libfaketime", "install it (Debian: apt-get install faketime)");
    };
    let platform = Platform::start().await;
    let folder =
        Hopetree::start_with(Mode::Secure, &[VERIFIED, &["--api-base", &platform.url]].concat()).stop();
    let clock = folder.path().join("clock");
    set(&clock, 0);
    let variables = [
        ("LD_PRELOAD", library.to_str().expect("a plain path")),
        ("FAKETIME_TIMESTAMP_FILE", clock.to_str().expect("a plain path")),
        ("FAKETIME_NO_CACHE", "1"),
        // A clock that is set does not move the one that time limits are measured by.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ];
    let app = Hopetree::serve_with(folder, Mode::Secure, &variables);
    let mut ledger = Ledger::default();
    ledger.answered(&app, 20).await;
    for (name, offset) in [("A", 0), ("B", HOUR), ("C", DAY), ("D", -DAY), ("E", 0)] {
        set(&clock, offset);
        follow(&mut ledger, &app, name).await;
        ledger.answered(&app, 20).await;
        ledger.repeats_are_the_same(&app).await;
        set(&clock, offset + DUE);
        assert_eq!(source(&app, name, "search").await, "search", "{name} at {offset}\n{}", app.log());
    }

    // What was put off until a moment of the wrong clock is done at that moment of the right one.
    set(&clock, HOUR);
    follow(&mut ledger, &app, "F").await;
    set(&clock, 0);
    ledger.answered(&app, 20).await;
    set(&clock, HOUR + DUE);
    assert_eq!(source(&app, "F", "search").await, "search", "{}", app.log());

    assert_eq!(platform.tokens.load(Ordering::Relaxed), 1, "a clock that jumps costs no new token");
    set(&clock, 0);
    ledger.is_kept(&app, &app.db().await).await;
}

async fn follow(ledger: &mut Ledger, app: &Hopetree, name: &str) {
    let body = "<Event>subscribe</Event><EventKey></EventKey>";
    let xml = app.resident(name).xml("event", now(), body);
    let heard = deliver(app, name, &xml).await;
    assert!(heard.text().contains("欢迎"));
    ledger.note([Exchange { resident: name.to_owned(), xml, heard }]);
}

/// How a follower came, once it is as wanted.
async fn source(app: &Hopetree, name: &str, wanted: &str) -> String {
    let openid = app.resident(name).openid().to_owned();
    let db = app.db().await;
    let ask = async || {
        let person = subscribers::store::find(db.reader(), AccountId(1), &openid)
            .await
            .expect("followers can be read");
        person.expect("who followed is known").source
    };
    app.eventually(ask, |source| source == wanted).await
}

/// Moves the clock to so many seconds from the true time.
pub fn set(file: &Path, offset: i64) {
    // In one step: half a file would be another time.
    let new = file.with_extension("new");
    std::fs::write(&new, format!("{offset:+}\n")).expect("the file can be written");
    std::fs::rename(new, file).expect("the file can be replaced");
}

pub fn faketime() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1")).find(|library| library.exists())
}

/// A platform that gives tokens and says of everybody that they came by searching.
struct Platform {
    url: String,
    tokens: Arc<AtomicUsize>,
}

impl Platform {
    async fn start() -> Self {
        let tokens = Arc::new(AtomicUsize::new(0));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&tokens));
        #[expect(clippy::disallowed_methods, reason = "it ends with the story")]
        tokio::spawn(hopetree::http::serve(listener, router, CancellationToken::new()));
        Self { url, tokens }
    }
}

async fn answer(State(tokens): State<Arc<AtomicUsize>>, uri: Uri) -> Json<Value> {
    if uri.path() == "/cgi-bin/stable_token" {
        tokens.fetch_add(1, Ordering::Relaxed);
        return Json(json!({ "access_token": "T", "expires_in": 7200 }));
    }
    Json(json!({ "subscribe": 1, "subscribe_scene": "ADD_SCENE_SEARCH" }))
}
