//! The versions of a notice over the API: listed, shown, brought back.

use axum::extract::State as FromState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::views::{self, Names, VersionRow};
use super::{Before, NoticeView, deed, done, note, refused};
use crate::admin::{Office, Reader, Writer};
use crate::content::html;
use crate::http::{Error, Json, Page, PageQuery, Path, Problem, Query, Result};
use crate::notices::store::Version;
use crate::notices::{Content, desk, store, texts};

/// The versions of a notice, the newest in front.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/notices/{id}/revisions", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path), PageQuery), responses(
    (status = 200, body = Page<VersionRow>), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn list(
    FromState(office): FromState<Office>,
    reader: Reader,
    Path((_account, id)): Path<(String, i64)>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<VersionRow>>> {
    let (db, account, limit) = (office.app.db.reader(), reader.account_id(), page.limit());
    store::find(db, account, id).await?.ok_or(Error::NotFound(texts::NOTICE))?;
    let below = page.after::<1>()?.map(|[number]| number);
    let rows = store::revisions(db, account, id, below, limit + 1).await?;
    let people: Vec<i64> = rows.iter().map(|row| row.saved_by).collect();
    let names = Names::of(&office, people).await?;
    let page = Page::from_rows(rows, limit, |row| [row.number]);
    Ok(Json(page.map(|row| views::version(row, &names))))
}

/// A version with what it says.
#[derive(Serialize, ToSchema)]
#[schema(as = NoticeVersionView)]
pub struct VersionView {
    #[serde(flatten)]
    pub version: VersionRow,
    pub content: Content,
    /// The body as plain text, a line for each paragraph: for comparing.
    pub plain_text: String,
}

/// A version with what it says.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/notices/{id}/revisions/{number}", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path), ("number" = i64, Path)), responses(
    (status = 200, body = VersionView), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn show(
    FromState(office): FromState<Office>,
    reader: Reader,
    Path((_account, id, number)): Path<(String, i64, i64)>,
) -> Result<Json<VersionView>> {
    let revision = store::revision(office.app.db.reader(), reader.account_id(), id, number).await?;
    let revision = revision.ok_or(Error::NotFound(texts::REVISION))?;
    let content = match desk::read(&revision) {
        Ok(content) => content,
        Err(refusal) => return Err(refused(&office, refusal).await),
    };
    let names = Names::of(&office, [revision.saved_by]).await?;
    let version = Version {
        number,
        kind: revision.kind,
        hash: revision.hash,
        saved_by: revision.saved_by,
        saved_at: revision.saved_at,
        kept: revision.kept,
        restored_from: revision.restored_from,
    };
    let plain_text = html::plain_text(&content.body_html);
    Ok(Json(VersionView { version: views::version(version, &names), content, plain_text }))
}

/// Which version is brought back.
#[derive(Deserialize, ToSchema)]
pub struct NoticeRestore {
    /// The version of the notice that the writer has seen.
    version: i64,
    /// The number of the version to bring back.
    number: i64,
    /// The writer knows that signatures, or a time, are lost by it.
    #[serde(default)]
    drops: bool,
}

/// Brings an earlier version back, as the newest one.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/notices/{id}/restore", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = NoticeRestore, responses(
    (status = 200, body = NoticeView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn restore(
    FromState(office): FromState<Office>,
    writer: Writer,
    Path((_account, id)): Path<(String, i64)>,
    Json(restore): Json<NoticeRestore>,
) -> Result<Json<NoticeView>> {
    let before = Before::of(&office, &writer, id).await?;
    let write = office.app.db.begin_write().await?;
    let deed = deed(&office, &writer, id, restore.version);
    let notice = match desk::restore(&write, &deed, restore.number, restore.drops).await {
        Ok(notice) => notice,
        Err(refusal) => return Err(refused(&office, refusal).await),
    };
    note(&office, &write, &writer, "notice.restore", Some(&before), &notice).await?;
    done(&office, write, &writer, &notice).await
}
