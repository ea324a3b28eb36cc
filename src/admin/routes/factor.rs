//! One's own second factor: turned on with an app's code, off with password and code.

use axum::extract::State;
use axum::http::StatusCode;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{me, session};
use crate::admin::audit::{self, Entry};
use crate::admin::doors::Visitor;
use crate::admin::factors::{self, Factor};
use crate::admin::permissions::SignedIn;
use crate::admin::store::Account;
use crate::admin::{Office, store, texts};
use crate::http::{Error, Json, Problem, Result};

/// Whether signing in asks for a code.
#[derive(Serialize, ToSchema)]
pub struct FactorView {
    pub is_on: bool,
    pub recovery_codes_left: usize,
}

/// One's own password, asked once more.
#[derive(Deserialize, ToSchema)]
pub struct PasswordOnly {
    password: String,
}

/// Both factors at once.
#[derive(Deserialize, ToSchema)]
pub struct PasswordAndCode {
    password: String,
    /// Of the app, or a recovery code.
    code: String,
}

/// A code of the app.
#[derive(Deserialize, ToSchema)]
pub struct CodeOnly {
    code: String,
}

/// What an authenticator app is given. It is shown this once.
#[derive(Serialize, ToSchema)]
pub struct NewFactor {
    /// To be typed where a picture cannot be read.
    pub secret: String,
    pub url: String,
    /// A QR code of the URL: an SVG as a `data:` URL.
    pub picture: String,
}

/// Each is good for one sign-in without the app. They are shown this once.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    pub recovery_codes: Vec<String>,
}

/// Whether one's second factor is on.
#[utoipa::path(get, path = "/api/v1/me/factor", tag = "me", responses(
    (status = 200, body = FactorView), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn show(State(office): State<Office>, person: SignedIn) -> Result<Json<FactorView>> {
    let account = find(office.app.db.reader(), &person).await?;
    let recovery_codes_left = factors::count(account.recovery_codes.as_deref());
    Ok(Json(FactorView { is_on: account.totp_confirmed, recovery_codes_left }))
}

/// Makes a secret for an app. It counts when a code has shown that the app has it.
#[utoipa::path(post, path = "/api/v1/me/factor", tag = "me", request_body = PasswordOnly, responses(
    (status = 200, body = NewFactor), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem),
    (status = 422, body = Problem), (status = 429, body = Problem),
))]
pub async fn begin(
    State(office): State<Office>,
    person: SignedIn,
    Json(body): Json<PasswordOnly>,
) -> Result<Json<NewFactor>> {
    let account = me::examine(&office, &person, "password", body.password).await?;
    let factor = Factor::new()?;
    let sealed = office.key.seal(&factor.secret(), &factors::purpose(account.id));
    let write = office.app.db.begin_write().await?;
    if find(&write, &person).await?.totp_confirmed {
        return Err(Error::Conflict("factor_on", texts::FACTOR_ON.into()));
    }
    store::set_factor(&write, account.id, Some(&sealed)).await?;
    write.commit().await?;
    let (secret, url, picture) = (factor.secret(), factor.url(&account.name), factor.picture(&account.name)?);
    Ok(Json(NewFactor { secret, url, picture }))
}

/// Turns the second factor on with a first code; gives the recovery codes.
#[utoipa::path(post, path = "/api/v1/me/factor/confirm", tag = "me", request_body = CodeOnly, responses(
    (status = 200, body = RecoveryCodes), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem),
    (status = 422, body = Problem), (status = 429, body = Problem),
))]
pub async fn confirm(
    State(office): State<Office>,
    person: SignedIn,
    Json(body): Json<CodeOnly>,
) -> Result<Json<RecoveryCodes>> {
    let now = office.app.clock.now();
    let write = office.app.db.begin_write().await?;
    let account = find(&write, &person).await?;
    if account.totp_confirmed {
        return Err(Error::Conflict("factor_on", texts::FACTOR_ON.into()));
    }
    if account.totp_secret.is_none() {
        return Err(Error::Conflict("factor_off", texts::FACTOR_OFF.into()));
    }
    let code = Some(body.code.trim()).filter(|code| factors::is_app_code(code));
    if !session::is_second_factor(&office, &write, &account, code, now).await? {
        return Err(Error::field("code", texts::WRONG_CODE));
    }
    store::confirm_factor(&write, account.id).await?;
    let recovery_codes = factors::recovery_codes();
    store::set_recovery_codes(&write, account.id, &factors::hashes(&recovery_codes)).await?;
    record(&office, &write, &person, "factor.turn_on").await?;
    write.commit().await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// New recovery codes in the place of the former ones.
#[utoipa::path(post, path = "/api/v1/me/factor/recovery-codes", tag = "me", request_body = PasswordAndCode, responses(
    (status = 200, body = RecoveryCodes), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem),
    (status = 422, body = Problem), (status = 429, body = Problem),
))]
pub async fn renew_codes(
    State(office): State<Office>,
    person: SignedIn,
    Json(body): Json<PasswordAndCode>,
) -> Result<Json<RecoveryCodes>> {
    let write = examine_both(&office, &person, body).await?;
    let recovery_codes = factors::recovery_codes();
    store::set_recovery_codes(&write, person.person.id, &factors::hashes(&recovery_codes)).await?;
    record(&office, &write, &person, "factor.renew_codes").await?;
    write.commit().await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Turns the second factor off.
#[utoipa::path(post, path = "/api/v1/me/factor/off", tag = "me", request_body = PasswordAndCode, responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn turn_off(
    State(office): State<Office>,
    person: SignedIn,
    Json(body): Json<PasswordAndCode>,
) -> Result<StatusCode> {
    let write = examine_both(&office, &person, body).await?;
    store::set_factor(&write, person.person.id, None).await?;
    record(&office, &write, &person, "factor.turn_off").await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Both factors; gives the transaction in which the code was used up.
async fn examine_both(
    office: &Office,
    person: &SignedIn,
    body: PasswordAndCode,
) -> Result<sea_orm::DatabaseTransaction> {
    let account = me::examine(office, person, "password", body.password).await?;
    let now = office.app.clock.now();
    let write = office.app.db.begin_write().await?;
    let fresh = find(&write, person).await?;
    if !fresh.totp_confirmed {
        return Err(Error::Conflict("factor_off", texts::FACTOR_OFF.into()));
    }
    if !session::is_second_factor(office, &write, &fresh, Some(body.code.trim()), now).await? {
        write.rollback().await?;
        let visitor = Visitor::Known(Box::new(account));
        office.note_refusal(&visitor, &person.address, "code", now).await?;
        return Err(Error::field("code", texts::WRONG_CODE));
    }
    Ok(write)
}

async fn find(db: &impl ConnectionTrait, person: &SignedIn) -> Result<Account> {
    store::find(db, person.person.id).await?.ok_or(Error::NotFound(texts::PERSON))
}

async fn record(
    office: &Office,
    write: &impl ConnectionTrait,
    person: &SignedIn,
    action: &str,
) -> Result<()> {
    let subject = Some(("person", person.person.id.0));
    let entry = Entry { action, subject, title: &person.person.name, ..Entry::default() };
    Ok(audit::record(write, &person.who(), entry, office.app.clock.now()).await?)
}
