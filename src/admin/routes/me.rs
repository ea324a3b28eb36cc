//! What people do about their own password and sessions.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::audit::{self, Entry};
use crate::admin::doors::Visitor;
use crate::admin::permissions::{Newcomer, SignedIn};
use crate::admin::store::Account;
use crate::admin::{Office, browsers, check_strength, password_fault, sessions, store, texts};
use crate::http::{Error, Json, Path, Problem, Result};

/// A new password in the place of the present one.
#[derive(Deserialize, ToSchema)]
pub struct PasswordChange {
    current: String,
    next: String,
}

/// One of the places where somebody is signed in.
#[derive(Serialize, ToSchema)]
pub struct OwnSession {
    pub id: i64,
    pub address: String,
    /// In words, as `Windows 上的 Edge`.
    pub browser: String,
    pub created_at: i64,
    pub seen_at: i64,
    /// The one that asks.
    pub is_current: bool,
}

/// Where one is signed in.
#[derive(Serialize, ToSchema)]
pub struct OwnSessions {
    pub items: Vec<OwnSession>,
}

/// Changes one's own password. All other sessions end.
#[utoipa::path(post, path = "/api/v1/me/password", tag = "me", request_body = PasswordChange, responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem),
))]
pub async fn change_password(
    State(office): State<Office>,
    newcomer: Newcomer,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode> {
    let PasswordChange { current, next } = change;
    let is_same = current == next;
    let account = examine(&office, &newcomer, "current", current).await?;
    if is_same {
        return Err(Error::field("next", texts::SAME_PASSWORD));
    }
    if let Err(fault) = check_strength(&next, &account.name) {
        return Err(Error::field("next", password_fault(fault)));
    }
    let hash = office.hash_password(next).await?;
    let write = office.app.db.begin_write().await?;
    store::set_password(&write, account.id, &hash, false).await?;
    store::close_all(&write, account.id, Some(newcomer.session)).await?;
    let entry = Entry {
        action: "person.change_password",
        subject: Some(("person", account.id.0)),
        title: &account.name,
        ..Entry::default()
    };
    audit::record(&write, &newcomer.who(), entry, office.app.clock.now()).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where one is signed in, latest first.
#[utoipa::path(get, path = "/api/v1/me/sessions", tag = "me", responses(
    (status = 200, body = OwnSessions), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn sessions(State(office): State<Office>, person: SignedIn) -> Result<Json<OwnSessions>> {
    let rows = store::of_person(office.app.db.reader(), person.person.id).await?;
    let now = office.app.clock.now();
    let living = rows.into_iter().filter(|row| sessions::lives(row.created_at, row.seen_at, now));
    let items = living.map(|row| OwnSession {
        id: row.id,
        browser: browsers::in_words(&row.agent),
        address: row.address,
        created_at: row.created_at,
        seen_at: row.seen_at,
        is_current: row.id == person.session,
    });
    Ok(Json(OwnSessions { items: items.collect() }))
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/api/v1/me/sessions/{session}", tag = "me",
    params(("session" = i64, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn end_session(
    State(office): State<Office>,
    person: SignedIn,
    Path(session): Path<i64>,
) -> Result<StatusCode> {
    let write = office.app.db.begin_write().await?;
    if !store::close(&write, person.person.id, session).await? {
        return Err(Error::NotFound(texts::SESSION));
    }
    let entry = Entry { action: "session.end", subject: Some(("session", session)), ..Entry::default() };
    audit::record(&write, &person.who(), entry, office.app.clock.now()).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all of one's own sessions but this one.
#[utoipa::path(delete, path = "/api/v1/me/sessions", tag = "me", responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn end_others(State(office): State<Office>, person: SignedIn) -> Result<StatusCode> {
    let write = office.app.db.begin_write().await?;
    let ended = store::close_all(&write, person.person.id, Some(person.session)).await?;
    let after = Some(serde_json::json!({ "count": ended }));
    let entry = Entry { action: "session.end_others", after, ..Entry::default() };
    audit::record(&write, &person.who(), entry, office.app.clock.now()).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks for the password once more before something that a thief of the session must not do. Wrong ones count as at the
/// door.
///
/// # Errors
/// 422 on the field when it is wrong, 429 when it was wrong too often.
pub(super) async fn examine(
    office: &Office,
    newcomer: &Newcomer,
    field: &str,
    password: String,
) -> Result<Account> {
    let now = office.app.clock.now();
    let account = store::find(office.app.db.reader(), newcomer.person.id).await?;
    let account = account.ok_or(Error::NotFound(texts::PERSON))?;
    let visitor = Visitor::Known(Box::new(account.clone()));
    office.check_lock(&visitor, now).await?;
    if !office.is_password(password, Some(account.password_hash.clone())).await? {
        office.note_refusal(&visitor, &newcomer.address, "password", now).await?;
        return Err(Error::field(field, texts::WRONG_PASSWORD));
    }
    Ok(account)
}
