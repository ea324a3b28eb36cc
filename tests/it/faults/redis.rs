//! Redis is cut off, hangs, or is gone from the beginning. Nothing is kept only there.

use super::Ledger;
use super::databases::is_ready_again;
use crate::databases::server;
use crate::support::{Hopetree, Mode, Proxy};

#[tokio::test]
async fn a_redis_that_hangs_or_is_gone_costs_residents_nothing() {
    let Some(redis) = server("HOPETREE_TEST_REDIS") else { return };
    // A database of its own on the shared server: what other stories keep there is not in the way.
    let (cable, through) = Proxy::before_url(&format!("{redis}/7"));
    let variables = [("HOPETREE_REDIS_URL", through.as_str())];
    let app = Hopetree::serve_with(Hopetree::start().stop(), Mode::Secure, &variables);
    let mut ledger = Ledger::default();
    ledger.answered(&app, 30).await;
    assert!(says(&app, "ok").await);
    for _ in 0..2 {
        cable.cut();
        ledger.answered(&app, 30).await;
        assert!(says(&app, "unavailable").await, "{}", app.log());
        ledger.answered(&app, 30).await;
        cable.mend();
        assert!(says(&app, "ok").await, "it does not recover by itself\n{}", app.log());
        cable.stall();
        ledger.answered(&app, 30).await;
        ledger.repeats_are_the_same(&app).await;
        assert!(says(&app, "unavailable").await, "{}", app.log());
        cable.mend();
        ledger.answered(&app, 30).await;
        assert!(says(&app, "ok").await, "it does not recover by itself\n{}", app.log());
    }
    cable.cut();
    let app = Hopetree::serve_with(app.kill(), Mode::Secure, &variables);
    ledger.answered(&app, 30).await;
    cable.mend();
    is_ready_again(&app).await;
    ledger.is_kept(&app, &app.db().await).await;
}

/// Whether `/readyz` comes to say so of Redis, while it says that pushes are taken in.
async fn says(app: &Hopetree, state: &str) -> bool {
    let wanted = format!("\"kv\":\"{state}\"");
    let (status, body) = app.eventually(|| app.get("/readyz"), |(_, body)| body.contains(&wanted)).await;
    status == 200 && body.contains(&wanted)
}
