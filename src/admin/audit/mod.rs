//! The audit trail: who did what to which, when, from where, before and after. Each line's hash covers the line before,
//! so that none can be changed or taken out unseen.

mod checking;
mod sheet;

use ring::digest;
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::{Value, json};

pub use self::checking::{Checked, Flaw, check};
pub use self::sheet::workbook;
use super::store::{self, Line};
use super::{Person, PersonId};
use crate::accounts::AccountId;
use crate::clock::Timestamp;

/// Who did it, and from where.
#[derive(Clone, Debug)]
pub struct Who {
    person: Option<PersonId>,
    name: String,
    address: String,
}

impl Who {
    pub fn new(person: &Person, address: &str) -> Self {
        Self { person: Some(person.id), name: person.name.clone(), address: address.into() }
    }

    /// An operator at the command line of a machine of ours.
    pub fn command_line() -> Self {
        Self { person: None, name: "(command line)".into(), address: String::new() }
    }

    /// The program itself, by the clock.
    pub fn schedule() -> Self {
        Self { person: None, name: "(schedule)".into(), address: String::new() }
    }

    /// Somebody who did not sign in, under the name that was given.
    pub fn stranger(name: &str, address: &str) -> Self {
        Self { person: None, name: name.chars().take(64).collect(), address: address.into() }
    }
}

/// What was done.
#[derive(Clone, Debug, Default)]
pub struct Entry<'a> {
    pub account: Option<AccountId>,
    /// `THING.VERB`, as `notice.publish`: stable, for filters.
    pub action: &'a str,
    /// Which one: the kind of thing and its row.
    pub subject: Option<(&'a str, i64)>,
    /// What people call it: a title, a name.
    pub title: &'a str,
    /// What was there before, without secrets and without the texts of residents.
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// Notes what was done, in the transaction that does it.
///
/// # Errors
/// When the database fails; then nothing is done.
pub async fn record(
    db: &impl ConnectionTrait,
    who: &Who,
    entry: Entry<'_>,
    now: Timestamp,
) -> Result<(), DbErr> {
    store::append(db, |sequence, previous| {
        let mut line = Line {
            sequence,
            at: now.millis(),
            account_id: entry.account.map(|account| account.0),
            person_id: who.person.map(|person| person.0),
            person_name: who.name.clone(),
            address: who.address.clone(),
            action: entry.action.into(),
            subject_kind: entry.subject.map(|(kind, _)| kind.to_owned()),
            subject_id: entry.subject.map(|(_, id)| id),
            subject: (!entry.title.is_empty()).then(|| entry.title.chars().take(255).collect()),
            before: entry.before.map(|value| value.to_string()),
            after: entry.after.map(|value| value.to_string()),
            hash: String::new(),
        };
        line.hash = hash(&line, previous);
        line
    })
    .await
}

/// What the hash of a line must be, after a line with that hash: 64 hexadecimal digits.
pub fn hash(line: &Line, previous: &str) -> String {
    let Line { sequence, at, account_id, person_id, person_name, address, action, .. } = line;
    let Line { subject_kind, subject_id, subject, before, after, hash: _, .. } = line;
    // A JSON list keeps the parts apart, whatever stands in them.
    let whole = json!([
        previous,
        sequence,
        at,
        account_id,
        person_id,
        person_name,
        address,
        action,
        subject_kind,
        subject_id,
        subject,
        before,
        after
    ]);
    let digest = digest::digest(&digest::SHA256, whole.to_string().as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
