//! What goes wrong at the platform or on the way, while somebody wants to see how the product takes it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest delay that can be set: longer than WeChat would try.
const MAX_DELAY_MS: u64 = 20_000;
const MAX_REPEATS: u32 = 10;
const MAX_COUNT: u32 = 10_000;
const MAX_PATHS: usize = 100;

/// All faults. By default nothing goes wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Faults {
    pub(super) push: PushFaults,
    pub(super) api: ApiFaults,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PushFaults {
    /// Every push is under way this long before it arrives.
    pub(super) delay_ms: u64,
    /// So many pushes more are lost before they arrive.
    pub(super) drop: u32,
    /// Every push arrives so many times more, at once.
    pub(super) repeat: u32,
    /// Of two pushes in hand the later one arrives first.
    pub(super) reorder: bool,
    pub(super) forge: Option<Forgery>,
}

/// What a forger, who is not WeChat, gets wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Forgery {
    /// Does not know the token.
    Signature,
    /// Replays what was meant for another account.
    AppId,
    /// Changes the body after it was signed.
    Tampered,
    /// Leaves out the encryption.
    Plain,
    /// Replays an old push.
    Stale,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ApiFaults {
    /// Every answer takes this long.
    pub(super) slow_ms: u64,
    /// So many calls more are answered with -1.
    pub(super) busy: u32,
    /// The caller's address is not on the account's list: 40164.
    pub(super) ip_not_allowed: bool,
    /// Calls whose quota of the day is used up: 45009.
    pub(super) quota_exhausted: BTreeSet<String>,
    /// Calls that are answered with this code, whatever they ask.
    pub(super) errcodes: BTreeMap<String, i64>,
}

/// Faults that cannot be set.
#[derive(Debug, thiserror::Error)]
pub(super) enum FaultsError {
    #[error("{0}")]
    Unknown(#[from] serde_json::Error),
    #[error("faults are groups of faults")]
    NotGroups,
    #[error("`{0}` is out of bounds")]
    OutOfBounds(&'static str),
}

impl Faults {
    /// These faults with the given ones on top: what is not given stays, and lists are replaced as a whole.
    ///
    /// # Errors
    /// [`FaultsError`] for a name or value that does not exist, or one that is out of bounds.
    pub(super) fn merged(&self, changes: &Value) -> Result<Self, FaultsError> {
        // A list would be read as the fields in their order.
        let groups = changes.as_object().map(|groups| groups.values().all(Value::is_object));
        if groups != Some(true) {
            return Err(FaultsError::NotGroups);
        }
        let mut faults = serde_json::to_value(self)?;
        merge(&mut faults, changes, 2);
        let faults: Self = serde_json::from_value(faults)?;
        let (push, api) = (&faults.push, &faults.api);
        let bounds = [
            (push.delay_ms <= MAX_DELAY_MS, "push.delay_ms"),
            (push.drop <= MAX_COUNT, "push.drop"),
            (push.repeat <= MAX_REPEATS, "push.repeat"),
            (api.slow_ms <= MAX_DELAY_MS, "api.slow_ms"),
            (api.busy <= MAX_COUNT, "api.busy"),
            (api.quota_exhausted.len() <= MAX_PATHS, "api.quota_exhausted"),
            (api.errcodes.len() <= MAX_PATHS, "api.errcodes"),
        ];
        match bounds.into_iter().find(|(within, _)| !within) {
            None => Ok(faults),
            Some((_, field)) => Err(FaultsError::OutOfBounds(field)),
        }
    }
}

/// Objects are merged so many levels deep; below, and everything else, is replaced.
fn merge(into: &mut Value, changes: &Value, levels: u8) {
    match (into, changes) {
        (Value::Object(into), Value::Object(changes)) if levels > 0 => {
            for (name, change) in changes {
                merge(into.entry(name.clone()).or_insert(Value::Null), change, levels - 1);
            }
        }
        (into, changes) => *into = changes.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Faults, Forgery};

    #[test]
    fn what_is_not_given_stays_and_what_is_given_is_replaced() {
        let faults = Faults::default();
        let faults = faults.merged(&json!({"push": {"repeat": 2, "forge": "app_id"}})).unwrap();
        let faults = faults.merged(&json!({"api": {"errcodes": {"/cgi-bin/menu/create": 45009}}})).unwrap();
        assert_eq!((faults.push.repeat, faults.push.forge), (2, Some(Forgery::AppId)));
        let faults = faults.merged(&json!({"push": {"forge": null}, "api": {"errcodes": {}}})).unwrap();
        assert_eq!((faults.push.repeat, faults.push.forge), (2, None));
        assert!(faults.api.errcodes.is_empty());
    }

    #[test]
    fn unknown_names_and_endless_delays_are_refused() {
        for wrong in [
            json!({"push": {"dely_ms": 5}}),
            json!({"push": {"delay_ms": 1_000_000}}),
            json!({"push": {"repeat": 11}}),
            json!({"push": {"forge": "everything"}}),
            json!({"api": null}),
            json!({"push": []}),
            json!([]),
        ] {
            assert!(Faults::default().merged(&wrong).is_err(), "{wrong}");
        }
    }
}
