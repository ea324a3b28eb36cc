//! Values in Redis: shared, short-lived, and never needed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hopetree::kv::{Claim, Holder, Kv};
use tokio::sync::Notify;

use crate::support::Redis;

const MINUTE: Duration = Duration::from_secs(60);
/// Generous: other stories run at the same time.
const LIMIT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn values_in_redis_live_and_die_as_those_in_memory() {
    let Some(redis) = Redis::start() else { return };
    for kv in [Kv::open(None).unwrap(), Kv::open(Some(&redis.url())).unwrap()] {
        kv.set("token", "一", MINUTE).await.unwrap();
        assert_eq!(kv.get("token").await.unwrap().as_deref(), Some("一"));
        kv.remove_if("token", "二").await.unwrap();
        assert_eq!(kv.get("token").await.unwrap().as_deref(), Some("一"));
        kv.remove_if("token", "一").await.unwrap();
        assert_eq!(kv.get("token").await.unwrap(), None);
        kv.set_all(&[("a".into(), "一".into()), ("b".into(), "二".into())], MINUTE).await.unwrap();
        assert_eq!(kv.get("b").await.unwrap().as_deref(), Some("二"));
        kv.set("a", "short", Duration::from_millis(20)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(kv.get("a").await.unwrap(), None);
        kv.ping().await.unwrap();
    }
}

#[tokio::test]
async fn a_claim_is_one_holders_until_it_is_done_given_back_or_over() {
    let Some(redis) = Redis::start() else { return };
    for kv in [Kv::open(None).unwrap(), Kv::open(Some(&redis.url())).unwrap()] {
        let (mine, other) = (Holder::new(), Holder::new());
        let claim = async |key: &str, holder: &Holder| kv.claim(key, holder, MINUTE).await.unwrap();
        assert_eq!(claim("push", &mine).await, Claim::Ours);
        assert_eq!(claim("push", &other).await, Claim::Theirs);
        assert_eq!(claim("push", &mine).await, Claim::Ours, "it is still mine");
        kv.release("push", &other).await.unwrap();
        assert_eq!(claim("push", &other).await, Claim::Theirs, "who does not hold it cannot give it back");
        kv.release("push", &mine).await.unwrap();
        assert_eq!(claim("push", &other).await, Claim::Ours);
        kv.set("push", "<xml>答</xml>", MINUTE).await.unwrap();
        kv.release("push", &other).await.unwrap();
        assert_eq!(claim("push", &mine).await, Claim::Done("<xml>答</xml>".into()));
        kv.claim("short", &mine, Duration::from_millis(20)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(claim("short", &other).await, Claim::Ours);
        let all = [Holder::new(), Holder::new(), Holder::new()];
        let claims = futures_util::future::join_all(all.iter().map(|holder| claim("many", holder))).await;
        assert_eq!(claims.iter().filter(|claim| **claim == Claim::Ours).count(), 1, "{claims:?}");
    }
}

#[tokio::test]
async fn a_change_that_one_node_tells_of_is_heard_by_the_others_also_after_redis_was_gone() {
    let Some(mut redis) = Redis::start() else { return };
    let heard = async |heard: &Notify| tokio::time::timeout(LIMIT, heard.notified()).await.is_ok();
    let memory = Kv::open(None).unwrap();
    let (one, other) = (Kv::open(Some(&redis.url())).unwrap(), Kv::open(Some(&redis.url())).unwrap());
    for (teller, listener) in [(memory.clone(), memory), (one.clone(), other.clone())] {
        let change = Notify::new();
        let story = async {
            // The beginning of listening counts as a change with Redis, and cannot be seen in memory.
            tokio::time::timeout(Duration::from_millis(500), change.notified()).await.ok();
            teller.tell_changed().await;
            assert!(heard(&change).await);
        };
        tokio::select! {
            () = listener.listen(|| change.notify_one()) => unreachable!("it does not end"),
            () = story => (),
        }
    }
    let change = Arc::new(Notify::new());
    let story = async {
        assert!(heard(&change).await);
        redis.stop();
        one.tell_changed().await;
        redis.start_again();
        assert!(heard(&change).await, "it listens again, and looks what it has missed");
        one.ping().await.unwrap();
        one.tell_changed().await;
        assert!(heard(&change).await);
    };
    tokio::select! {
        () = other.listen(|| change.notify_one()) => unreachable!("it does not end"),
        () = story => (),
    }
}

#[tokio::test]
async fn nobody_waits_for_a_redis_that_hangs_and_it_is_used_again_when_it_goes_on() {
    let Some(redis) = Redis::start() else { return };
    let kv = Kv::open(Some(&redis.url())).unwrap();
    kv.set("token", "一", MINUTE).await.unwrap();
    redis.hang();
    kv.get("token").await.unwrap_err();
    assert!(!kv.is_up());
    let started = Instant::now();
    for _ in 0..1_000 {
        kv.claim("push", &Holder::new(), MINUTE).await.unwrap_err();
    }
    assert!(started.elapsed() < LIMIT, "a thousand calls took {:?}", started.elapsed());
    kv.ping().await.unwrap_err();
    redis.go_on();
    let until = Instant::now() + LIMIT;
    while kv.ping().await.is_err() && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(kv.is_up());
    assert_eq!(kv.get("token").await.unwrap().as_deref(), Some("一"));
}

#[tokio::test]
async fn a_redis_that_takes_no_values_counts_as_gone() {
    let Some(redis) = Redis::start() else { return };
    let kv = Kv::open(Some(&redis.url())).unwrap();
    kv.ping().await.unwrap();
    redis.command(&["config", "set", "maxmemory", "1"]);
    kv.ping().await.unwrap_err();
    assert!(!kv.is_up());
    redis.command(&["config", "set", "maxmemory", "0"]);
    kv.ping().await.unwrap();
    assert!(kv.is_up());
}

#[tokio::test]
async fn a_redis_that_is_gone_is_told_soon_and_without_its_password() {
    let kv = Kv::open(Some("redis://:geheim@127.0.0.1:1")).unwrap();
    let started = Instant::now();
    let error = kv.get("token").await.unwrap_err().to_string();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert!(!error.contains("geheim"), "{error}");
}
