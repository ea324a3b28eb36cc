//! Places, contacts and events as the console edits them, one at a time or a sheet at once. What is in a row is its
//! version: who saves over a row names the version that was read, and is refused when it is another one now, whoever
//! changed it, an import of files included.

use std::collections::{HashMap, HashSet};

use rand::RngExt;
use sea_orm::{ConnectionTrait, DbErr};
use sha1::{Digest, Sha1};

use super::models::{contact, event, place};
use super::rules::{ContactDraft, EventDraft, PlaceDraft, Problem, Problems};
use super::store::{self, Row};
use crate::accounts::AccountId;

/// So many an account may have of each; a list on a phone has no use for more.
pub const MOST: usize = 5_000;

/// Why something is not saved.
#[derive(Debug)]
pub enum Refused {
    /// The account has no such row.
    NotFound,
    /// Somebody else has changed it.
    Stale,
    Invalid(Problems),
    /// The name in its address is another one's.
    Taken,
    /// Events take place there; these are their titles.
    InUse(Vec<String>),
    /// There are [`MOST`] already.
    Full,
    Database(DbErr),
}

impl From<DbErr> for Refused {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

/// A kind of row that the console edits.
pub trait Editable: Row + Clone + std::fmt::Debug {
    type Draft: Send + Sync;

    /// What people call it, as the audit trail names it.
    fn title(&self) -> &str;
    /// The name in its address.
    fn slug(&self) -> &str {
        self.natural_key()
    }
    /// Where it stands in its list; events stand by their time.
    fn position(&self) -> i64;
    fn set_position(&mut self, position: i64);
    fn draft_slug(draft: &mut Self::Draft) -> &mut String;
    fn check(draft: &Self::Draft) -> (Self, Problems);
    /// The place that it names, by slug.
    fn place(&self) -> Option<&str>;
}

impl Editable for place::Model {
    type Draft = PlaceDraft;

    fn title(&self) -> &str {
        &self.name
    }

    fn position(&self) -> i64 {
        self.position
    }

    fn set_position(&mut self, position: i64) {
        self.position = position;
    }

    fn draft_slug(draft: &mut PlaceDraft) -> &mut String {
        &mut draft.slug
    }

    fn check(draft: &PlaceDraft) -> (Self, Problems) {
        draft.checked()
    }

    fn place(&self) -> Option<&str> {
        None
    }
}

impl Editable for contact::Model {
    type Draft = ContactDraft;

    fn title(&self) -> &str {
        &self.name
    }

    fn position(&self) -> i64 {
        self.position
    }

    fn set_position(&mut self, position: i64) {
        self.position = position;
    }

    fn draft_slug(draft: &mut ContactDraft) -> &mut String {
        &mut draft.slug
    }

    fn check(draft: &ContactDraft) -> (Self, Problems) {
        draft.checked()
    }

    fn place(&self) -> Option<&str> {
        None
    }
}

impl Editable for event::Model {
    type Draft = EventDraft;

    fn title(&self) -> &str {
        &self.title
    }

    fn position(&self) -> i64 {
        0
    }

    fn set_position(&mut self, _: i64) {}

    fn draft_slug(draft: &mut EventDraft) -> &mut String {
        &mut draft.slug
    }

    fn check(draft: &EventDraft) -> (Self, Problems) {
        draft.checked()
    }

    fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }
}

/// The version of a row: a hash of what is in it, save where it stands in the list.
pub fn version<E: Editable>(row: &E) -> String {
    let mut row = row.clone();
    row.set_position(0);
    let digest = Sha1::digest(format!("{row:?}"));
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// One row of the account.
///
/// # Errors
/// [`Refused::NotFound`], or when the database does not answer.
pub async fn find<E: Editable>(db: &impl ConnectionTrait, account: AccountId, id: i64) -> Result<E, Refused> {
    E::by_id(db, account, id).await?.ok_or(Refused::NotFound)
}

/// Adds a row, at the end of its list or where it stood before it was removed.
///
/// # Errors
/// [`Refused`]; then the transaction is to be rolled back.
pub async fn create<E: Editable>(
    db: &impl ConnectionTrait,
    account: AccountId,
    mut draft: E::Draft,
    position: Option<i64>,
) -> Result<E, Refused> {
    let all: Vec<E> = store::all(db, account).await?;
    if all.len() >= MOST {
        return Err(Refused::Full);
    }
    let slug = E::draft_slug(&mut draft);
    if slug.is_empty() {
        *slug = new_slug();
    }
    let (mut row, problems) = E::check(&draft);
    refuse_invalid(db, account, &row, problems).await?;
    if all.iter().any(|other| other.slug() == row.slug()) {
        return Err(Refused::Taken);
    }
    let last = all.iter().map(Editable::position).max().unwrap_or(-1);
    row.set_position(position.unwrap_or(last + 1));
    row.adopt(None, account);
    let slug = row.slug().to_owned();
    E::insert(db, vec![row]).await?;
    E::by_key(db, account, &slug).await?.ok_or(Refused::NotFound)
}

/// Changes a row; gives it as it was and as it is.
///
/// # Errors
/// [`Refused`]; then the transaction is to be rolled back.
pub async fn change<E: Editable>(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: i64,
    read: &str,
    mut draft: E::Draft,
) -> Result<(E, E), Refused> {
    let before = present::<E>(db, account, id, read).await?;
    // Links to it are out in the world.
    before.slug().clone_into(E::draft_slug(&mut draft));
    let (mut row, problems) = E::check(&draft);
    refuse_invalid(db, account, &row, problems).await?;
    row.set_position(before.position());
    row.adopt(Some(&before), account);
    row.clone().update(db).await?;
    Ok((before, row))
}

/// Removes a row; gives it as it was, so that it can be put back.
///
/// # Errors
/// [`Refused`]; then the transaction is to be rolled back.
pub async fn remove<E: Editable>(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: i64,
    read: &str,
) -> Result<E, Refused> {
    let row = present::<E>(db, account, id, read).await?;
    E::delete(db, account, id).await?;
    Ok(row)
}

/// As [`remove`], but a place at which events take place stays.
///
/// # Errors
/// As [`remove`].
pub async fn remove_place(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: i64,
    read: &str,
) -> Result<place::Model, Refused> {
    let place = remove::<place::Model>(db, account, id, read).await?;
    let mut events: Vec<event::Model> = store::all(db, account).await?;
    events.sort_by_key(|event| std::cmp::Reverse(event.starts_at));
    let there = events.into_iter().filter(|event| event.place.as_deref() == Some(&place.slug));
    let titles: Vec<String> = there.map(|event| event.title).collect();
    if titles.is_empty() { Ok(place) } else { Err(Refused::InUse(titles)) }
}

/// Puts the rows of a list into an order; those that are not named stay behind them. Gives whether anything moved.
///
/// # Errors
/// [`Refused::NotFound`] when one that is named is not there.
pub async fn order<E: Editable>(
    db: &impl ConnectionTrait,
    account: AccountId,
    ids: &[i64],
) -> Result<bool, Refused> {
    let mut rows: Vec<E> = store::all(db, account).await?;
    let wanted: HashMap<i64, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let known: HashSet<i64> = rows.iter().map(Row::id).collect();
    if ids.iter().any(|id| !known.contains(id)) {
        return Err(Refused::NotFound);
    }
    rows.sort_by_key(|row| (wanted.get(&row.id()).copied().unwrap_or(usize::MAX), row.position(), row.id()));
    let mut has_moved = false;
    for (position, mut row) in (0..).zip(rows) {
        if row.position() != position {
            row.set_position(position);
            row.update(db).await?;
            has_moved = true;
        }
    }
    Ok(has_moved)
}

/// What bringing a sheet in did, or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
}

/// What is wrong with one of many drafts, by its place among them.
pub type Faults = Vec<(usize, &'static str, Problem)>;

/// Brings many drafts in: one with the address of a row takes its place, the others are added behind.
///
/// # Errors
/// Everything that is wrong, by draft; then the transaction is to be rolled back.
pub async fn bring<E: Editable>(
    db: &impl ConnectionTrait,
    account: AccountId,
    drafts: Vec<E::Draft>,
) -> Result<Result<Brought, Faults>, Refused> {
    let present: Vec<E> = store::all(db, account).await?;
    let mut last = present.iter().map(Editable::position).max().unwrap_or(-1);
    let mut present: HashMap<String, E> =
        present.into_iter().map(|row| (row.slug().to_owned(), row)).collect();
    let mut room = MOST.saturating_sub(present.len());
    let places = place_slugs(db, account).await?;
    let (mut faults, mut brought, mut new, mut changed) =
        (Faults::new(), Brought::default(), Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for (number, mut draft) in drafts.into_iter().enumerate() {
        let slug = E::draft_slug(&mut draft);
        if slug.is_empty() {
            *slug = new_slug();
        }
        let (mut row, problems) = E::check(&draft);
        faults.extend(problems.into_iter().map(|(field, problem)| (number, field, problem)));
        if let Some(place) = row.place().filter(|place| !places.contains(*place)) {
            faults.push((number, "place", Problem::NoSuchPlace(place.to_owned())));
        }
        if !seen.insert(row.slug().to_owned()) {
            faults.push((number, "slug", Problem::Twice));
        }
        match present.remove(row.slug()) {
            Some(known) => {
                row.set_position(known.position());
                row.adopt(Some(&known), account);
                if row == known {
                    brought.unchanged += 1;
                } else {
                    changed.push(row);
                }
            }
            None if room == 0 => return Err(Refused::Full),
            None => {
                room -= 1;
                last += 1;
                row.set_position(last);
                row.adopt(None, account);
                new.push(row);
            }
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    (brought.added, brought.changed) = (new.len(), changed.len());
    E::insert(db, new).await?;
    for row in changed {
        row.update(db).await?;
    }
    Ok(Ok(brought))
}

/// The row, held until the transaction ends, if it is the version that was read.
async fn present<E: Editable>(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: i64,
    read: &str,
) -> Result<E, Refused> {
    let row = E::held(db, account, id).await?.ok_or(Refused::NotFound)?;
    if version(&row) == read { Ok(row) } else { Err(Refused::Stale) }
}

async fn refuse_invalid<E: Editable>(
    db: &impl ConnectionTrait,
    account: AccountId,
    row: &E,
    mut problems: Problems,
) -> Result<(), Refused> {
    if let Some(place) = row.place()
        && !place_slugs(db, account).await?.contains(place)
    {
        problems.push(("place", Problem::NoSuchPlace(place.to_owned())));
    }
    if problems.is_empty() { Ok(()) } else { Err(Refused::Invalid(problems)) }
}

async fn place_slugs(db: &impl ConnectionTrait, account: AccountId) -> Result<HashSet<String>, DbErr> {
    Ok(store::places(db, account).await?.into_iter().map(|place| place.slug).collect())
}

/// An address for something that an editor made; nobody types it.
fn new_slug() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut random = rand::rng();
    (0..10).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])).collect()
}
