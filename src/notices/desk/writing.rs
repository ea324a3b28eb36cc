//! Writing: notices begun, saved, brought back to an earlier version, copied, thrown away.

use rand::RngExt;
use sea_orm::ConnectionTrait;

use super::{Deed, Refusal, at_hand, fill, next_state, put, read, seen};
use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::notices::content::Content;
use crate::notices::models::revision::Kind;
use crate::notices::models::{notice, revision};
use crate::notices::states::{Action, State};
use crate::notices::{reviews, store, texts};

/// What one person writes within such a part of the clock is one version, as long as it saves itself.
const AUTOSAVE_MILLIS: i64 = 600_000;

/// How a change is saved.
#[derive(Clone, Copy, Debug)]
pub struct Saving {
    /// `Autosave` or `Save`.
    pub kind: Kind,
    /// Whether whoever saves knows that signatures are lost by it.
    pub drops: bool,
}

/// Begins a notice.
///
/// # Errors
/// When a field is wrong.
pub async fn create(
    db: &impl ConnectionTrait,
    account: AccountId,
    content: Content,
    person: i64,
    now: Timestamp,
) -> Result<notice::Model, Refusal> {
    let content = content.clean().map_err(Refusal::Invalid)?;
    let notice = store::add(db, blank(account, new_slug(now), &content, person, now)).await?;
    store::add_revision(db, version(&notice, &content, Kind::Save, person, now)).await?;
    reviews::authored(db, &notice, now).await?;
    Ok(notice)
}

/// A notice that stands in no table yet, at its first version.
pub(in crate::notices) fn blank(
    account: AccountId,
    slug: String,
    content: &Content,
    person: i64,
    now: Timestamp,
) -> notice::Model {
    let mut notice = notice::Model {
        id: 0,
        account_id: account,
        slug,
        state: State::Draft,
        version: 1,
        title: String::new(),
        section: None,
        sections: String::new(),
        cover: None,
        revision: 1,
        content_hash: String::new(),
        live_revision: None,
        live_print: None,
        created_by: person,
        changed_by: person,
        created_at: now.millis(),
        changed_at: now.millis(),
        publish_at: None,
        withdraw_at: None,
        published_at: None,
        expires_at: None,
        missed: false,
        pinned: false,
        superseded_by: None,
        reason: None,
        deleted_at: None,
        search_text: String::new(),
    };
    fill(&mut notice, content);
    notice
}

/// The version that the notice's row speaks of.
pub(in crate::notices) fn version(
    notice: &notice::Model,
    content: &Content,
    kind: Kind,
    person: i64,
    now: Timestamp,
) -> revision::Model {
    revision::Model {
        id: 0,
        account_id: notice.account_id,
        notice_id: notice.id,
        number: notice.revision,
        kind,
        hash: content.hash(),
        saved_by: person,
        saved_at: now.millis(),
        kept: false,
        restored_from: None,
        content: content.canonical(),
    }
}

/// Saves what a notice says. A change of one that is past its draft makes it a draft again; what residents see stays.
///
/// # Errors
/// [`Refusal::Drops`] when that takes signatures away and nobody agreed; [`Refusal::Stale`] when somebody was faster.
pub async fn save(
    db: &impl ConnectionTrait,
    deed: &Deed,
    content: Content,
    saving: Saving,
) -> Result<notice::Model, Refusal> {
    let notice = at_hand(db, deed).await?;
    let content = content.clean().map_err(Refusal::Invalid)?;
    change(db, deed, notice, &content, saving, None).await
}

/// Brings an earlier version back, as the newest one.
///
/// # Errors
/// As [`save`].
pub async fn restore(
    db: &impl ConnectionTrait,
    deed: &Deed,
    number: i64,
    drops: bool,
) -> Result<notice::Model, Refusal> {
    let notice = at_hand(db, deed).await?;
    let former = store::revision(db, deed.account, deed.id, number).await?.ok_or(Refusal::NotFound)?;
    // It may be from a time when other things were allowed.
    let content = read(&former)?.clean().map_err(Refusal::Invalid)?;
    change(db, deed, notice, &content, Saving { kind: Kind::Restore, drops }, Some(number)).await
}

async fn change(
    db: &impl ConnectionTrait,
    deed: &Deed,
    mut notice: notice::Model,
    content: &Content,
    saving: Saving,
    restored_from: Option<i64>,
) -> Result<notice::Model, Refusal> {
    let Deed { account, id, person, now, .. } = *deed;
    let before = notice.clone();
    let is_changed = content.hash() != notice.content_hash;
    if is_changed && notice.state.is_lost_by_editing() && !saving.drops {
        return Err(Refusal::Drops);
    }
    let is_taken_up =
        saving.kind != Kind::Autosave && matches!(notice.state, State::Withdrawn | State::Expired);
    if is_changed || is_taken_up {
        notice.state = next_state(&notice, Action::Edit)?;
        notice.publish_at = None;
        notice.missed = false;
    }
    let last = store::last_revision(db, account, id).await?;
    let own = last.as_ref().filter(|last| {
        last.number == notice.revision && last.kind == Kind::Autosave && last.saved_by == person && !last.kept
    });
    if is_changed {
        fill(&mut notice, content);
        let is_same_time = |last: &&revision::Model| {
            last.saved_at.div_euclid(AUTOSAVE_MILLIS) == now.millis().div_euclid(AUTOSAVE_MILLIS)
        };
        match own.filter(is_same_time).filter(|_| saving.kind != Kind::Restore) {
            Some(own) => {
                let row =
                    revision::Model { id: own.id, ..version(&notice, content, saving.kind, person, now) };
                store::replace_revision(db, row).await?;
            }
            None => {
                notice.revision = last.map_or(1, |last| last.number + 1);
                let row =
                    revision::Model { restored_from, ..version(&notice, content, saving.kind, person, now) };
                store::add_revision(db, row).await?;
            }
        }
    } else if let (Some(own), Kind::Save) = (own, saving.kind) {
        // What saved itself is now saved on purpose.
        store::replace_revision(
            db,
            revision::Model { kind: Kind::Save, saved_at: now.millis(), ..own.clone() },
        )
        .await?;
    } else if !is_taken_up {
        return Ok(notice);
    }
    notice.changed_by = person;
    notice.changed_at = now.millis();
    let notice = put(db, notice).await?;
    if is_changed || is_taken_up {
        reviews::changed(db, &before, &notice, person, now).await?;
    }
    Ok(notice)
}

/// Begins a notice with what another one says.
///
/// # Errors
/// When there is no such notice.
pub async fn duplicate(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: i64,
    person: i64,
    now: Timestamp,
) -> Result<notice::Model, Refusal> {
    let notice = store::find(db, account, id).await?.ok_or(Refusal::NotFound)?;
    let mut content = super::content_of(db, account, id, notice.revision).await?;
    let room = 64 - texts::COPY_SUFFIX.chars().count();
    let title: String = content.title.chars().take(room).collect();
    content.title = title + texts::COPY_SUFFIX;
    // What was said of the time and the fate of the original is not true of the copy.
    (content.valid_from, content.valid_until, content.superseded_by) = (None, None, None);
    let copy = create(db, account, content, person, now).await?;
    reviews::copied(db, id, &copy, now).await?;
    Ok(copy)
}

/// Throws a notice away that residents do not see.
///
/// # Errors
/// [`Refusal::NotNow`] when they do, or when it is in review.
pub async fn trash(db: &impl ConnectionTrait, deed: &Deed) -> Result<notice::Model, Refusal> {
    let mut notice = at_hand(db, deed).await?;
    next_state(&notice, Action::Trash)?;
    notice.deleted_at = Some(deed.now.millis());
    put(db, notice).await
}

/// Takes a notice out of the trash.
///
/// # Errors
/// [`Refusal::NotNow`] when it is not there.
pub async fn untrash(db: &impl ConnectionTrait, deed: &Deed) -> Result<notice::Model, Refusal> {
    let mut notice = seen(db, deed).await?;
    if notice.deleted_at.take().is_none() {
        return Err(Refusal::NotNow);
    }
    put(db, notice).await
}

/// A name for URLs: the day, and what makes it the only one.
fn new_slug(now: Timestamp) -> String {
    const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";
    let mut random = rand::rng();
    let tail: String = (0..8).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])).collect();
    format!("{}-{tail}", now.shanghai_date().format("%Y%m%d"))
}
