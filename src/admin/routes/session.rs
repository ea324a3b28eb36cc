//! Signing in and out.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::audit::{self, Entry, Who};
use crate::admin::doors::{self, Visitor};
use crate::admin::factors::{self, Factor};
use crate::admin::permissions::{Address, Newcomer};
use crate::admin::sessions::{self, Token};
use crate::admin::store::Account;
use crate::admin::{Ability, Grants, Office, Person, PersonId, Role, is_name, store, texts};
use crate::clock::Timestamp;
use crate::http::{Error, Json, Problem, Result};

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
pub struct Credentials {
    name: String,
    password: String,
    /// Six digits of the second factor, or a recovery code; only when it was asked for.
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

/// Signs in. Whoever has a second factor is asked for it with the code `code_needed`, and sends everything again.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = Credentials, responses(
    (status = 200, body = SessionView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 413, body = Problem), (status = 429, body = Problem),
))]
pub async fn sign_in(
    State(office): State<Office>,
    Address(address): Address,
    headers: HeaderMap,
    Json(credentials): Json<Credentials>,
) -> Result<impl IntoResponse> {
    office.admit(&address).await?;
    let Credentials { name, password, code } = credentials;
    let now = office.app.clock.now();
    let visitor = visitor(&office, name.trim()).await?;
    office.check_lock(&visitor, now).await?;
    let kept = match &visitor {
        Visitor::Known(person) => Some(person.password_hash.clone()),
        Visitor::Unknown(_) => None,
    };
    let is_right = office.is_password(password, kept).await?;
    let person = match &visitor {
        Visitor::Known(person) if is_right && !person.disabled => person,
        Visitor::Known(_) | Visitor::Unknown(_) => {
            office.note_refusal(&visitor, &address, "password", now).await?;
            return Err(Error::Unauthorized("wrong_credentials", texts::WRONG_CREDENTIALS.into()));
        }
    };
    let code = code.map(|code| code.trim().to_owned()).filter(|code| !code.is_empty());
    if person.totp_confirmed && code.is_none() {
        return Err(Error::Unauthorized("code_needed", texts::CODE_NEEDED.into()));
    }
    let write = office.app.db.begin_write().await?;
    // What others changed while the password was examined counts.
    let fresh = store::find(&write, person.id).await?;
    let is_same = |fresh: &Account| fresh.password_hash == person.password_hash && !fresh.disabled;
    let Some(fresh) = fresh.filter(is_same) else {
        return Err(Error::Unauthorized("wrong_credentials", texts::WRONG_CREDENTIALS.into()));
    };
    doors::refuse_until(fresh.locked_until, now)?;
    if fresh.totp_confirmed && !is_second_factor(&office, &write, &fresh, code.as_deref(), now).await? {
        write.rollback().await?;
        office.note_refusal(&visitor, &address, "code", now).await?;
        return Err(Error::Unauthorized("wrong_code", texts::WRONG_CODE.into()));
    }
    store::note_success(&write, fresh.id, now).await?;
    // Whoever was signed in with this browser is not any more.
    if let Some(former) = Token::of(&headers) {
        store::end(&write, &former.hash()).await?;
    }
    let token = sessions::open(&office, &write, fresh.id, &address, &headers).await?;
    let who = Who::new(&Person::from(&fresh), &address);
    audit::record(&write, &who, Entry { action: "session.open", ..Entry::default() }, now).await?;
    write.commit().await?;
    let view = view(&office, fresh.id, &token).await?;
    Ok((with_cookie(&office, &token), Json(view)))
}

async fn visitor(office: &Office, name: &str) -> Result<Visitor> {
    // What cannot be a name is not looked for: MySQL does not even compare it with one.
    let known = match is_name(name) {
        true => store::find_by_name(office.app.db.reader(), name).await?,
        false => None,
    };
    Ok(match known {
        Some(person) => Visitor::Known(Box::new(person)),
        None => Visitor::Unknown(name.to_owned()),
    })
}

/// Whether this is a code of the person's app that was not used before, or one of the recovery codes, which is used up.
pub(super) async fn is_second_factor(
    office: &Office,
    write: &DatabaseTransaction,
    person: &Account,
    code: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let Some(code) = code else { return Ok(false) };
    if !factors::is_app_code(code) {
        let Some(kept) = &person.recovery_codes else { return Ok(false) };
        let Some(left) = factors::without(kept, code) else { return Ok(false) };
        let is_used = store::use_recovery_code(write, person.id, kept, &left).await?;
        if is_used {
            let who = Who::new(&Person::from(person), "");
            let after = Some(serde_json::json!({ "recovery_codes_left": factors::count(Some(&left)) }));
            let entry = Entry { action: "factor.recover", after, ..Entry::default() };
            audit::record(write, &who, entry, now).await?;
        }
        return Ok(is_used);
    }
    let Some(sealed) = &person.totp_secret else { return Ok(false) };
    let secret = office.key.open(sealed, &factors::purpose(person.id)).map_err(anyhow::Error::from)?;
    match Factor::read(&secret)?.step_of(code, now) {
        Some(step) => Ok(store::use_step(write, person.id, step).await?),
        None => Ok(false),
    }
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn sign_out(State(office): State<Office>, newcomer: Newcomer) -> Result<impl IntoResponse> {
    let write = office.app.db.begin_write().await?;
    store::close(&write, newcomer.person.id, newcomer.session).await?;
    let closed = Entry { action: "session.close", ..Entry::default() };
    audit::record(&write, &newcomer.who(), closed, office.app.clock.now()).await?;
    write.commit().await?;
    let removal = (header::SET_COOKIE, Token::removal(&office).to_string());
    Ok((StatusCode::NO_CONTENT, AppendHeaders([removal])))
}

/// What somebody who has just signed in sees.
async fn view(office: &Office, person: PersonId, token: &Token) -> Result<SessionView> {
    let db = office.app.db.reader();
    let account = store::find(db, person).await?.ok_or(Error::NotFound(texts::PERSON))?;
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
    AppendHeaders([(header::SET_COOKIE, token.cookie(office).to_string())])
}
