//! From approved to residents and back, over the API.

use axum::extract::State as FromState;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{Before, NoticeView, Seen, SeenQuery, deed, done, note, refused};
use crate::admin::audit::{self, Entry};
use crate::admin::permissions::Member;
use crate::admin::{Manager, Office, Publisher, Reader};
use crate::http::{Error, Json, Path, Problem, Query, Result};
use crate::notices::desk::{self, Deed, Refusal};
use crate::notices::{Notice, schedule, store, texts};

/// What is done to a notice by who may publish.
enum Step {
    Publish,
    Schedule { publish_at: i64, withdraw_at: Option<i64> },
    Unschedule,
    SetWithdrawal(Option<i64>),
    Withdraw(String),
    Pin(bool),
}

impl Step {
    fn action(&self) -> &'static str {
        match self {
            Self::Publish => "notice.publish",
            Self::Schedule { .. } => "notice.schedule",
            Self::Unschedule => "notice.unschedule",
            Self::SetWithdrawal(_) => "notice.set_withdrawal",
            Self::Withdraw(_) => "notice.withdraw",
            Self::Pin(_) => "notice.pin",
        }
    }

    async fn take(
        &self,
        db: &sea_orm::DatabaseTransaction,
        deed: &Deed,
    ) -> std::result::Result<Notice, Refusal> {
        match self {
            Self::Publish => desk::publish(db, deed, deed.now).await,
            Self::Schedule { publish_at, withdraw_at } => {
                desk::schedule(db, deed, *publish_at, *withdraw_at).await
            }
            Self::Unschedule => desk::unschedule(db, deed).await,
            Self::SetWithdrawal(at) => desk::set_withdrawal(db, deed, *at).await,
            Self::Withdraw(reason) => desk::withdraw(db, deed, reason).await,
            Self::Pin(pinned) => desk::pin(db, deed, *pinned).await,
        }
    }
}

async fn take(
    office: &Office,
    member: &Member,
    (id, version): (i64, i64),
    step: Step,
) -> Result<Json<NoticeView>> {
    let before = Before::of(office, member, id).await?;
    let write = office.app.db.begin_write().await?;
    let notice = match step.take(&write, &deed(office, member, id, version)).await {
        Ok(notice) => notice,
        Err(refusal) => return Err(refused(office, refusal).await),
    };
    note(office, &write, member, step.action(), Some(&before), &notice).await?;
    done(office, write, member, &notice).await
}

/// Shows an approved notice to residents at once.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/notices/{id}/publish", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = Seen, responses(
    (status = 200, body = NoticeView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn publish(
    FromState(office): FromState<Office>,
    publisher: Publisher,
    Path((_account, id)): Path<(String, i64)>,
    Json(seen): Json<Seen>,
) -> Result<Json<NoticeView>> {
    take(&office, &publisher, (id, seen.version), Step::Publish).await
}

/// When a notice is to be published, and perhaps taken back.
#[derive(Deserialize, ToSchema)]
pub struct NoticeTimes {
    version: i64,
    /// Unix milliseconds; kept to the minute.
    publish_at: i64,
    withdraw_at: Option<i64>,
}

/// Sets the time at which an approved notice is published.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/notices/{id}/schedule", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = NoticeTimes, responses(
    (status = 200, body = NoticeView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn set_schedule(
    FromState(office): FromState<Office>,
    publisher: Publisher,
    Path((_account, id)): Path<(String, i64)>,
    Json(times): Json<NoticeTimes>,
) -> Result<Json<NoticeView>> {
    let step = Step::Schedule { publish_at: times.publish_at, withdraw_at: times.withdraw_at };
    take(&office, &publisher, (id, times.version), step).await
}

/// Takes the time of a notice away; it stays approved.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}/notices/{id}/schedule", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path), SeenQuery), responses(
    (status = 200, body = NoticeView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn unschedule(
    FromState(office): FromState<Office>,
    publisher: Publisher,
    Path((_account, id)): Path<(String, i64)>,
    Query(seen): Query<SeenQuery>,
) -> Result<Json<NoticeView>> {
    take(&office, &publisher, (id, seen.version), Step::Unschedule).await
}

/// When what residents see is to be taken back.
#[derive(Deserialize, ToSchema)]
pub struct NoticeEnd {
    version: i64,
    /// Unix milliseconds, kept to the minute; none to leave it with residents.
    withdraw_at: Option<i64>,
}

/// Sets or removes the time at which what residents see is taken back.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/notices/{id}/withdrawal", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = NoticeEnd, responses(
    (status = 200, body = NoticeView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn set_withdrawal(
    FromState(office): FromState<Office>,
    publisher: Publisher,
    Path((_account, id)): Path<(String, i64)>,
    Json(end): Json<NoticeEnd>,
) -> Result<Json<NoticeView>> {
    take(&office, &publisher, (id, end.version), Step::SetWithdrawal(end.withdraw_at)).await
}

/// Why a notice is taken back.
#[derive(Deserialize, ToSchema)]
pub struct NoticeWithdrawal {
    version: i64,
    reason: String,
}

/// Takes from residents at once what they see of a notice.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/notices/{id}/withdraw", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = NoticeWithdrawal, responses(
    (status = 200, body = NoticeView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn withdraw(
    FromState(office): FromState<Office>,
    publisher: Publisher,
    Path((_account, id)): Path<(String, i64)>,
    Json(withdrawal): Json<NoticeWithdrawal>,
) -> Result<Json<NoticeView>> {
    take(&office, &publisher, (id, withdrawal.version), Step::Withdraw(withdrawal.reason)).await
}

/// Whether a notice stands on top of its lists.
#[derive(Deserialize, ToSchema)]
pub struct NoticePin {
    version: i64,
    pinned: bool,
}

/// Puts a notice on top of its lists, or takes it down from there. No signature is lost by it.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/notices/{id}/pin", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = NoticePin, responses(
    (status = 200, body = NoticeView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem),
))]
pub async fn pin(
    FromState(office): FromState<Office>,
    publisher: Publisher,
    Path((_account, id)): Path<(String, i64)>,
    Json(pin): Json<NoticePin>,
) -> Result<Json<NoticeView>> {
    take(&office, &publisher, (id, pin.version), Step::Pin(pin.pinned)).await
}

/// What an account decides about its notices.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct NoticeSettings {
    /// What is due for longer than this waits for a person.
    pub late_minutes: i64,
}

/// What the account has decided about its notices.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/notice-settings", tag = "notices",
    params(("account" = String, Path)), responses(
    (status = 200, body = NoticeSettings), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn settings(FromState(office): FromState<Office>, reader: Reader) -> Result<Json<NoticeSettings>> {
    let minutes = store::late_limit(office.app.db.reader(), reader.account_id()).await?;
    Ok(Json(NoticeSettings { late_minutes: minutes.unwrap_or(schedule::LATE_MINUTES) }))
}

/// Decides about the account's notices.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/notice-settings", tag = "notices",
    params(("account" = String, Path)), request_body = NoticeSettings, responses(
    (status = 200, body = NoticeSettings), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn change_settings(
    FromState(office): FromState<Office>,
    manager: Manager,
    Json(settings): Json<NoticeSettings>,
) -> Result<Json<NoticeSettings>> {
    if !(10..=7 * 24 * 60).contains(&settings.late_minutes) {
        return Err(Error::field("late_minutes", texts::LATE_LIMIT));
    }
    let account = manager.account_id();
    let write = office.app.db.begin_write().await?;
    let before = store::late_limit(&write, account).await?.unwrap_or(schedule::LATE_MINUTES);
    store::set_late_limit(&write, account, settings.late_minutes).await?;
    let entry = Entry {
        account: Some(account),
        action: "notice.settings",
        before: Some(json!({ "late_minutes": before })),
        after: Some(json!({ "late_minutes": settings.late_minutes })),
        ..Entry::default()
    };
    audit::record(&write, &manager.who(), entry, office.app.clock.now()).await?;
    write.commit().await?;
    Ok(Json(settings))
}
