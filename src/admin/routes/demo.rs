//! Signing in without a password, as one of the demo's people. Only a demo has the route and these people.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;

use super::session;
use crate::accounts::AccountId;
use crate::admin::audit::{self, Entry, Who};
use crate::admin::permissions::Address;
use crate::admin::{Office, Person, Role, hash, sessions, store, texts};
use crate::app::App;
use crate::http::{Error, Result};

const CONSOLE: &str = "/console/";

/// As which role.
#[derive(Deserialize)]
struct Choice {
    role: Role,
}

/// Adds the people of whom a visitor may be one, those with a role in one account to this one. Nobody knows their
/// passwords. Those who are there already stay as they are.
pub async fn add_people(app: &App, account: AccountId) -> anyhow::Result<()> {
    let now = app.clock.now();
    for role in Role::ALL {
        if store::find_by_name(app.db.reader(), role.as_str()).await?.is_some() {
            continue;
        }
        let secret = rand::random::<[u8; 32]>().map(|byte| format!("{byte:02x}")).concat();
        let password_hash = tokio::task::spawn_blocking(move || hash(&secret)).await??;
        let account = (!role.is_everywhere()).then_some(account);
        let write = app.db.begin_write().await?;
        let display_name = texts::demo_person(role);
        let id = store::add(&write, role.as_str(), display_name, &password_hash, false, now).await?;
        store::grant(&write, id, role, account, now).await?;
        let entry = Entry {
            account,
            action: "person.add",
            subject: Some(("person", id.0)),
            title: role.as_str(),
            ..Entry::default()
        };
        audit::record(&write, &Who::command_line(), entry, now).await?;
        write.commit().await?;
    }
    Ok(())
}

/// Signs in as the demo's person of a role. A form is led to the console, as its sender is a person at a page.
pub async fn sign_in(
    State(office): State<Office>,
    Address(address): Address,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response> {
    let (role, is_form) = read(&headers, &body)?;
    let person = store::find_by_name(office.app.db.reader(), role.as_str()).await?;
    let person = person.filter(|person| !person.disabled).ok_or(Error::NotFound(texts::PERSON))?;
    let now = office.app.clock.now();
    let write = office.app.db.begin_write().await?;
    store::note_success(&write, person.id, now).await?;
    let token = sessions::open(&office, &write, person.id, &address, &headers).await?;
    let who = Who::new(&Person::from(&person), &address);
    audit::record(&write, &who, Entry { action: "session.open", ..Entry::default() }, now).await?;
    write.commit().await?;
    let cookie = session::with_cookie(&office, &token);
    Ok(match is_form {
        true => (StatusCode::SEE_OTHER, cookie, AppendHeaders([(header::LOCATION, CONSOLE)])).into_response(),
        false => (StatusCode::NO_CONTENT, cookie, ()).into_response(),
    })
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<(Role, bool)> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_form = kind.starts_with("application/x-www-form-urlencoded");
    let role = if is_form {
        let role = form_urlencoded::parse(body).find(|(name, _)| name == "role");
        role.and_then(|(_, role)| Role::parse(&role))
    } else {
        serde_json::from_slice::<Choice>(body).ok().map(|choice| choice.role)
    };
    Ok((role.ok_or_else(|| Error::Malformed(texts::NO_SUCH_ROLE.into()))?, is_form))
}
