//! The menu editor, over the API.

mod looking;
pub mod plans;
pub mod removal;
pub mod versions;
mod views;

use axum::extract::State;
use sea_orm::DatabaseTransaction;
use serde_json::{Value, json};

use self::looking::desk;
pub use self::views::{DraftInput, MenuDesk, PublishInput};
use super::store::{self, Draft};
use super::{Definition, Known, has_errors, problems, publishing, texts};
use crate::accounts::Account;
use crate::admin::audit::{self, Entry};
use crate::admin::{Manager, Member, Office, Reader};
use crate::http::{Error, Json, OrConflict, Problem, Result};

const MAX_NOTE_CHARS: usize = 100;

/// The menu: what is published, the draft, what it changes and what is wrong with it, and what is planned.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/menu", tag = "menu", params(("account" = String, Path)),
    responses((status = 200, body = MenuDesk), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn show(State(office): State<Office>, reader: Reader) -> Result<Json<MenuDesk>> {
    Ok(Json(desk(&office, &reader.account).await?))
}

/// Keeps the draft, unfinished or not.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/menu/draft", tag = "menu", request_body = DraftInput,
    params(("account" = String, Path)),
    responses((status = 200, body = MenuDesk), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn save_draft(
    State(office): State<Office>,
    manager: Manager,
    Json(input): Json<DraftInput>,
) -> Result<Json<MenuDesk>> {
    if !input.definition.is_bounded() {
        return Err(Error::field("definition", texts::NOT_BOUNDED));
    }
    let now = office.app.clock.now();
    let db = office.app.db.begin_write().await?;
    let by = &manager.person.display_name;
    let saved = store::save_draft(&db, manager.account.id, &input.definition, input.version, by, now).await;
    if saved.or_taken("version", texts::STALE)?.is_none() {
        return Err(Error::stale());
    }
    db.commit().await?;
    Ok(Json(desk(&office, &manager.account).await?))
}

/// Publishes the draft: it is kept as a version, and given to WeChat.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/menu/publish", tag = "menu", request_body = PublishInput,
    params(("account" = String, Path)),
    responses((status = 200, body = MenuDesk), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn publish(
    State(office): State<Office>,
    manager: Manager,
    Json(input): Json<PublishInput>,
) -> Result<Json<MenuDesk>> {
    let account = &manager.account;
    let db = office.app.db.begin_write().await?;
    let draft = publishable(&office, account, &db, &input).await?;
    let before = store::find(&db, account.id).await?;
    if before.as_ref().is_some_and(|before| before.definition == draft.definition) {
        return Err(Error::Conflict("nothing_changed", texts::NOTHING_CHANGED.into()));
    }
    let now = office.app.clock.now();
    let by = &manager.person.display_name;
    let number = publishing::keep(&db, account, &draft.definition, input.note.trim(), by, now).await?;
    put_in_force(&office, &db, &manager, number, "menu.publish").await?;
    db.commit().await?;
    office.app.kv.tell_changed().await;
    Ok(Json(desk(&office, account).await?))
}

/// Gives WeChat the published menu once more.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/menu/push", tag = "menu", params(("account" = String, Path)),
    responses((status = 200, body = MenuDesk), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn push(State(office): State<Office>, manager: Manager) -> Result<Json<MenuDesk>> {
    let account = &manager.account;
    let db = office.app.db.begin_write().await?;
    if store::find(&db, account.id).await?.is_none() {
        return Err(Error::Conflict("nothing_published", texts::NOTHING_PUBLISHED.into()));
    }
    let number = store::version_in_force(&db, account.id).await?.unwrap_or_default();
    let now = office.app.clock.now();
    if !publishing::push(&db, account, number, now).await? {
        return Err(Error::Conflict("no_permission", texts::NO_PERMISSION.into()));
    }
    record(&office, &db, &manager, "menu.push", number, None, None).await?;
    db.commit().await?;
    Ok(Json(desk(&office, account).await?))
}

/// The draft, if it still is the one that was read and has no faults.
async fn publishable(
    office: &Office,
    account: &Account,
    db: &DatabaseTransaction,
    input: &PublishInput,
) -> Result<Draft> {
    if input.note.trim().chars().count() > MAX_NOTE_CHARS || input.note.chars().any(char::is_control) {
        return Err(Error::field("note", texts::NOTE_TOO_LONG));
    }
    let draft = store::draft(db, account.id).await?;
    let draft = draft.filter(|draft| draft.version == input.version).ok_or_else(Error::stale)?;
    fit(office, account, db, &draft.definition).await?;
    Ok(draft)
}

/// # Errors
/// 422 when a menu has faults.
async fn fit(
    office: &Office,
    account: &Account,
    db: &DatabaseTransaction,
    definition: &Definition,
) -> Result<()> {
    let known = Known::of(db, &office.app.config.public_url, account, definition).await?;
    if has_errors(&problems(definition, &known)) {
        return Err(Error::field("definition", texts::HAS_ERRORS));
    }
    Ok(())
}

/// Makes a version the account's menu and has it pushed, with a line in the trail.
async fn put_in_force(
    office: &Office,
    db: &DatabaseTransaction,
    member: &Member,
    number: i64,
    action: &str,
) -> Result<()> {
    let (account, now) = (&member.account, office.app.clock.now());
    let before = store::find(db, account.id).await?.map(|before| json!(before.definition));
    publishing::adopt(db, account, number, &member.person.display_name, now).await?;
    publishing::push(db, account, number, now).await?;
    let after = store::find(db, account.id).await?.map(|after| json!(after.definition));
    record(office, db, member, action, number, before, after).await
}

async fn record(
    office: &Office,
    db: &DatabaseTransaction,
    member: &Member,
    action: &str,
    number: i64,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<()> {
    let entry = Entry {
        account: Some(member.account.id),
        action,
        subject: Some(("menu_version", number)),
        title: &texts::version_title(number),
        before,
        after,
    };
    Ok(audit::record(db, &member.who(), entry, office.app.clock.now()).await?)
}
