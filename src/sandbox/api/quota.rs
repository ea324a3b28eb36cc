//! How often something may be called, and beginning to count anew (§7.15).

use serde_json::{Value, json};

use super::failure::Failure;
use super::{CALLS, Request, ok};

pub(super) fn clear(request: &mut Request<'_>) -> Result<Value, Failure> {
    let (app_id, now) = (request.text("appid").to_owned(), request.now);
    if request.account().app_id.as_str() != app_id {
        return Err(Failure::new(40_013));
    }
    if !request.account().usage.clear(now) {
        return Err(Failure::new(48_006));
    }
    // The fault stands for counters that are full, so it ends with them.
    request.world.faults.api.quota_exhausted.clear();
    Ok(ok())
}

pub(super) fn get(request: &mut Request<'_>) -> Result<Value, Failure> {
    let (path, now) = (request.text("cgi_path").to_owned(), request.now);
    if !path.starts_with('/') || path.contains("://") {
        return Err(Failure::new(76_003));
    }
    if path.starts_with("/sns/") {
        return Err(Failure::new(76_022));
    }
    let call = CALLS.iter().find(|call| call.path == path).ok_or(Failure::new(76_021))?;
    let is_exhausted = request.world.faults.api.quota_exhausted.contains(call.path);
    let used = match is_exhausted {
        true => call.daily_limit,
        false => request.account().usage.today(call.path, now),
    };
    let quota = json!({"daily_limit": call.daily_limit, "used": used, "remain": call.daily_limit - used});
    let mut answer = ok();
    answer["quota"] = quota;
    answer["rate_limit"] = json!({"call_count": 10_000, "refresh_second": 60});
    Ok(answer)
}
