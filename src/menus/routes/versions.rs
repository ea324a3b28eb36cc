//! Kept menus, and going back to one.

use axum::extract::State;

use super::looking::desk;
use super::views::{MenuDesk, VersionRow, VersionView};
use super::{fit, put_in_force};
use crate::admin::{Manager, Office, Reader};
use crate::http::{Error, Json, Page, PageQuery, Path, Problem, Query, Result};
use crate::menus::{Definition, Known, changes, problems, publishing, store, texts};

/// Every kept menu, latest first.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/menu/versions", tag = "menu",
    params(("account" = String, Path), PageQuery),
    responses((status = 200, body = Page<VersionRow>), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(
    State(office): State<Office>,
    reader: Reader,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<VersionRow>>> {
    let before = page.after::<1>()?.map(|[number]| number);
    let limit = page.limit();
    let rows = store::versions(office.app.db.reader(), reader.account.id, before, limit + 1).await?;
    let rows: Vec<VersionRow> = rows.iter().map(VersionRow::from).collect();
    Ok(Json(Page::from_rows(rows, limit, |row| [row.number])))
}

/// One kept menu, and what going back to it would change.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/menu/versions/{number}", tag = "menu",
    params(("account" = String, Path), ("number" = i64, Path)),
    responses((status = 200, body = VersionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn show(
    State(office): State<Office>,
    reader: Reader,
    Path(path): Path<(String, i64)>,
) -> Result<Json<VersionView>> {
    let (_, number) = path;
    let (db, account) = (office.app.db.reader(), &reader.account);
    let version = store::version(db, account.id, number).await?.ok_or(Error::NotFound(texts::VERSION))?;
    let known = Known::of(db, &office.app.config.public_url, account, &version.definition).await?;
    let published = store::find(db, account.id).await?;
    let published = published.map(|published| published.definition).unwrap_or_else(Definition::default);
    Ok(Json(VersionView {
        row: VersionRow::from(&version),
        changes: changes(&published, &version.definition, &known),
        problems: problems(&version.definition, &known),
        definition: version.definition,
    }))
}

/// Goes back to a kept menu: it becomes a new version, is published, and becomes the draft.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/menu/versions/{number}/restore", tag = "menu",
    params(("account" = String, Path), ("number" = i64, Path)),
    responses((status = 200, body = MenuDesk), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn restore(
    State(office): State<Office>,
    manager: Manager,
    Path(path): Path<(String, i64)>,
) -> Result<Json<MenuDesk>> {
    let (_, number) = path;
    let account = &manager.account;
    let db = office.app.db.begin_write().await?;
    let version = store::version(&db, account.id, number).await?.ok_or(Error::NotFound(texts::VERSION))?;
    let published = store::find(&db, account.id).await?;
    if published.is_some_and(|published| published.definition == version.definition) {
        return Err(Error::Conflict("nothing_changed", texts::ALREADY_IN_FORCE.into()));
    }
    fit(&office, account, &db, &version.definition).await?;
    let (by, now) = (&manager.person.display_name, office.app.clock.now());
    let note = texts::rolled_back(number);
    let new = publishing::keep(&db, account, &version.definition, &note, by, now).await?;
    put_in_force(&office, &db, &manager, new, "menu.restore").await?;
    db.commit().await?;
    office.app.kv.tell_changed().await;
    Ok(Json(desk(&office, account).await?))
}
