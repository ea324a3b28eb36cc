//! The platform's API (§6, §7) as clients meet it: one table of calls, and what stands before all of them — faults,
//! the method, the access token, permission, quota, and the JSON body.

mod base;
mod failure;
mod menu;
mod messages;
mod quota;
mod users;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{Extensions, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::Value;

use self::failure::Failure;
use super::Sandbox;
use super::accounts::Account;
use super::state::World;
use super::tokens::{self, Standing};
use crate::clock::Timestamp;
use crate::wechat::Capability;

/// The daily limit of calls of which the documentation names none.
const PLENTY: u64 = 1_000_000;
/// The caller's address in the text of 40164 when the server does not tell it.
const UNKNOWN_ADDRESS: &str = "203.0.113.7";

/// One call of the API.
struct Call {
    path: &'static str,
    verb: Verb,
    access: Access,
    /// Per account and day in Shanghai (§6.4).
    daily_limit: u64,
    run: fn(&mut Request<'_>) -> Result<Value, Failure>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Get,
    Post,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    /// With AppID and AppSecret: the calls that give access tokens.
    Secret,
    /// With an access token.
    Token,
    /// With an access token of an account that has been granted this.
    Granted(Capability),
}

/// What a call works on.
struct Request<'a> {
    world: &'a mut World,
    account: usize,
    query: &'a Parameters,
    /// `null` for GET.
    body: Value,
    now: Timestamp,
}

type Parameters = BTreeMap<String, String>;

static CALLS: [Call; 19] = [
    Call {
        path: "/cgi-bin/token",
        verb: Verb::Get,
        access: Access::Secret,
        daily_limit: 2000,
        run: base::token,
    },
    Call {
        path: "/cgi-bin/stable_token",
        verb: Verb::Post,
        access: Access::Secret,
        daily_limit: 500_000,
        run: base::stable_token,
    },
    open("/cgi-bin/getcallbackip", Verb::Get, base::callback_addresses),
    open("/cgi-bin/get_api_domain_ip", Verb::Get, base::api_addresses),
    open("/cgi-bin/callback/check", Verb::Post, base::callback_check),
    open("/cgi-bin/clear_quota", Verb::Post, quota::clear),
    open("/cgi-bin/openapi/quota/get", Verb::Post, quota::get),
    open("/cgi-bin/get_current_selfmenu_info", Verb::Get, menu::current),
    granted("/cgi-bin/menu/create", Verb::Post, Capability::CustomMenu, 1000, menu::create),
    granted("/cgi-bin/menu/get", Verb::Get, Capability::CustomMenu, 10_000, menu::get),
    granted("/cgi-bin/menu/delete", Verb::Get, Capability::CustomMenu, 1000, menu::delete),
    granted("/cgi-bin/menu/addconditional", Verb::Post, Capability::CustomMenu, 2000, menu::add_conditional),
    granted(
        "/cgi-bin/menu/delconditional",
        Verb::Post,
        Capability::CustomMenu,
        2000,
        menu::delete_conditional,
    ),
    granted("/cgi-bin/user/get", Verb::Get, Capability::Users, 500, users::list),
    granted("/cgi-bin/user/info", Verb::Get, Capability::Users, 500_000, users::info),
    granted("/cgi-bin/user/info/batchget", Verb::Post, Capability::Users, 500_000, users::batch_get),
    granted("/cgi-bin/user/info/updateremark", Verb::Post, Capability::Users, 10_000, users::update_remark),
    granted("/cgi-bin/message/custom/send", Verb::Post, Capability::CustomerService, 500_000, messages::send),
    granted(
        "/cgi-bin/message/custom/typing",
        Verb::Post,
        Capability::CustomerService,
        500_000,
        messages::typing,
    ),
];

const fn open(path: &'static str, verb: Verb, run: fn(&mut Request<'_>) -> Result<Value, Failure>) -> Call {
    Call { path, verb, access: Access::Token, daily_limit: PLENTY, run }
}

const fn granted(
    path: &'static str,
    verb: Verb,
    capability: Capability,
    daily_limit: u64,
    run: fn(&mut Request<'_>) -> Result<Value, Failure>,
) -> Call {
    Call { path, verb, access: Access::Granted(capability), daily_limit, run }
}

pub(super) fn router() -> Router<Sandbox> {
    CALLS.iter().fold(Router::new(), |router, call| {
        let answer = move |State(sandbox): State<Sandbox>,
                           Query(query): Query<Parameters>,
                           method: Method,
                           extensions: Extensions,
                           body: Bytes| async move {
            let caller = extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_canonical());
            let caller = caller.map_or_else(|| UNKNOWN_ADDRESS.to_owned(), |address| address.to_string());
            // A local variable, so that the lock of the state is not held across the wait.
            let slow = sandbox.world().faults.api.slow_ms;
            if slow > 0 {
                tokio::time::sleep(Duration::from_millis(slow)).await;
            }
            answer(call, &sandbox, &method, &query, &body, &caller)
        };
        router.route(call.path, any(answer))
    })
}

fn answer(
    call: &'static Call,
    sandbox: &Sandbox,
    method: &Method,
    query: &Parameters,
    body: &[u8],
    caller: &str,
) -> Response {
    let now = sandbox.inner.options.clock.now();
    let mut world = sandbox.world();
    let value = match perform(call, &mut world, method, query, body, caller, now) {
        Ok(value) => value,
        Err(failure) => {
            tracing::debug!(path = call.path, code = failure.code(), "the sandbox refused a call");
            failure.to_json(now)
        }
    };
    let content_type = [(header::CONTENT_TYPE, "application/json; encoding=utf-8")];
    (StatusCode::OK, content_type, value.to_string()).into_response()
}

fn perform(
    call: &'static Call,
    world: &mut World,
    method: &Method,
    query: &Parameters,
    body: &[u8],
    caller: &str,
    now: Timestamp,
) -> Result<Value, Failure> {
    if world.faults.api.busy > 0 {
        world.faults.api.busy -= 1;
        return Err(Failure::new(-1));
    }
    if let Some(code) = world.faults.api.errcodes.get(call.path).filter(|code| **code != 0) {
        return Err(Failure::new(*code));
    }
    match call.verb {
        Verb::Get if method != Method::GET => return Err(Failure::new(43_001)),
        Verb::Post if method != Method::POST => return Err(Failure::new(43_002)),
        Verb::Get | Verb::Post => {}
    }
    // A call with the AppSecret has it in the body, which therefore is read first; other bodies only after the token.
    let early = matches!((call.access, call.verb), (Access::Secret, Verb::Post));
    let mut parsed = if early { read_json(call, body)? } else { Value::Null };
    let account = match call.access {
        Access::Secret => account_by_secret(world, query, &parsed)?,
        Access::Token | Access::Granted(_) => account_by_token(world, query, now)?,
    };
    if world.faults.api.ip_not_allowed {
        return Err(Failure::ip_not_allowed(caller));
    }
    let is_exhausted = world.faults.api.quota_exhausted.contains(call.path);
    let caller_account = &mut world.accounts[account];
    if let Access::Granted(capability) = call.access
        && !caller_account.is_granted(capability)
    {
        return Err(Failure::new(48_001));
    }
    if !caller_account.usage.count(call.path, call.daily_limit, now) || is_exhausted {
        return Err(Failure::new(45_009));
    }
    if !early && call.verb == Verb::Post {
        parsed = read_json(call, body)?;
    }
    (call.run)(&mut Request { world, account, query, body: parsed, now })
}

fn account_by_secret(world: &World, query: &Parameters, body: &Value) -> Result<usize, Failure> {
    let field = |name: &str, code: i64| {
        let given = query.get(name).map(String::as_str).or_else(|| body.get(name).and_then(Value::as_str));
        given.filter(|given| !given.is_empty()).ok_or(Failure::new(code))
    };
    let app_id = field("appid", 41_002)?;
    let secret = field("secret", 41_004)?;
    let found = world.accounts.iter().position(|account| account.app_id.as_str() == app_id);
    match found {
        None => Err(Failure::new(40_013)),
        Some(place) if world.accounts[place].settings.app_secret != secret => Err(Failure::new(40_125)),
        Some(place) => Ok(place),
    }
}

fn account_by_token(world: &World, query: &Parameters, now: Timestamp) -> Result<usize, Failure> {
    let token = query.get("access_token").filter(|token| !token.is_empty()).ok_or(Failure::new(41_001))?;
    if !tokens::is_well_formed(token) {
        return Err(Failure::new(40_014));
    }
    world.account_of_token(token, now).map_err(|standing| match standing {
        Standing::Expired => Failure::new(42_001),
        Standing::Unknown | Standing::Valid => Failure::new(40_001),
    })
}

fn read_json(call: &Call, body: &[u8]) -> Result<Value, Failure> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Failure::new(44_002));
    }
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return Err(Failure::new(47_001)) };
    if !value.is_object() {
        return Err(Failure::new(47_001));
    }
    if has_escaped_text(body) {
        return Err(Failure::new(if call.path.contains("/menu/") { 40_033 } else { 47_002 }));
    }
    Ok(value)
}

/// Whether JSON writes a visible character as `\uXXXX`, which the platform does not resolve (§6.2).
fn has_escaped_text(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(place) = rest.iter().position(|byte| *byte == b'\\') {
        let escape = &rest[place + 1..];
        if let Some((b'u', digits)) = escape.split_first() {
            let digits = digits.get(..4).and_then(|digits| str::from_utf8(digits).ok()).unwrap_or_default();
            if u16::from_str_radix(digits, 16).is_ok_and(|code| code >= 0x20) {
                return true;
            }
        }
        // The escaped character itself is skipped, for it may be a backslash.
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

impl Request<'_> {
    fn account(&mut self) -> &mut Account {
        &mut self.world.accounts[self.account]
    }

    /// A text field of the body; empty when it is absent or something else.
    fn text(&self, name: &str) -> &str {
        self.body.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// What the platform says when there is nothing else to say.
fn ok() -> Value {
    serde_json::json!({"errcode": 0, "errmsg": "ok"})
}

#[cfg(test)]
mod tests {
    use super::has_escaped_text;

    #[test]
    fn escaped_chinese_is_noticed_and_escaped_backslashes_are_not() {
        assert!(has_escaped_text(br#"{"name":"\u5e0c\u671b"}"#));
        assert!(has_escaped_text(br#"{"url":"https://x/?a=1\u0026b=2"}"#));
        assert!(!has_escaped_text("{\"name\":\"希望\\n\\\"树\\\"\"}".as_bytes()));
        assert!(!has_escaped_text(br#"{"path":"C:\\u5e0c"}"#));
        assert!(!has_escaped_text(br#"{"text":"\u000b"}"#));
    }
}
