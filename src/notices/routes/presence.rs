//! Who has a notice open, over the API.

use axum::extract::State as FromState;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::PersonView;
use super::views::Names;
use crate::admin::{Office, Writer};
use crate::http::{Error, Json, Path, Problem, Result};
use crate::notices::{store, texts};

/// A page says every 15 seconds that it is still open; two may be lost.
const LIFETIME_MILLIS: i64 = 45_000;

/// Who has the notice open, and its version, so that a page sees at once when somebody has saved.
#[derive(Serialize, ToSchema)]
pub struct NoticePresence {
    /// The others, the first who came in front.
    pub others: Vec<Present>,
    pub version: i64,
    pub changed_by: PersonView,
    pub changed_at: i64,
}

/// Somebody who has the notice open.
#[derive(Serialize, ToSchema)]
#[schema(as = NoticeGuest)]
pub struct Present {
    pub person: PersonView,
    /// Since when (unix milliseconds).
    pub since: i64,
}

/// Says that one has a notice open, and hears who else has. To be repeated every 15 seconds.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/notices/{id}/presence", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path)), responses(
    (status = 200, body = NoticePresence), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn look(
    FromState(office): FromState<Office>,
    writer: Writer,
    Path((_account, id)): Path<(String, i64)>,
) -> Result<Json<NoticePresence>> {
    let (account, person, now) = (writer.account_id(), writer.person.id.0, office.app.clock.now());
    let notice = store::find(office.app.db.reader(), account, id).await?;
    let notice = notice.ok_or(Error::NotFound(texts::NOTICE))?;
    let write = office.app.db.begin_write().await?;
    store::look(&write, account, id, person, now, LIFETIME_MILLIS).await?;
    write.commit().await?;
    let since = now.plus_millis(-LIFETIME_MILLIS);
    let mut guests = store::present(office.app.db.reader(), account, id, since).await?;
    guests.retain(|guest| guest.person != person);
    let people: Vec<i64> = guests.iter().map(|guest| guest.person).chain([notice.changed_by]).collect();
    let names = Names::of(&office, people).await?;
    let others = guests.iter().map(|guest| Present { person: names.show(guest.person), since: guest.since });
    Ok(Json(NoticePresence {
        others: others.collect(),
        version: notice.version,
        changed_by: names.show(notice.changed_by),
        changed_at: notice.changed_at,
    }))
}

/// Says that one has closed a notice.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}/notices/{id}/presence", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn leave(
    FromState(office): FromState<Office>,
    writer: Writer,
    Path((_account, id)): Path<(String, i64)>,
) -> Result<StatusCode> {
    let write = office.app.db.begin_write().await?;
    store::leave(&write, writer.account_id(), id, writer.person.id.0).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
