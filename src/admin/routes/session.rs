//! Signing in and out.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::audit::{self, Entry, Who};
use crate::admin::permissions::{Address, Newcomer};
use crate::admin::sessions::{self, Token};
use crate::admin::{Ability, Grants, Office, Person, PersonId, Role, passwords, store, texts};
use crate::clock::Timestamp;
use crate::http::{Error, Json, Problem, Result};

/// From so many wrong passwords on a name is locked, for longer each time.
const FAILURES: i64 = 5;
const FIRST_LOCK_MINUTES: i64 = 1;
const LONGEST_LOCK_MINUTES: i64 = 60;

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
pub struct Credentials {
    name: String,
    password: String,
    /// Six digits of the second factor, or a recovery code; only when it was asked for.
    #[expect(dead_code, reason = "second factors are not asked for yet")]
    code: Option<String>,
}

/// An account, and what the person may do there.
#[derive(Serialize, ToSchema)]
pub struct Workplace {
    pub slug: String,
    pub name: String,
    pub roles: Vec<Role>,
    pub abilities: Vec<Ability>,
}

/// Who is signed in, and what for.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    pub person: Person,
    pub accounts: Vec<Workplace>,
    pub is_owner: bool,
    /// To be sent as `X-CSRF-Token` with every change.
    pub csrf: String,
    /// Nothing else is allowed before.
    pub must_change_password: bool,
    pub has_totp: bool,
}

fn workplaces(office: &Office, grants: &Grants) -> Vec<Workplace> {
    let all = office.directory.all();
    let own = all.iter().filter(|account| grants.allow(Ability::Read, account.id));
    own.map(|account| Workplace {
        slug: account.slug.clone(),
        name: account.name.clone(),
        roles: grants.in_account(account.id).collect(),
        abilities: grants.abilities(account.id),
    })
    .collect()
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session", tag = "session", responses(
    (status = 200, body = SessionView), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn show(State(office): State<Office>, newcomer: Newcomer) -> Result<Json<SessionView>> {
    let accounts = workplaces(&office, &newcomer.grants);
    let Newcomer { person, grants, must_change_password, has_totp, csrf, .. } = newcomer;
    let is_owner = grants.is_owner();
    Ok(Json(SessionView { person, accounts, is_owner, csrf, must_change_password, has_totp }))
}

/// Signs in.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = Credentials, responses(
    (status = 200, body = SessionView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 429, body = Problem),
))]
pub async fn sign_in(
    State(office): State<Office>,
    Address(address): Address,
    headers: HeaderMap,
    Json(credentials): Json<Credentials>,
) -> Result<impl IntoResponse> {
    let Credentials { name, password, .. } = credentials;
    let now = office.app.clock.now();
    let known = store::find_by_name(office.app.db.reader(), name.trim()).await?;
    let locked_until =
        known.as_ref().and_then(|known| known.locked_until).filter(|until| *until > now.millis());
    if let Some(until) = locked_until {
        let left = Timestamp::from_millis(until).millis() - now.millis();
        let left = std::time::Duration::from_millis(left.unsigned_abs());
        return Err(Error::TooMany(left, texts::locked(left.as_secs().div_ceil(60))));
    }
    let kept = known.as_ref().map(|known| known.password_hash.clone());
    let is_right = tokio::task::spawn_blocking(move || passwords::matches(&password, kept.as_deref())).await;
    let is_right = is_right.map_err(anyhow::Error::from)?;
    let write = office.app.db.begin_write().await?;
    let Some(person) = known.filter(|known| is_right && !known.disabled) else {
        if let Some(known) = store::find_by_name(&write, name.trim()).await? {
            store::note_failure(&write, known.id, lock_after(known.failures + 1, now)).await?;
        }
        let refused = Entry { action: "session.refuse", ..Entry::default() };
        audit::record(&write, &Who::stranger(&name, &address), refused, now).await?;
        write.commit().await?;
        return Err(Error::Unauthorized("wrong_credentials", texts::WRONG_CREDENTIALS.into()));
    };
    store::note_success(&write, person.id, now).await?;
    let token = sessions::open(&office, &write, person.id, &address, &headers).await?;
    let who = Who::new(&Person::from(&person), &address);
    audit::record(&write, &who, Entry { action: "session.open", ..Entry::default() }, now).await?;
    write.commit().await?;
    let view = view(&office, person.id, &token).await?;
    Ok((with_cookie(&office, &token), Json(view)))
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn sign_out(State(office): State<Office>, newcomer: Newcomer) -> Result<impl IntoResponse> {
    let write = office.app.db.begin_write().await?;
    let hash = store::close(&write, newcomer.person.id, newcomer.session).await?;
    let closed = Entry { action: "session.close", ..Entry::default() };
    audit::record(&write, &newcomer.who(), closed, office.app.clock.now()).await?;
    write.commit().await?;
    sessions::forget(&office, hash.as_slice()).await;
    let removal = (header::SET_COOKIE, Token::removal(&office).to_string());
    Ok((StatusCode::NO_CONTENT, AppendHeaders([removal])))
}

/// What somebody who has just signed in sees.
async fn view(office: &Office, person: PersonId, token: &Token) -> Result<SessionView> {
    let db = office.app.db.reader();
    let account = store::find(db, person).await?.ok_or(Error::NotFound(texts::ACCOUNT))?;
    let grants = store::grants(db, person).await?;
    Ok(SessionView {
        person: Person::from(&account),
        accounts: workplaces(office, &grants),
        is_owner: grants.is_owner(),
        csrf: token.csrf(),
        must_change_password: account.must_change_password,
        has_totp: account.totp_confirmed,
    })
}

pub(super) fn with_cookie(office: &Office, token: &Token) -> impl axum::response::IntoResponseParts + use<> {
    let cookie = (header::SET_COOKIE, token.cookie(office).to_string());
    AppendHeaders([cookie, (header::CACHE_CONTROL, "no-store".into())])
}

/// Until when a name is locked after so many wrong passwords in a row.
fn lock_after(failures: i64, now: Timestamp) -> Option<Timestamp> {
    let times = u32::try_from(failures - FAILURES).ok()?;
    let minutes = FIRST_LOCK_MINUTES.checked_shl(times.min(10)).unwrap_or(LONGEST_LOCK_MINUTES);
    Some(now.plus_millis(minutes.min(LONGEST_LOCK_MINUTES) * 60_000))
}
