//! Access tokens (§6.3), the platform's addresses, and the test of the webhook (§7.15).

use serde_json::{Value, json};

use super::failure::Failure;
use super::{Request, ok};
use crate::sandbox::tokens::{ForceError, Grant};

const CREDENTIAL: &str = "client_credential";

pub(super) fn token(request: &mut Request<'_>) -> Result<Value, Failure> {
    if request.query.get("grant_type").map(String::as_str) != Some(CREDENTIAL) {
        return Err(Failure::new(40_002));
    }
    let now = request.now;
    Ok(granted(&request.account().tokens.fetch(now)))
}

pub(super) fn stable_token(request: &mut Request<'_>) -> Result<Value, Failure> {
    if request.text("grant_type") != CREDENTIAL {
        return Err(Failure::new(40_002));
    }
    let is_forced = match request.body.get("force_refresh") {
        None => false,
        Some(Value::Bool(is_forced)) => *is_forced,
        Some(_) => return Err(Failure::new(47_001)),
    };
    let now = request.now;
    let tokens = &mut request.account().tokens;
    if !is_forced {
        return Ok(granted(&tokens.fetch_stable(now)));
    }
    match tokens.force_stable(now) {
        Ok(grant) => Ok(granted(&grant)),
        Err(ForceError::Daily) => Err(Failure::new(45_009)),
        Err(ForceError::TooSoon) => Err(Failure::new(45_011)),
    }
}

pub(super) fn callback_addresses(_: &mut Request<'_>) -> Result<Value, Failure> {
    Ok(json!({"ip_list": ["127.0.0.1", "203.0.113.0/25"]}))
}

pub(super) fn api_addresses(_: &mut Request<'_>) -> Result<Value, Failure> {
    Ok(json!({"ip_list": ["127.0.0.1", "198.51.100.0/25"]}))
}

/// The platform resolves and pings the webhook's host. The sandbox does not: it says that all is well.
pub(super) fn callback_check(request: &mut Request<'_>) -> Result<Value, Failure> {
    let action = request.text("action").to_owned();
    let operator = request.text("check_operator").to_owned();
    if request.account().settings.push_url.is_empty() {
        return Err(Failure::new(40_201));
    }
    if !["all", "dns", "ping"].contains(&action.as_str()) {
        return Err(Failure::new(40_202));
    }
    if !["DEFAULT", "CHINANET", "UNICOM", "CAP"].contains(&operator.as_str()) {
        return Err(Failure::new(40_203));
    }
    let mut answer = ok();
    if action != "ping" {
        answer["dns"] = json!([{"ip": "127.0.0.1", "real_operator": "DEFAULT"}]);
    }
    if action != "dns" {
        let ping =
            json!({"ip": "127.0.0.1", "from_operator": operator, "package_loss": "0%", "time": "0.079ms"});
        answer["ping"] = json!([ping]);
    }
    Ok(answer)
}

fn granted(grant: &Grant) -> Value {
    json!({"access_token": grant.value, "expires_in": grant.expires_in})
}
