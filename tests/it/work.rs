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
use hopetree::messages::{self, Message};
use hopetree::subscribers::{self, source};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::databases::{fresh, server};
use crate::support::{Hopetree, Mode, Redis, now};

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
pub async fn jobs_are_held_and_the_schedule_is_kept(db: &Db) {
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
    {
        use messages::store;
        assert_eq!(store::last_sent_at(db.reader()).await.unwrap(), Some(START));
    }
    {
        use jobs::schedule::store;
        assert_eq!(store::next(db.reader(), "test").await.unwrap(), None);
        let write = db.begin_write().await.unwrap();
        store::plan(&write, "test", at(1)).await.unwrap();
        store::plan(&write, "test", at(2)).await.unwrap();
        assert!(store::advance(&write, "test", at(2), at(3)).await.unwrap());
        assert!(!store::advance(&write, "test", at(2), at(3)).await.unwrap(), "a second node");
        assert!(!store::advance(&write, "other", at(3), at(4)).await.unwrap());
        write.commit().await.unwrap();
        assert_eq!(store::next(db.reader(), "test").await.unwrap(), Some(at(3)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_by_the_clock_is_done_once_by_two_nodes_also_when_it_was_missed() {
    use jobs::schedule::store;
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let first = Hopetree::start_on(&fresh(&server, "postgres").await);
    let second = first.another_node();
    let db = first.db().await;
    let old = Message {
        identity: "old".into(),
        openid: "oOld".into(),
        kind: "text".into(),
        content: "{}".into(),
        sent_at: START.plus_millis(-100_000_000_000),
        received_at: START.plus_millis(-100_000_000_000),
        answer: "success".into(),
    };
    let write = db.begin_write().await.unwrap();
    messages::store::insert(&write, &[(ACCOUNT, &old)]).await.unwrap();
    write.commit().await.unwrap();

    // It shows that the clock is right.
    let resident = first.resident("A");
    let body = "<Content>停电</Content><MsgId>7</MsgId>";
    resident.pushes(&resident.xml("text", now(), body)).await;

    let planned = store::next(db.reader(), "prune").await.unwrap().expect("it is planned at the start");
    assert!(planned > Timestamp::from_seconds(now()) && planned.seconds() < now() + 86_401);
    // Three nights were missed.
    let write = db.begin_write().await.unwrap();
    assert!(store::advance(&write, "prune", planned, planned.plus_millis(-3 * 86_400_000)).await.unwrap());
    write.commit().await.unwrap();
    let done = async || messages::store::count(db.reader(), ACCOUNT).await.unwrap() == 1;
    assert!(within(Duration::from_secs(20), done).await, "{}\n{}", first.log(), second.log());
    let next = store::next(db.reader(), "prune").await.unwrap().expect("it stays planned");
    assert!(next > Timestamp::from_seconds(now()), "the missed nights are not done one by one");
    // Both have looked again meanwhile.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let logs = first.log() + &second.log();
    assert_eq!(logs.matches("scheduled work is due").count(), 1, "{logs}");
    assert_eq!(logs.matches("removed what was too old").count(), 1, "{logs}");
    assert_eq!(jobs::store::counts(db.reader()).await.unwrap(), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_years_ahead_removes_nothing_by_itself() {
    use jobs::schedule::store;
    let app = Hopetree::start();
    // By WeChat's clock it is long ago.
    let resident = app.resident("A");
    resident
        .pushes(&resident.xml("text", now() - 6 * 365 * 86_400, "<Content>停电</Content><MsgId>7</MsgId>"))
        .await;
    let db = app.db().await;
    let aged = "update message set received_at = received_at - 189216000000";
    let planned = store::next(db.reader(), "prune").await.unwrap().expect("it is planned at the start");
    let write = db.begin_write().await.unwrap();
    write.execute_unprepared(aged).await.unwrap();
    assert!(store::advance(&write, "prune", planned, planned.plus_millis(-3 * 86_400_000)).await.unwrap());
    write.commit().await.unwrap();
    let told = async || app.log().contains("nothing too old was removed");
    assert!(within(Duration::from_secs(20), told).await, "{}", app.log());
    assert_eq!(messages::store::count(db.reader(), ACCOUNT).await.unwrap(), 1);
    assert!(app.command(&["prune", "--dry-run"]).contains("1 would be removed"), "it is too old");
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
