//! What the sandbox tells about itself.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::{Refusal, Result};
use crate::sandbox::compose;
use crate::sandbox::residents::{self, PLACES, RESIDENTS, SCENES};
use crate::sandbox::{Sandbox, texts};

/// The entries or pushes with a higher number than this one.
#[derive(Deserialize)]
pub(super) struct After {
    #[serde(default)]
    after: u64,
}

pub(super) async fn state(State(sandbox): State<Sandbox>) -> Json<Value> {
    let world = sandbox.world();
    let accounts: Vec<Value> = world.accounts.iter().map(|account| account.view()).collect();
    Json(json!({
        "accounts": accounts,
        "residents": RESIDENTS,
        "places": PLACES,
        "scenes": SCENES,
        "faults": world.faults,
    }))
}

pub(super) async fn kinds() -> Json<Vec<compose::Kind>> {
    Json(compose::kinds())
}

pub(super) async fn chat(
    State(sandbox): State<Sandbox>,
    Path((app_id, resident)): Path<(String, String)>,
    Query(after): Query<After>,
) -> Result<Json<Value>> {
    let resident = residents::find(&resident).ok_or(Refusal::not_found(texts::NO_SUCH_RESIDENT))?;
    let mut world = sandbox.world();
    let account = world.account_mut(&app_id).ok_or(Refusal::not_found(texts::NO_SUCH_ACCOUNT))?;
    let following = account.followers.get(&residents::open_id(&account.app_id, resident.id)).is_some();
    let entries = account.chat_mut(resident.id).after(after.after);
    Ok(Json(json!({"following": following, "entries": entries})))
}

pub(super) async fn pushes(
    State(sandbox): State<Sandbox>,
    Path(app_id): Path<String>,
    Query(after): Query<After>,
) -> Result<Json<Value>> {
    let world = sandbox.world();
    let account = world.account(&app_id).ok_or(Refusal::not_found(texts::NO_SUCH_ACCOUNT))?;
    let new = account.records().iter().filter(|record| record.id > after.after);
    let pushes: Vec<Value> = new.map(|record| record.view()).collect();
    Ok(Json(json!({ "pushes": pushes })))
}

pub(super) async fn nothing() -> Refusal {
    Refusal::not_found(texts::NO_SUCH_CONTROL)
}
