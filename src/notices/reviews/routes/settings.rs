//! How many reviews an account asks for.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::optional;
use crate::admin::audit::{self, Entry};
use crate::admin::{Manager, Office, Reader};
use crate::http::{Error, Json, Problem, Result};
use crate::notices::reviews::{LEAST_REVIEWS, MOST_REVIEWS, store, texts};

/// How many reviews a notice needs, 1 to 3, and why not three.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct ReviewSetting {
    #[schema(minimum = 1, maximum = 3)]
    pub reviews: i64,
    #[serde(default)]
    pub reason: String,
}

/// How many reviews the account asks for.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/review-setting", tag = "reviews",
    params(("account" = String, Path)), responses(
    (status = 200, body = ReviewSetting), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn show(State(office): State<Office>, reader: Reader) -> Result<Json<ReviewSetting>> {
    let (reviews, reason) = store::setting(office.app.db.reader(), reader.account_id()).await?;
    Ok(Json(ReviewSetting { reviews, reason }))
}

/// Sets how many reviews the account asks for. Fewer than three need a reason, and none is not to be had.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/review-setting", tag = "reviews",
    params(("account" = String, Path)), request_body = ReviewSetting, responses(
    (status = 200, body = ReviewSetting), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn change(
    State(office): State<Office>,
    manager: Manager,
    Json(form): Json<ReviewSetting>,
) -> Result<Json<ReviewSetting>> {
    if !(LEAST_REVIEWS..=MOST_REVIEWS).contains(&form.reviews) {
        return Err(Error::field("reviews", texts::REVIEWS_RANGE));
    }
    let reason = optional("reason", Some(&form.reason))?;
    if form.reviews < MOST_REVIEWS && reason.is_none() {
        return Err(Error::field("reason", texts::SETTING_REASON));
    }
    let setting = ReviewSetting { reviews: form.reviews, reason: reason.unwrap_or_default() };
    let (account, now) = (manager.account_id(), office.app.clock.now());
    let write = office.app.db.begin_write().await?;
    let (reviews, reason) = store::setting(&write, account).await?;
    store::set_setting(&write, account, setting.reviews, &setting.reason, manager.person.id.0, now).await?;
    let entry = Entry {
        account: Some(account),
        action: "review.setting",
        before: Some(json!(ReviewSetting { reviews, reason })),
        after: Some(json!(setting)),
        ..Entry::default()
    };
    audit::record(&write, &manager.who(), entry, now).await?;
    write.commit().await?;
    Ok(Json(setting))
}
