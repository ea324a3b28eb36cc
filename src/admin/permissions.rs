//! Permissions as arguments: a handler that needs an editor of the account in its path takes a [`Writer`], and is not
//! called for anybody else.

use std::net::{IpAddr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::audit::Who;
use super::sessions::{self, Session, Token};
use super::{Ability, Grants, Office, Person, texts};
use crate::accounts::{Account, AccountId};
use crate::http::Error;

/// Named in the path of everything that belongs to an account.
const ACCOUNT: &str = "account";
const CSRF_HEADER: &str = "x-csrf-token";
/// A page sends it with what it asks by itself while nobody touches it: that does not keep a session alive.
const UNATTENDED_HEADER: &str = "x-unattended";

/// Somebody with a session, who may still have to change a password that somebody else set. Only for one's own sign-in.
pub struct Newcomer {
    pub person: Person,
    pub grants: Grants,
    pub must_change_password: bool,
    pub has_totp: bool,
    pub address: String,
    /// Which of the person's sessions this is.
    pub session: i64,
    /// What this session's page sends with changes.
    pub csrf: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Newcomer
where
    Office: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let office = Office::from_ref(state);
        let signed_out = || Error::Unauthorized("signed_out", texts::SIGNED_OUT.into());
        let token = Token::of(&parts.headers).ok_or_else(signed_out)?;
        check_origin(&parts.headers)?;
        let is_unattended = parts.headers.contains_key(UNATTENDED_HEADER);
        let session = match is_unattended {
            true => sessions::peek(&office, &token).await?,
            false => sessions::find(&office, &token).await?,
        };
        let session = session.ok_or_else(|| Error::Unauthorized("session_ended", texts::EXPIRED.into()))?;
        let changes = !matches!(parts.method, Method::GET | Method::HEAD);
        let given = parts.headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok());
        if changes && !given.is_some_and(|given| token.is_csrf(given)) {
            return Err(Error::Forbidden(texts::NO_TOKEN.into()));
        }
        let Session { id, person, grants, must_change_password, has_totp, .. } = session;
        let (address, csrf) = (address(parts), token.csrf());
        Ok(Self { person, grants, must_change_password, has_totp, address, session: id, csrf })
    }
}

impl Newcomer {
    pub fn who(&self) -> Who {
        Who::new(&self.person, &self.address)
    }
}

/// Anybody who is signed in.
pub struct SignedIn(pub Newcomer);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn
where
    Office: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let newcomer = Newcomer::from_request_parts(parts, state).await?;
        if newcomer.must_change_password {
            return Err(Error::Denied("must_change_password", texts::MUST_CHANGE_PASSWORD.into()));
        }
        Ok(Self(newcomer))
    }
}

impl Deref for SignedIn {
    type Target = Newcomer;

    fn deref(&self) -> &Newcomer {
        &self.0
    }
}

/// Whoever may do everything everywhere.
pub struct Owner(pub Newcomer);

impl<S: Send + Sync> FromRequestParts<S> for Owner
where
    Office: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let SignedIn(newcomer) = SignedIn::from_request_parts(parts, state).await?;
        if newcomer.grants.is_owner() {
            Ok(Self(newcomer))
        } else {
            Err(Error::Forbidden(texts::OWNERS_ONLY.into()))
        }
    }
}

impl Deref for Owner {
    type Target = Newcomer;

    fn deref(&self) -> &Newcomer {
        &self.0
    }
}

/// Somebody at work in the account that the path names.
pub struct Member {
    pub person: Person,
    pub grants: Grants,
    pub account: Arc<Account>,
    pub address: String,
}

impl Member {
    pub fn who(&self) -> Who {
        Who::new(&self.person, &self.address)
    }

    /// The account that every query of the handler names.
    pub fn account_id(&self) -> AccountId {
        self.account.id
    }

    /// Whether the person may do something more than the handler asks for.
    pub fn can(&self, ability: Ability) -> bool {
        self.grants.allow(ability, self.account.id)
    }

    async fn with<S: Send + Sync>(ability: Ability, parts: &mut Parts, state: &S) -> Result<Self, Error>
    where
        Office: FromRef<S>,
    {
        let SignedIn(newcomer) = SignedIn::from_request_parts(parts, state).await?;
        let office = Office::from_ref(state);
        let no_account = || Error::NotFound(texts::ACCOUNT);
        let path = RawPathParams::from_request_parts(parts, state).await;
        let path = path.map_err(|_elsewhere| no_account())?;
        let slug = path.iter().find(|(name, _)| *name == ACCOUNT).map(|(_, slug)| slug);
        let account = slug.and_then(|slug| office.directory.find(slug)).ok_or_else(no_account)?;
        let Newcomer { person, grants, address, .. } = newcomer;
        // Whoever has no business there does not even learn that there is such an account.
        if !grants.allow(Ability::Read, account.id) {
            return Err(no_account());
        }
        if !grants.allow(ability, account.id) {
            return Err(Error::Forbidden(texts::NOT_ALLOWED.into()));
        }
        Ok(Self { person, grants, account, address })
    }
}

macro_rules! permission {
    ($(#[$doc:meta] $name:ident needs $ability:ident;)*) => {
        $(
            #[$doc]
            pub struct $name(pub Member);

            impl<S: Send + Sync> FromRequestParts<S> for $name
            where
                Office: FromRef<S>,
            {
                type Rejection = Error;

                async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
                    Member::with(Ability::$ability, parts, state).await.map(Self)
                }
            }

            impl Deref for $name {
                type Target = Member;

                fn deref(&self) -> &Member {
                    &self.0
                }
            }
        )*
    };
}

permission! {
    /// May see the account.
    Reader needs Read;
    /// May write for it.
    Writer needs Write;
    /// May sign as a reviewer.
    Reviewer needs Review;
    /// May publish.
    Publisher needs Publish;
    /// May see and answer what residents write.
    Agent needs Converse;
    /// Looks after it.
    Manager needs Manage;
}

/// How long somebody may go on listening after their request was let in.
pub struct Endurance(Option<Token>);

impl Endurance {
    pub fn of(parts: &Parts) -> Self {
        Self(Token::of(&parts.headers))
    }

    /// Whether the session has ended, or no longer lets them do it. It does not keep the session alive. A database that
    /// does not answer ends nothing.
    pub async fn is_over(&self, office: &Office, ability: Ability, account: AccountId) -> bool {
        let Some(token) = &self.0 else { return true };
        match sessions::peek(office, token).await {
            Ok(Some(session)) => session.must_change_password || !session.grants.allow(ability, account),
            Ok(None) => true,
            Err(_) => false,
        }
    }
}

/// Browsers say which site a request comes from; a foreign one has no business here.
pub(super) fn check_origin(headers: &HeaderMap) -> Result<(), Error> {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(Error::Forbidden(texts::FOREIGN_SITE.into()));
    }
    Ok(())
}

/// Where a request comes from: the peer, or what our own proxy says of it. A proxy stands on this machine or in a private
/// network, and adds the address that it saw at the end.
pub(super) fn address(parts: &Parts) -> String {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let Some(peer) = peer else { return String::new() };
    let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
    let last = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    match last {
        Some(client) if is_near(peer) => IpAddr::to_canonical(&client).to_string(),
        _ => peer.to_string(),
    }
}

fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

/// As [`address`], for handlers of people who are not signed in.
pub struct Address(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        check_origin(&parts.headers)?;
        Ok(Self(address(parts)))
    }
}
