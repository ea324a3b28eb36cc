//! What the fields of places, contacts and events may hold, whichever way they come: a file, a form, or a sheet.

use std::fmt;

use super::models::{contact, event, place};
use crate::accounts::AccountId;

/// Why a value is not taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    Empty,
    TooLong {
        length: usize,
        most: usize,
    },
    /// A character that no keyboard has.
    Control,
    OutOfRange {
        least: f64,
        most: f64,
    },
    EndsBeforeStart,
    NoUrlName(String),
    /// Known only to those who have read the account: no such place.
    NoSuchPlace(String),
    Hours(super::hours::Fault),
    /// Another entry of the same sheet has that address.
    Twice,
    /// A cell that should hold a number or a moment.
    NoNumber,
    NoMoment,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "must not be empty"),
            Self::TooLong { length, most } => write!(f, "has {length} characters, more than {most}"),
            Self::Control => write!(f, "holds a control character"),
            Self::OutOfRange { least, most } => write!(f, "must be from {least} to {most}"),
            Self::EndsBeforeStart => write!(f, "lies before the start"),
            Self::NoUrlName(name) => {
                write!(f, "`{name}` is no name for a URL: use 1 to 64 of a-z, 0-9 and `-`")
            }
            Self::NoSuchPlace(place) => write!(f, "there is no place `{place}`"),
            Self::Hours(fault) => write!(f, "{fault}"),
            Self::Twice => write!(f, "is used twice"),
            Self::NoNumber => write!(f, "is no number"),
            Self::NoMoment => write!(f, "is no local time"),
        }
    }
}

/// What is wrong, by field, in the order of the fields.
pub type Problems = Vec<(&'static str, Problem)>;

/// A text that must be there and not exceed so many characters.
pub(super) fn required(value: &str, most: usize) -> Result<String, Problem> {
    if value.trim().is_empty() {
        return Err(Problem::Empty);
    }
    bounded(value, most)
}

/// A text that may be missing; an empty one counts as missing.
pub(super) fn optional(value: Option<&str>, most: usize) -> Result<Option<String>, Problem> {
    value.filter(|value| !value.trim().is_empty()).map(|value| bounded(value, most)).transpose()
}

/// A line that tells when something is open.
fn hours(value: Option<&str>) -> Result<Option<String>, Problem> {
    let line = optional(value, 100)?;
    super::hours::check(line.as_deref().unwrap_or("")).map_err(Problem::Hours)?;
    Ok(line)
}

fn bounded(value: &str, most: usize) -> Result<String, Problem> {
    let length = value.chars().count();
    if length > most {
        return Err(Problem::TooLong { length, most });
    }
    if value.chars().any(|character| character.is_control() && character != '\n') {
        return Err(Problem::Control);
    }
    Ok(value.trim().into())
}

/// A name in URLs: `[a-z0-9-]`, 1 to 64 characters.
pub(super) fn url_name(name: &str) -> Result<String, Problem> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || name.len() > 64 || !name.bytes().all(allowed) {
        return Err(Problem::NoUrlName(name.into()));
    }
    Ok(name.into())
}

/// Takes the good values of a form and gathers what is wrong with the others.
#[derive(Default)]
struct Check(Problems);

impl Check {
    fn take<T: Default>(&mut self, field: &'static str, checked: Result<T, Problem>) -> T {
        checked.unwrap_or_else(|problem| {
            self.0.push((field, problem));
            T::default()
        })
    }

    fn range(&mut self, field: &'static str, value: f64, most: f64) -> f64 {
        if !(-most..=most).contains(&value) {
            self.0.push((field, Problem::OutOfRange { least: -most, most }));
        }
        value
    }
}

/// A place before it is checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlaceDraft {
    pub slug: String,
    pub name: String,
    pub category: String,
    pub address: String,
    pub phone: Option<String>,
    pub hours: Option<String>,
    pub latitude: f64,
    pub longitude: f64,
    pub note: Option<String>,
}

/// A telephone number before it is checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContactDraft {
    pub slug: String,
    pub name: String,
    pub group: String,
    pub phone: String,
    pub hours: Option<String>,
    pub note: Option<String>,
}

/// An event before it is checked. Moments are unix milliseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventDraft {
    pub slug: String,
    pub title: String,
    pub starts_at: i64,
    pub ends_at: i64,
    pub venue: String,
    pub place: Option<String>,
    pub organizer: Option<String>,
    pub audience: Option<String>,
    pub signup: Option<String>,
    pub body: String,
}

/// What an event takes: 1970 to 2199.
const MOMENTS: std::ops::Range<i64> = 0..7_258_118_400_000;
const MOST_BODY: usize = 20_000;
/// A row that belongs to no account yet.
const NO_ACCOUNT: AccountId = AccountId(0);

impl PlaceDraft {
    /// The row as it is kept, and what is wrong with it; it may be used only if that is nothing.
    pub(super) fn checked(&self) -> (place::Model, Problems) {
        let mut check = Check::default();
        let row = place::Model {
            id: 0,
            account_id: NO_ACCOUNT,
            slug: check.take("slug", url_name(&self.slug)),
            position: 0,
            name: check.take("name", required(&self.name, 40)),
            category: check.take("category", required(&self.category, 20)),
            address: check.take("address", required(&self.address, 100)),
            phone: check.take("phone", optional(self.phone.as_deref(), 40)),
            hours: check.take("hours", hours(self.hours.as_deref())),
            latitude: check.range("latitude", self.latitude, 90.0),
            longitude: check.range("longitude", self.longitude, 180.0),
            note: check.take("note", optional(self.note.as_deref(), 200)),
        };
        (row, check.0)
    }
}

impl ContactDraft {
    /// As [`PlaceDraft::checked`].
    pub(super) fn checked(&self) -> (contact::Model, Problems) {
        let mut check = Check::default();
        let row = contact::Model {
            id: 0,
            account_id: NO_ACCOUNT,
            slug: check.take("slug", url_name(&self.slug)),
            position: 0,
            name: check.take("name", required(&self.name, 40)),
            category: check.take("group", required(&self.group, 20)),
            phone: check.take("phone", required(&self.phone, 40)),
            hours: check.take("hours", hours(self.hours.as_deref())),
            note: check.take("note", optional(self.note.as_deref(), 200)),
        };
        (row, check.0)
    }
}

impl EventDraft {
    /// As [`PlaceDraft::checked`]. Whether the place is there is not looked at.
    pub(super) fn checked(&self) -> (event::Model, Problems) {
        let mut check = Check::default();
        let body = self.body.trim_matches('\n');
        let row = event::Model {
            id: 0,
            account_id: NO_ACCOUNT,
            slug: check.take("slug", url_name(&self.slug)),
            title: check.take("title", required(&self.title, 32)),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            venue: check.take("venue", required(&self.venue, 60)),
            place: check.take("place", optional(self.place.as_deref(), 64)),
            organizer: check.take("organizer", optional(self.organizer.as_deref(), 60)),
            audience: check.take("audience", optional(self.audience.as_deref(), 100)),
            signup: check.take("signup", optional(self.signup.as_deref(), 200)),
            body_html: super::markdown::to_html(body),
            body_source: body.into(),
        };
        if self.body.chars().count() > MOST_BODY {
            check.0.push(("body", Problem::TooLong { length: self.body.chars().count(), most: MOST_BODY }));
        }
        for (field, at) in [("starts", self.starts_at), ("ends", self.ends_at)] {
            if !MOMENTS.contains(&at) {
                check.0.push((field, Problem::NoMoment));
            }
        }
        if self.ends_at < self.starts_at {
            check.0.push(("ends", Problem::EndsBeforeStart));
        }
        (row, check.0)
    }
}
