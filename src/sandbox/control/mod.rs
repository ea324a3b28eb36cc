//! The JSON API by which the phone and tests play residents and steer the sandbox. On loopback only.

mod guard;
mod read;
mod refusal;
mod residents;
mod steer;

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};

pub(super) use self::refusal::Refusal;
use super::Sandbox;

pub(super) fn router() -> Router<Sandbox> {
    let account = "/control/accounts/{app_id}";
    let resident = format!("{account}/residents/{{resident}}");
    Router::new()
        .route("/control/state", get(read::state))
        .route("/control/kinds", get(read::kinds))
        .route("/control/reset", post(steer::reset))
        .route("/control/expire-tokens", post(steer::expire_tokens))
        .route("/control/faults", post(steer::faults))
        .route(account, post(steer::account))
        .route(&format!("{account}/crowd"), post(steer::crowd))
        .route(&format!("{account}/push"), post(residents::push))
        .route(&format!("{account}/pushes"), get(read::pushes))
        .route(&format!("{resident}/chat"), get(read::chat))
        .route(&format!("{resident}/follow"), post(residents::follow))
        .route(&format!("{resident}/leave"), post(residents::leave))
        .route(&format!("{resident}/send"), post(residents::send))
        .route(&format!("{resident}/tap"), post(residents::tap))
        .route(&format!("{resident}/scan"), post(residents::scan))
        .route(&format!("{resident}/menu-link"), post(residents::menu_link))
        .route("/control/{*rest}", get(read::nothing).post(read::nothing))
        .layer(middleware::from_fn(guard::guard))
}
