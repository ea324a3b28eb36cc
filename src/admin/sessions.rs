//! Sessions: opened by signing in, found by the cookie's token, ended by leaving, idling, age, or a change of the person.
//!
//! Each request asks the database, also with Redis: a session that has ended, or a role that was taken away, must be so on
//! every node from then on, also when a node cannot reach the others. That is three rows, each found by its key.

use std::time::Duration;

use axum::http::{HeaderMap, header};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest;
use subtle::ConstantTimeEq;

use super::{Grants, Office, Person, PersonId, store};
use crate::clock::Timestamp;

const COOKIE: &str = "hopetree_session";
/// Who leaves the desk for this long signs in again.
const IDLE: Duration = Duration::from_secs(2 * 3600);
/// A working day.
const ABSOLUTE: Duration = Duration::from_secs(12 * 3600);
/// When a session was last used is noted only so often: it would be a write for each request.
const NOTED_EACH: Duration = Duration::from_secs(60);

/// What a cookie's token stands for.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub id: i64,
    pub person: Person,
    pub grants: Grants,
    pub must_change_password: bool,
    pub has_totp: bool,
    created_at: i64,
    seen_at: i64,
}

/// A token as the browser has it. No `Debug`.
pub(super) struct Token(String);

impl Token {
    fn new() -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// The token in the cookie of a request.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let jar = CookieJar::from_headers(headers);
        jar.get(COOKIE).map(|cookie| Self(cookie.value().to_owned()))
    }

    /// What the database knows of it.
    pub(super) fn hash(&self) -> String {
        hex(digest::digest(&digest::SHA256, self.0.as_bytes()).as_ref())
    }

    /// What a page of ours sends with each change: another site's page cannot know it.
    pub(super) fn csrf(&self) -> String {
        let digest = digest::digest(&digest::SHA256, format!("csrf:{}", self.0).as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(digest.as_ref())
    }

    pub(super) fn is_csrf(&self, given: &str) -> bool {
        self.csrf().as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// The cookie that brings it to the browser, and to no script there.
    pub(super) fn cookie(&self, office: &Office) -> Cookie<'static> {
        let mut cookie = Cookie::new(COOKIE, self.0.clone());
        dress(&mut cookie, office);
        cookie
    }

    /// The cookie that takes it out of the browser.
    pub(super) fn removal(office: &Office) -> Cookie<'static> {
        let mut cookie = Cookie::new(COOKIE, "");
        dress(&mut cookie, office);
        cookie.make_removal();
        cookie
    }
}

fn dress(cookie: &mut Cookie<'static>, office: &Office) {
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Strict);
    cookie.set_path("/");
    cookie.set_secure(office.app.config.public_url.starts_with("https:"));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Opens a session for somebody whose sign-in is complete, always under a new token: one that somebody else put into the
/// browser is worth nothing.
pub(super) async fn open(
    office: &Office,
    db: &impl sea_orm::ConnectionTrait,
    person: PersonId,
    address: &str,
    headers: &HeaderMap,
) -> Result<Token, sea_orm::DbErr> {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let agent: String = agent.chars().take(255).collect();
    let token = Token::new();
    store::open(db, person, &token.hash(), address, &agent, office.app.clock.now()).await?;
    Ok(token)
}

/// The session of a token, if it lives, without keeping it alive.
pub(super) async fn peek(office: &Office, token: &Token) -> anyhow::Result<Option<Session>> {
    let (hash, now) = (token.hash(), office.app.clock.now());
    let session = look_up(office, &hash).await?;
    Ok(session.filter(|session| session.lives(now)))
}

/// The session of a token, if it lives. To use it keeps it alive.
pub(super) async fn find(office: &Office, token: &Token) -> anyhow::Result<Option<Session>> {
    let now = office.app.clock.now();
    let Some(mut session) = peek(office, token).await? else { return Ok(None) };
    if now.millis() - session.seen_at > NOTED_EACH.as_millis() as i64 {
        let write = office.app.db.begin_write().await?;
        store::see(&write, session.id, now).await?;
        write.commit().await?;
        session.seen_at = now.millis();
    }
    Ok(Some(session))
}

impl Session {
    fn lives(&self, now: Timestamp) -> bool {
        lives(self.created_at, self.seen_at, now)
    }
}

/// Whether a session that was opened and last used then is still good.
pub(super) fn lives(created_at: i64, seen_at: i64, now: Timestamp) -> bool {
    let since = |moment: i64| Duration::from_millis((now.millis() - moment).max(0).unsigned_abs());
    since(created_at) < ABSOLUTE && since(seen_at) < IDLE
}

async fn look_up(office: &Office, hash: &str) -> anyhow::Result<Option<Session>> {
    let db = office.app.db.reader();
    let Some(row) = store::find_session(db, hash).await? else { return Ok(None) };
    let Some(account) = store::find(db, row.person_id).await? else { return Ok(None) };
    if account.disabled {
        return Ok(None);
    }
    Ok(Some(Session {
        id: row.id,
        person: Person::from(&account),
        grants: store::grants(db, account.id).await?,
        must_change_password: account.must_change_password,
        has_totp: account.totp_confirmed,
        created_at: row.created_at,
        seen_at: row.seen_at,
    }))
}
