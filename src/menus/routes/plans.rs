//! Menus that are published later.

use axum::extract::State;
use axum::http::StatusCode;

use super::looking::desk;
use super::views::{MenuDesk, PlanInput, PublishInput};
use super::{fit, publishable, put_in_force, record};
use crate::admin::{Manager, Office};
use crate::clock::Timestamp;
use crate::http::{Error, Json, Path, Problem, Result};
use crate::menus::store::{self, PlanState};
use crate::menus::{publishing, texts};

const MAX_WAITING: u64 = 10;
const FARTHEST_MILLIS: i64 = 366 * 86_400_000;

/// Keeps the draft as a version that is published later.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/menu/plans", tag = "menu", request_body = PlanInput,
    params(("account" = String, Path)),
    responses((status = 201, body = MenuDesk), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn add(
    State(office): State<Office>,
    manager: Manager,
    Json(input): Json<PlanInput>,
) -> Result<(StatusCode, Json<MenuDesk>)> {
    let (account, now) = (&manager.account, office.app.clock.now());
    if input.publish_at <= now.millis() {
        return Err(Error::field("publish_at", texts::IN_THE_PAST));
    }
    if input.publish_at > now.millis() + FARTHEST_MILLIS {
        return Err(Error::field("publish_at", texts::TOO_FAR));
    }
    let db = office.app.db.begin_write().await?;
    if store::waiting_plans(&db, account.id).await? >= MAX_WAITING {
        return Err(Error::field("publish_at", texts::TOO_MANY_PLANS));
    }
    let publish = PublishInput { version: input.version, note: input.note };
    let draft = publishable(&office, account, &db, &publish).await?;
    let by = &manager.person.display_name;
    let number = publishing::keep(&db, account, &draft.definition, publish.note.trim(), by, now).await?;
    store::plan(&db, account.id, number, Timestamp::from_millis(input.publish_at), by, now).await?;
    let after = serde_json::json!({ "publish_at": input.publish_at });
    record(&office, &db, &manager, "menu.plan", number, None, Some(after)).await?;
    db.commit().await?;
    Ok((StatusCode::CREATED, Json(desk(&office, account).await?)))
}

/// Cancels a plan, whether its time has come or not.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}/menu/plans/{plan}", tag = "menu",
    params(("account" = String, Path), ("plan" = i64, Path)),
    responses((status = 200, body = MenuDesk), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn cancel(
    State(office): State<Office>,
    manager: Manager,
    Path(path): Path<(String, i64)>,
) -> Result<Json<MenuDesk>> {
    decide(&office, &manager, path.1, PlanState::Cancelled).await
}

/// Publishes what is planned at once: what is late, what had faults that are mended, or what need not wait.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/menu/plans/{plan}/publish", tag = "menu",
    params(("account" = String, Path), ("plan" = i64, Path)),
    responses((status = 200, body = MenuDesk), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn publish(
    State(office): State<Office>,
    manager: Manager,
    Path(path): Path<(String, i64)>,
) -> Result<Json<MenuDesk>> {
    decide(&office, &manager, path.1, PlanState::Done).await
}

async fn decide(office: &Office, manager: &Manager, id: i64, to: PlanState) -> Result<Json<MenuDesk>> {
    let account = &manager.account;
    let db = office.app.db.begin_write().await?;
    let plan = store::planned(&db, account.id, id).await?.ok_or(Error::NotFound(texts::PLAN))?;
    let is_open = matches!(plan.state, PlanState::Waiting | PlanState::Late | PlanState::Faulty);
    if !is_open || !store::decide_plan(&db, account.id, id, plan.state, to).await? {
        return Err(Error::Conflict("plan_over", texts::NOT_WAITING.into()));
    }
    if to == PlanState::Done {
        // What it leads to may have gone since it was planned.
        let version = store::version(&db, account.id, plan.number).await?;
        let version = version.ok_or(Error::NotFound(texts::VERSION))?;
        fit(office, account, &db, &version.definition).await?;
        put_in_force(office, &db, manager, plan.number, "menu.publish").await?;
    } else {
        record(office, &db, manager, "menu.cancel_plan", plan.number, None, None).await?;
    }
    db.commit().await?;
    if to == PlanState::Done {
        office.app.kv.tell_changed().await;
    }
    Ok(Json(desk(office, account).await?))
}
