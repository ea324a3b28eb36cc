//! Changes to the sandbox itself: reset, faults, tokens, accounts, and a crowd of followers.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::{Refusal, Result, read};
use crate::sandbox::accounts::Change;
use crate::sandbox::faults::Faults;
use crate::sandbox::residents::open_id;
use crate::sandbox::{Sandbox, texts};

const MAX_FOLLOWERS: usize = 100_000;

/// Followers without a phone, to try long lists with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Crowd {
    followers: usize,
}

pub(super) async fn reset(State(sandbox): State<Sandbox>) -> Json<Value> {
    let now = sandbox.inner.options.clock.now();
    sandbox.world().reset(now);
    Json(json!({}))
}

pub(super) async fn expire_tokens(State(sandbox): State<Sandbox>) -> Json<Value> {
    for account in &mut sandbox.world().accounts {
        account.tokens.expire();
    }
    Json(json!({}))
}

pub(super) async fn faults(State(sandbox): State<Sandbox>, body: Bytes) -> Result<Json<Faults>> {
    let changes: Value = read(&body)?;
    let mut world = sandbox.world();
    let merged = world.faults.merged(&changes);
    world.faults = merged.map_err(|error| Refusal::invalid(texts::not_understood(&error)))?;
    Ok(Json(world.faults.clone()))
}

pub(super) async fn account(
    State(sandbox): State<Sandbox>,
    Path(app_id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>> {
    let change: Change = read(&body)?;
    let mut world = sandbox.world();
    let account = world.account_mut(&app_id).ok_or(Refusal::not_found(texts::NO_SUCH_ACCOUNT))?;
    account.change(change).or(Err(Refusal::invalid(texts::NOT_A_URL)))?;
    Ok(Json(account.view()))
}

/// Adds followers of whom nobody is told, as if they had come before the webhook was installed.
pub(super) async fn crowd(
    State(sandbox): State<Sandbox>,
    Path(app_id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>> {
    let crowd: Crowd = read(&body)?;
    let now = sandbox.inner.options.clock.now();
    let mut world = sandbox.world();
    let account = world.account_mut(&app_id).ok_or(Refusal::not_found(texts::NO_SUCH_ACCOUNT))?;
    let before = account.followers.len();
    if before.saturating_add(crowd.followers) > MAX_FOLLOWERS {
        return Err(Refusal::invalid(texts::TOO_MANY_FOLLOWERS));
    }
    for number in before..before + crowd.followers {
        account.followers.add(open_id(&account.app_id, &format!("crowd-{number}")), None, now);
    }
    Ok(Json(account.view()))
}
