//! Several nodes on one database, with and without a Redis between them.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::databases::{fresh, server};
use super::faults::{Exchange, Ledger, deliver, silence, something};
use crate::support::{Hopetree, Mode, Redis};

/// Two nodes of one installation.
fn two_nodes(mode: Mode, database: &str, redis: &Redis) -> (Hopetree, Hopetree) {
    let redis = redis.url();
    let variables = [
        ("HOPETREE_DATABASE_URL", database),
        ("HOPETREE_REDIS_URL", redis.as_str()),
        ("HOPETREE_METRICS_LISTEN", "127.0.0.1:0"),
    ];
    let first = Hopetree::start_with_settings(mode, "http://127.0.0.1:9", &variables);
    let second = first.another_node();
    (first, second)
}

/// Pushes that arrive at both nodes at the same moment, some of them twice: every delivery hears the same.
async fn at_both(ledger: &mut Ledger, first: &Hopetree, second: &Hopetree, count: usize) {
    let pushes = (0..count).map(|_| async {
        let (resident, xml) = something(first);
        let deliveries = [first, second, second, first].map(|node| deliver(node, &resident, &xml));
        let heard = join_all(deliveries).await;
        for one in &heard {
            assert_eq!(one.status, 200, "{one:?}\n{}\n{}", first.log(), second.log());
        }
        let is_same = heard.iter().all(|one| *one == heard[0]);
        assert!(is_same || were_alone(first, second), "two nodes answered one push differently: {heard:?}");
        // Which of two answers is kept cannot be known; that it is kept once can.
        let heard = if is_same { heard[0].clone() } else { silence() };
        Exchange { resident, xml, heard }
    });
    ledger.note(join_all(pushes).await);
}

/// Whether neither Redis nor the database stood between the nodes: a busy machine may be too slow for both at once.
fn were_alone(first: &Hopetree, second: &Hopetree) -> bool {
    let logs = first.log() + &second.log();
    logs.contains("Redis does not answer") && logs.contains("did not get into the database")
}

async fn kv_is(app: &Hopetree, state: &str) -> bool {
    let wanted = format!("\"kv\":\"{state}\"");
    app.eventually(|| app.get("/readyz"), |(_, body)| body.contains(&wanted)).await.1.contains(&wanted)
}

/// How many deliveries waited for another node, or found its answer.
async fn waited(app: &Hopetree) -> u64 {
    let response = app.http.get(format!("http://{}/metrics", app.metrics)).send().await.unwrap();
    let text = response.text().await.unwrap();
    let line = text.lines().find(|line| line.starts_with("hopetree_claims_total{outcome=\"waited\"}"));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0)
}

/// How many pushes wait in a node's journal.
async fn in_journal(app: &Hopetree) -> u64 {
    let (_, body) = app.get("/readyz").await;
    let report: serde_json::Value = serde_json::from_str(&body).unwrap();
    let told = report["journal"].as_str().unwrap().split(' ').next().unwrap().parse();
    told.unwrap_or(0)
}

async fn one_effect_and_one_answer(mode: Mode, database: &str) {
    let Some(mut redis) = Redis::start() else { return };
    let (first, second) = two_nodes(mode, database, &redis);
    let mut ledger = Ledger::default();
    assert!(kv_is(&first, "ok").await && kv_is(&second, "ok").await);
    for _ in 0..5 {
        at_both(&mut ledger, &first, &second, 20).await;
    }
    // A busy machine may be too slow for Redis now and then.
    let in_all = waited(&first).await + waited(&second).await;
    assert!((1..=100).contains(&in_all), "of 100 pushes {in_all} were left to one node");

    redis.hang();
    for _ in 0..3 {
        at_both(&mut ledger, &first, &second, 20).await;
    }
    assert!(kv_is(&first, "unavailable").await && kv_is(&second, "unavailable").await);
    at_both(&mut ledger, &first, &second, 20).await;
    redis.go_on();
    assert!(kv_is(&first, "ok").await && kv_is(&second, "ok").await, "{}", first.log());
    at_both(&mut ledger, &first, &second, 20).await;

    redis.stop();
    for _ in 0..3 {
        at_both(&mut ledger, &first, &second, 20).await;
    }
    assert!(kv_is(&first, "unavailable").await && kv_is(&second, "unavailable").await);
    at_both(&mut ledger, &first, &second, 20).await;
    let db = first.db().await;
    ledger.is_kept(&first, &db).await;
    ledger.repeats_are_the_same(&second).await;
}

#[tokio::test]
async fn a_push_that_arrives_at_two_nodes_has_one_effect_and_one_answer_in_every_mode() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
        one_effect_and_one_answer(mode, &fresh(&server, "postgres").await).await;
    }
}

#[tokio::test]
async fn a_push_that_arrives_at_two_nodes_has_one_effect_and_one_answer_on_mariadb() {
    let Some(server) = server("HOPETREE_TEST_MYSQL") else { return };
    one_effect_and_one_answer(Mode::Secure, &fresh(&server, "mysql").await).await;
}

#[tokio::test]
async fn a_claim_whose_node_died_holds_nobody_up_for_long() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let Some(redis) = Redis::start() else { return };
    let (first, _second) = two_nodes(Mode::Secure, &fresh(&server, "postgres").await, &redis);
    let kv = hopetree::kv::Kv::open(Some(&redis.url())).unwrap();
    let (resident, xml) = something(&first);
    let identity = hopetree::wechat::Inbound::parse(&xml).unwrap().identity();
    let dead = hopetree::kv::Holder::new();
    let claim = kv.claim(&format!("claim:1:{identity}"), &dead, Duration::from_secs(60)).await.unwrap();
    assert_eq!(claim, hopetree::kv::Claim::Ours);
    // WeChat hangs up after 5 s.
    assert_eq!(deliver(&first, &resident, &xml).await.status, 200, "{}", first.log());
}

#[tokio::test]
async fn while_the_database_is_away_two_nodes_do_not_answer_one_push_differently() {
    let Some(postgres) = crate::support::Postgres::start() else { return };
    let Some(redis) = Redis::start() else { return };
    let (first, second) = two_nodes(Mode::Secure, &postgres.url(), &redis);
    let mut ledger = Ledger::default();
    at_both(&mut ledger, &first, &second, 20).await;
    postgres.stop();
    for _ in 0..5 {
        at_both(&mut ledger, &first, &second, 20).await;
    }
    ledger.repeats_are_the_same(&second).await;
    let journaled = in_journal(&first).await + in_journal(&second).await;
    assert!((100..200).contains(&journaled), "100 pushes stand {journaled} times in the journals");
    postgres.start_again();
    let db = first.db().await;
    ledger.is_kept(&first, &db).await;
    ledger.repeats_are_the_same(&second).await;
}

#[tokio::test]
async fn redis_restarts_under_load_and_no_resident_notices() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let Some(mut redis) = Redis::start() else { return };
    let (first, second) = two_nodes(Mode::Secure, &fresh(&server, "postgres").await, &redis);
    let mut ledger = Ledger::default();
    at_both(&mut ledger, &first, &second, 20).await;
    for _ in 0..3 {
        let restart = async {
            redis.stop();
            let is_told = kv_is(&first, "unavailable").await && kv_is(&second, "unavailable").await;
            redis.start_again();
            is_told && kv_is(&first, "ok").await && kv_is(&second, "ok").await
        };
        let load = async {
            let until = Instant::now() + Duration::from_secs(3);
            while Instant::now() < until {
                at_both(&mut ledger, &first, &second, 10).await;
            }
        };
        let ((), is_told) = tokio::join!(load, restart);
        assert!(is_told, "{}\n{}", first.log(), second.log());
    }
    ledger.is_kept(&first, &first.db().await).await;
    for node in [&first, &second] {
        let log = node.log();
        // A busy machine may be too slow for Redis once more.
        let (gone, back) =
            (log.matches("Redis does not answer").count(), log.matches("Redis is back").count());
        assert!((3..10).contains(&gone) && back == gone, "told {gone} and {back} times:\n{log}");
    }
}

#[tokio::test]
async fn what_is_changed_beside_one_node_is_served_by_the_others_within_a_second() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let Some(mut redis) = Redis::start() else { return };
    let (first, second) = two_nodes(Mode::Secure, &fresh(&server, "postgres").await, &redis);
    assert!(kv_is(&first, "ok").await && kv_is(&second, "ok").await);
    let rule = |folder: &std::path::Path, words: &str| {
        let text = format!(
            "[[rule]]\nslug = \"node\"\nkeywords = [\"节点\"]\nmatch = \"exact\"\nreply = \"{words}\"\n"
        );
        std::fs::write(folder.join("rules.toml"), text).unwrap();
    };
    for (number, redis_runs) in [(1, true), (2, true), (3, false)] {
        if !redis_runs {
            redis.stop();
        }
        let (folder, words) = (tempfile::tempdir().unwrap(), format!("第 {number} 版"));
        rule(folder.path(), &words);
        first.command(&["content", "import", folder.path().to_str().unwrap(), "--account", "hope"]);
        let changed = Instant::now();
        for (name, node) in [("first", &first), ("second", &second)] {
            let resident = node.resident("A");
            let heard = node.eventually(|| resident.says("节点"), |heard| heard.text() == words).await;
            assert_eq!(heard.text(), words, "{}", node.log());
            println!(
                "change {number}, Redis {redis_runs}: the {name} node served it after {:?}",
                changed.elapsed()
            );
        }
    }
    second.command(&["account", "update", "hope", "--name", "新希望社区"]);
    let resident = first.resident("B");
    let heard = first.eventually(|| resident.says("菜单"), |heard| heard.text().contains("新希望社区")).await;
    assert!(heard.text().contains("新希望社区"), "{}", first.log());
}
