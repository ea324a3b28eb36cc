//! Writing over the API: begin, show, save, copy, throw away.

use axum::extract::State as FromState;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Before, NoticeView, Seen, SeenQuery, deed, done, note, refused, views};
use crate::admin::{Office, Reader, Writer};
use crate::http::{Error, Json, Path, Problem, Query, Result};
use crate::notices::desk::{self, Saving};
use crate::notices::{Content, RevisionKind, store, texts};

/// Begins a notice.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/notices", tag = "notices",
    params(("account" = String, Path)), request_body = Content, responses(
    (status = 201, body = NoticeView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn create(
    FromState(office): FromState<Office>,
    writer: Writer,
    Json(content): Json<Content>,
) -> Result<(StatusCode, Json<NoticeView>)> {
    let (person, now) = (writer.person.id.0, office.app.clock.now());
    let write = office.app.db.begin_write().await?;
    let notice = match desk::create(&write, writer.account_id(), content, person, now).await {
        Ok(notice) => notice,
        Err(refusal) => return Err(refused(&office, refusal).await),
    };
    note(&office, &write, &writer, "notice.create", None, &notice).await?;
    Ok((StatusCode::CREATED, done(&office, write, &writer, &notice).await?))
}

/// A notice with what its present version says.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/notices/{id}", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path)), responses(
    (status = 200, body = NoticeView), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn show(
    FromState(office): FromState<Office>,
    reader: Reader,
    Path((_account, id)): Path<(String, i64)>,
) -> Result<Json<NoticeView>> {
    let notice = store::find(office.app.db.reader(), reader.account_id(), id).await?;
    let notice = notice.ok_or(Error::NotFound(texts::NOTICE))?;
    views::notice(&office, &reader, &notice).await.map(Json)
}

/// What is saved.
#[derive(Deserialize, ToSchema)]
pub struct NoticeSave {
    /// The version that the writer has seen.
    version: i64,
    content: Content,
    /// It saves itself: it becomes one version with what the same person has written in these minutes.
    #[serde(default)]
    autosave: bool,
    /// The writer knows that signatures, or a time, are lost by it.
    #[serde(default)]
    drops: bool,
}

/// Saves what a notice says. `stale` when somebody else has saved since that version, `drops_signatures` when
/// signatures would be lost and `drops` does not say that this is known.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/notices/{id}", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = NoticeSave, responses(
    (status = 200, body = NoticeView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn save(
    FromState(office): FromState<Office>,
    writer: Writer,
    Path((_account, id)): Path<(String, i64)>,
    Json(save): Json<NoticeSave>,
) -> Result<Json<NoticeView>> {
    let kind = if save.autosave { RevisionKind::Autosave } else { RevisionKind::Save };
    let saving = Saving { kind, drops: save.drops };
    let before = Before::of(&office, &writer, id).await?;
    let write = office.app.db.begin_write().await?;
    let notice =
        match desk::save(&write, &deed(&office, &writer, id, save.version), save.content, saving).await {
            Ok(notice) => notice,
            Err(refusal) => return Err(refused(&office, refusal).await),
        };
    // What goes on within one version is told by that version.
    let is_news =
        before.revision != notice.revision || before.state != notice.state.as_str() || !save.autosave;
    if is_news {
        let action = if save.autosave { "notice.autosave" } else { "notice.save" };
        note(&office, &write, &writer, action, Some(&before), &notice).await?;
    }
    done(&office, write, &writer, &notice).await
}

/// Begins a notice with what another one says.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/notices/{id}/duplicate", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path)), responses(
    (status = 201, body = NoticeView), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn duplicate(
    FromState(office): FromState<Office>,
    writer: Writer,
    Path((_account, id)): Path<(String, i64)>,
) -> Result<(StatusCode, Json<NoticeView>)> {
    let (person, now) = (writer.person.id.0, office.app.clock.now());
    let write = office.app.db.begin_write().await?;
    let notice = match desk::duplicate(&write, writer.account_id(), id, person, now).await {
        Ok(notice) => notice,
        Err(refusal) => return Err(refused(&office, refusal).await),
    };
    note(&office, &write, &writer, "notice.duplicate", None, &notice).await?;
    Ok((StatusCode::CREATED, done(&office, write, &writer, &notice).await?))
}

/// Puts a notice into the trash, from which it can be taken for 30 days. Residents must not see it.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}/notices/{id}", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path), SeenQuery), responses(
    (status = 200, body = NoticeView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn trash(
    FromState(office): FromState<Office>,
    writer: Writer,
    Path((_account, id)): Path<(String, i64)>,
    Query(seen): Query<SeenQuery>,
) -> Result<Json<NoticeView>> {
    let before = Before::of(&office, &writer, id).await?;
    let write = office.app.db.begin_write().await?;
    let notice = match desk::trash(&write, &deed(&office, &writer, id, seen.version)).await {
        Ok(notice) => notice,
        Err(refusal) => return Err(refused(&office, refusal).await),
    };
    note(&office, &write, &writer, "notice.trash", Some(&before), &notice).await?;
    done(&office, write, &writer, &notice).await
}

/// Takes a notice out of the trash.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/notices/{id}/untrash", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = Seen, responses(
    (status = 200, body = NoticeView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem),
))]
pub async fn untrash(
    FromState(office): FromState<Office>,
    writer: Writer,
    Path((_account, id)): Path<(String, i64)>,
    Json(seen): Json<Seen>,
) -> Result<Json<NoticeView>> {
    let before = Before::of(&office, &writer, id).await?;
    let write = office.app.db.begin_write().await?;
    let notice = match desk::untrash(&write, &deed(&office, &writer, id, seen.version)).await {
        Ok(notice) => notice,
        Err(refusal) => return Err(refused(&office, refusal).await),
    };
    note(&office, &write, &writer, "notice.untrash", Some(&before), &notice).await?;
    done(&office, write, &writer, &notice).await
}
