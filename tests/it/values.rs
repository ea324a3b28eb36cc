//! Values in Redis: shared, short-lived, and never needed.

use std::time::{Duration, Instant};

use hopetree::kv::Kv;

#[tokio::test]
async fn values_in_redis_live_and_die_as_those_in_memory() {
    let Some(url) = super::databases::server("HOPETREE_TEST_REDIS") else { return };
    for kv in [Kv::open(None).unwrap(), Kv::open(Some(&url)).unwrap()] {
        kv.set("token", "一", Duration::from_secs(60)).await.unwrap();
        assert_eq!(kv.get("token").await.unwrap().as_deref(), Some("一"));
        kv.remove_if("token", "二").await.unwrap();
        assert_eq!(kv.get("token").await.unwrap().as_deref(), Some("一"));
        kv.remove_if("token", "一").await.unwrap();
        assert_eq!(kv.get("token").await.unwrap(), None);
        kv.ping().await.unwrap();
    }
}

#[tokio::test]
async fn a_redis_that_is_gone_is_told_soon_and_without_its_password() {
    let kv = Kv::open(Some("redis://:geheim@127.0.0.1:1")).unwrap();
    let started = Instant::now();
    let error = kv.get("token").await.unwrap_err().to_string();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert!(!error.contains("geheim"), "{error}");
}
