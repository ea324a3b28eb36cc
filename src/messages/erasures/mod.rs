//! Who was erased, told without naming anybody: pushes of theirs may still wait in the journal of a node that was cut
//! off, and must not come back from there.

pub mod store;

use std::fmt::Write;

use ring::digest::{SHA256, digest};

use crate::accounts::AccountId;

/// A person who cannot be named from it: openids are too many to be tried.
fn mark(account: AccountId, openid: &str) -> String {
    let digest = digest(&SHA256, format!("{} {openid}", account.0).as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}
