//! Background work on several nodes: once, and also when a node dies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use hopetree::accounts::AccountId;
use hopetree::clock::Timestamp;
use hopetree::db::Db;
use hopetree::jobs::{self, Job, NewJob};
use hopetree::subscribers::{self, source};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::databases::{fresh, server};
use crate::support::{Hopetree, Mode, Redis};

const ACCOUNT: AccountId = AccountId(1);
const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

#[derive(Serialize, Deserialize)]
struct Errand {}

impl Job for Errand {
    const KIND: &'static str = "tests.errand";
    type Context = ();

    async fn run(self, (): &()) -> anyhow::Result<()> {
        Ok(())
    }
}

/// A chapter of the story that is told on every database.
pub async fn jobs_are_held(db: &Db) {
    let at = |seconds: i64| START.plus_millis(seconds * 1000);
    {
        use jobs::store;
        let account = 4_711;
        let write = db.begin_write().await.unwrap();
        let early = at(-1_000);
        store::enqueue(&write, &[NewJob::new(&Errand {}, account, early)], early).await.unwrap();
        write.commit().await.unwrap();
        assert_eq!(store::oldest_due(db.reader(), early.plus_millis(-1)).await.unwrap(), None);
        assert_eq!(store::oldest_due(db.reader(), at(0)).await.unwrap(), Some(early));
        let job = store::due(db.reader(), early, 1).await.unwrap().remove(0);
        let write = db.begin_write().await.unwrap();
        assert!(store::claim(&write, &job, at(-900)).await.unwrap());
        assert!(store::renew(&write, &job, at(-800)).await.unwrap());
        write.commit().await.unwrap();
        assert!(store::due(db.reader(), at(-850), 1).await.unwrap().is_empty(), "it is held for longer");
        let write = db.begin_write().await.unwrap();
        store::release(&write, &job, at(-840)).await.unwrap();
        write.commit().await.unwrap();
        let again = store::due(db.reader(), at(-840), 1).await.unwrap().remove(0);
        assert_eq!((again.id, again.attempts), (job.id, 0), "as if it had not been begun");
        let write = db.begin_write().await.unwrap();
        assert!(store::claim(&write, &again, at(-700)).await.unwrap());
        assert!(!store::renew(&write, &job, at(-600)).await.unwrap(), "somebody else has it");
        store::release(&write, &job, at(-900)).await.unwrap();
        write.commit().await.unwrap();
        assert!(store::due(db.reader(), at(-840), 1).await.unwrap().is_empty());
        let write = db.begin_write().await.unwrap();
        store::remove_account(&write, account).await.unwrap();
        write.commit().await.unwrap();
    }
}

/// A platform that answers nothing until it is told to.
struct Platform {
    url: String,
    gate: watch::Sender<bool>,
    asked: Arc<AtomicU64>,
}

impl Platform {
    async fn start() -> Self {
        type Shared = (watch::Receiver<bool>, Arc<AtomicU64>);
        async fn token(State((mut gate, asked)): State<Shared>) -> Json<Value> {
            asked.fetch_add(1, Ordering::Relaxed);
            gate.wait_for(|is_open| *is_open).await.ok();
            Json(json!({ "access_token": "T", "expires_in": 7200 }))
        }
        async fn follower() -> Json<Value> {
            Json(json!({ "subscribe": 1, "openid": "o", "subscribe_scene": "ADD_SCENE_SEARCH" }))
        }
        let (gate, receiver) = watch::channel(false);
        let asked = Arc::new(AtomicU64::new(0));
        let router = Router::new()
            .route("/cgi-bin/stable_token", post(token))
            .route("/cgi-bin/user/info", get(follower))
            .with_state((receiver, Arc::clone(&asked)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shutdown = tokio_util::sync::CancellationToken::new();
        #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
        tokio::spawn(hopetree::http::serve(listener, router, shutdown));
        Self { url, gate, asked }
    }
}

/// A node that is in the middle of asking the platform about a new follower, and a second node beside it.
async fn a_node_at_work(server: &str) -> (Platform, Hopetree, Hopetree, String) {
    let platform = Platform::start().await;
    let database = fresh(server, "postgres").await;
    let variables = [("HOPETREE_DATABASE_URL", database.as_str())];
    let first = Hopetree::start_with_settings(Mode::Secure, &platform.url, &variables);
    let resident = first.resident("Follower");
    resident.follows().await;
    let openid = resident.openid().to_owned();
    let asked = async || platform.asked.load(Ordering::Relaxed) > 0;
    assert!(within(Duration::from_secs(15), asked).await, "{}", first.log());
    let second = first.another_node();
    (platform, first, second, openid)
}

async fn is_known_how_they_came(app: &Hopetree, openid: &str) -> bool {
    let db = app.db().await;
    let person = subscribers::store::find(db.reader(), ACCOUNT, openid).await.unwrap().unwrap();
    let counts = jobs::store::counts(db.reader()).await.unwrap();
    person.source == source::SEARCH && counts == (0, 0)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_work_of_a_node_that_was_killed_is_taken_over() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let (platform, first, second, openid) = a_node_at_work(&server).await;
    let started = Instant::now();
    let _folder = first.kill();
    platform.gate.send_replace(true);
    let done = async || is_known_how_they_came(&second, &openid).await;
    assert!(within(Duration::from_secs(60), done).await, "{}", second.log());
    println!("the work of a killed node was done after {:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_work_of_a_node_that_ends_is_given_back_at_once() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let (platform, first, second, openid) = a_node_at_work(&server).await;
    let started = Instant::now();
    let stopping = tokio::task::spawn_blocking(move || first.stop());
    let again = async || platform.asked.load(Ordering::Relaxed) > 1;
    assert!(within(Duration::from_secs(60), again).await, "{}", second.log());
    println!("the work of a node that ended was begun again after {:?}", started.elapsed());
    stopping.await.unwrap();
    platform.gate.send_replace(true);
    let done = async || is_known_how_they_came(&second, &openid).await;
    assert!(within(Duration::from_secs(60), done).await, "{}", second.log());
    assert!(!second.log().contains("a job failed"), "it counts as no attempt: {}", second.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_fetch_one_access_token_and_do_without_redis() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let Some(mut redis) = Redis::start() else { return };
    let (platform, database) = (Platform::start().await, fresh(&server, "postgres").await);
    platform.gate.send_replace(true);
    let redis_url = redis.url();
    let variables = [
        ("HOPETREE_DATABASE_URL", database.as_str()),
        ("HOPETREE_REDIS_URL", redis_url.as_str()),
        ("HOPETREE_METRICS_LISTEN", "127.0.0.1:0"),
    ];
    let first = Hopetree::start_with_settings(Mode::Secure, &platform.url, &variables);
    let second = first.another_node();
    let learn = async |round: &str| {
        let names: Vec<String> = (0..12).map(|number| format!("{round}{number}")).collect();
        for (number, name) in names.iter().enumerate() {
            let node = if number % 2 == 0 { &first } else { &second };
            node.resident(name).follows().await;
        }
        let openid = first.resident(names.last().unwrap()).openid().to_owned();
        let done = async || is_known_how_they_came(&first, &openid).await;
        assert!(within(Duration::from_secs(30), done).await, "{}\n{}", first.log(), second.log());
    };
    learn("A").await;
    assert_eq!(platform.asked.load(Ordering::Relaxed), 1);
    let metrics = first.http.get(format!("http://{}/metrics", first.metrics)).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains("hopetree_token_age_seconds{account=\"hope\"}"), "{metrics}");
    redis.stop();
    learn("B").await;
    learn("C").await;
    let asked = platform.asked.load(Ordering::Relaxed);
    assert!(asked <= 3, "without Redis each node fetches one for itself, and then keeps it: {asked}");
}

/// Asks again and again until it is so, or the time is over.
async fn within(limit: Duration, is_so: impl AsyncFn() -> bool) -> bool {
    let until = Instant::now() + limit;
    while !is_so().await {
        if Instant::now() > until {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    true
}
