//! How long each kind of data is kept.

use super::Values;

/// For how many days; none is for ever. What is removed when is told in [`crate::retention`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// Messages with their answers.
    pub messages: Option<u32>,
    /// Messages that tell where somebody is.
    pub locations: Option<u32>,
    /// What is known of those who no longer follow, and the names in the ledger of follows.
    pub gone: Option<u32>,
    /// Background work that was given up.
    pub failed_jobs: Option<u32>,
    /// The trail of who did what.
    pub audit: Option<u32>,
}

/// Three years, after which claims expire in China.
const CLAIMS: u32 = 1_095;
/// The law on network security asks for records of six months.
const RECORDS: u32 = 180;
/// Of which two months may have 31 days more.
const HALF_A_YEAR: u32 = 183;
/// A century: more is a mistake.
const MOST: u32 = 36_500;

impl Keeping {
    pub(super) fn take(values: &mut Values) -> Self {
        Self {
            messages: days(values, "keep_messages_days", CLAIMS, RECORDS),
            locations: days(values, "keep_locations_days", 30, 1),
            gone: days(values, "keep_gone_days", CLAIMS, RECORDS),
            failed_jobs: days(values, "keep_failed_jobs_days", 90, 7),
            audit: days(values, "keep_audit_days", CLAIMS, HALF_A_YEAR),
        }
    }
}

fn days(values: &mut Values, name: &str, default: u32, least: u32) -> Option<u32> {
    values.checked(name, Some(default), |value| match value.parse::<u32>() {
        Ok(0) => Ok(None),
        Ok(days) if (least..=MOST).contains(&days) => Ok(Some(days)),
        _ if value == "forever" => Ok(None),
        _ => Err(format!("must be a number of days from {least} to {MOST}, or `forever`")),
    })
}
