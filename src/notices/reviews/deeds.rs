//! What is done in the reviews, each within the transaction that is given. Whoever calls notes it in the audit trail in
//! the same transaction.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbErr, SqlErr};

use super::models::step::Kind;
use super::models::{round, seat, step};
use super::{LATE_MILLIS, LEAST_REVIEWS, Stage, store, texts};
use crate::accounts::AccountId;
use crate::admin::Ability;
use crate::checks::{Findings, Level};
use crate::clock::Timestamp;
use crate::notices::desk::{self, Deed, NOBODY, Refusal};
use crate::notices::states::Action;
use crate::notices::{Notice, State, store as notices};

/// Why warnings may stay, by the key of the finding.
pub type Reasons = BTreeMap<String, String>;

const LONGEST_REASON: usize = 200;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Whoever wrote or signed already has no second part in it.
    #[error("the same person has a part in it already")]
    SamePerson,
    #[error("this asks for more than the person may do")]
    NotAllowed,
    /// The signature was given for something else than what stands there now.
    #[error("the content is not the one that was read")]
    OtherContent,
    #[error("findings of level error are left")]
    Blocked,
}

impl From<DbErr> for Denied {
    fn from(error: DbErr) -> Self {
        Self::Refused(error.into())
    }
}

impl Denied {
    pub(super) fn field(name: &str, message: impl Into<String>) -> Self {
        Self::Refused(Refusal::Invalid(BTreeMap::from([(name.to_owned(), message.into())])))
    }
}

/// Hands a notice in. With a reason for a hurry, one signature approves it and the third review is owed.
///
/// # Errors
/// [`Denied::Blocked`] when errors are left; 422 on `reasons.KEY` for each warning without a reason.
pub async fn hand_in(
    db: &impl ConnectionTrait,
    deed: &Deed,
    findings: &Findings,
    reasons: &Reasons,
    urgent: Option<&str>,
) -> Result<Notice, Denied> {
    let notice = notices::find(db, deed.account, deed.id).await?.ok_or(Refusal::NotFound)?;
    let content = desk::content_of(db, deed.account, deed.id, notice.revision).await?;
    let lacks = content.lacks();
    if !lacks.is_empty() {
        return Err(Refusal::Invalid(lacks).into());
    }
    let (reviews, _) = store::setting(db, deed.account).await?;
    if urgent.is_some() && reviews == LEAST_REVIEWS {
        return Err(Denied::field("urgent", texts::NOTHING_TO_HURRY));
    }
    let mut round = open_round(db, deed.account, deed.id, deed.now).await?;
    settle(&mut round, findings, reasons)?;
    if notice.changed_by != NOBODY && store::seats(db, deed.account, round.id).await?.is_empty() {
        seat_author(db, &round, &notice, notice.changed_by, deed.now).await?;
    }
    round.urgent_reason = urgent.map(str::to_owned);
    round.urgent_by = urgent.map(|_| deed.person);
    store::put_round(db, &round).await?;
    let notice = desk::step(db, deed, Action::Submit).await?;
    let kind = if urgent.is_some() { Kind::Urgent } else { Kind::Submit };
    note(db, &notice, deed.person, kind, urgent.map(str::to_owned), deed.now).await?;
    Ok(notice)
}

/// A signature for what has this hash.
///
/// # Errors
/// As [`hand_in`]; [`Denied::SamePerson`] when the person wrote it or has signed it before.
pub async fn sign(
    db: &impl ConnectionTrait,
    deed: &Deed,
    hash: &str,
    (findings, reasons): (&Findings, &Reasons),
    opinion: Option<&str>,
    can: impl Fn(Ability) -> bool,
) -> Result<Notice, Denied> {
    let notice = notices::find(db, deed.account, deed.id).await?.ok_or(Refusal::NotFound)?;
    let stage = Stage::of(notice.state).ok_or(Refusal::NotNow)?;
    let (reviews, _) = store::setting(db, deed.account).await?;
    let mut round = store::round(db, deed.account, deed.id).await?.ok_or(Refusal::NotNow)?;
    let is_urgent = round.urgent_reason.is_some();
    if !can(stage.asks_for(reviews, is_urgent)) {
        return Err(Denied::NotAllowed);
    }
    if hash != notice.content_hash {
        return Err(Denied::OtherContent);
    }
    settle(&mut round, findings, reasons)?;
    take_seat(db, &round, &notice, deed.person, stage.as_str(), opinion, deed.now).await?;
    let is_last = stage.is_last(reviews, is_urgent);
    if is_last && is_urgent {
        round.late_revision = Some(notice.revision);
        round.late_hash = Some(notice.content_hash.clone());
        round.late_due_at = Some(deed.now.plus_millis(LATE_MILLIS).millis());
        round.late_done_at = None;
    }
    store::put_round(db, &round).await?;
    let notice =
        if is_last { desk::approve(db, deed).await? } else { desk::step(db, deed, Action::Pass).await? };
    let seat = Some(stage.as_str().to_owned());
    let step = step::Model { seat, ..line(&notice, deed.person, Kind::Sign, deed.now) };
    store::add_step(db, step::Model { text: opinion.map(str::to_owned), ..step }).await?;
    Ok(notice)
}

/// The third review of what was approved in a hurry. What residents see does not change by it.
///
/// # Errors
/// [`Refusal::NotNow`] when none is owed.
pub async fn sign_late(
    db: &impl ConnectionTrait,
    deed: &Deed,
    number: i64,
    hash: &str,
    opinion: Option<&str>,
    can: impl Fn(Ability) -> bool,
) -> Result<(), Denied> {
    if !can(Ability::Publish) {
        return Err(Denied::NotAllowed);
    }
    let notice = notices::find(db, deed.account, deed.id).await?.ok_or(Refusal::NotFound)?;
    let round = store::round_numbered(db, deed.account, deed.id, number).await?.ok_or(Refusal::NotFound)?;
    let (Some(_), None, Some(revision), Some(owed)) =
        (round.late_due_at, round.late_done_at, round.late_revision, round.late_hash.clone())
    else {
        return Err(Refusal::NotNow.into());
    };
    if owed != hash {
        return Err(Denied::OtherContent);
    }
    let notice = Notice { revision, content_hash: owed, ..notice };
    let third = Stage::Third.as_str();
    take_seat(db, &round, &notice, deed.person, third, opinion, deed.now).await?;
    store::put_round(db, &round::Model { late_done_at: Some(deed.now.millis()), ..round }).await?;
    let step =
        step::Model { seat: Some(third.into()), ..line(&notice, deed.person, Kind::SignLate, deed.now) };
    store::add_step(db, step::Model { text: opinion.map(str::to_owned), ..step }).await?;
    Ok(())
}

/// Gives a notice back with a word on what is to be done. Whoever wrote it may take it back without one.
///
/// # Errors
/// 422 on `text` when a reviewer says nothing.
pub async fn give_back(
    db: &impl ConnectionTrait,
    deed: &Deed,
    text: Option<&str>,
    can: impl Fn(Ability) -> bool,
) -> Result<Notice, Denied> {
    let notice = notices::find(db, deed.account, deed.id).await?.ok_or(Refusal::NotFound)?;
    let (reviews, _) = store::setting(db, deed.account).await?;
    let mut round = open_round(db, deed.account, deed.id, deed.now).await?;
    let seats = store::seats(db, deed.account, round.id).await?;
    let is_own = seats.iter().any(|seat| seat.person_id == deed.person && is_author(seat));
    let asks_for = match Stage::of(notice.state) {
        Some(stage) => stage.asks_for(reviews, round.urgent_reason.is_some()),
        None => Ability::Publish,
    };
    if !(is_own || can(asks_for)) {
        return Err(Denied::NotAllowed);
    }
    if text.is_none() && !is_own {
        return Err(Denied::field("text", texts::SAY_WHY));
    }
    let revision = notice.revision;
    let notice = desk::step(db, deed, Action::SendBack).await?;
    store::clear_reviews(db, deed.account, round.id).await?;
    forget_hurry(&mut round, notice.live_revision == Some(revision));
    store::put_round(db, &round).await?;
    let kind = if is_own { Kind::Recall } else { Kind::SendBack };
    note(db, &notice, deed.person, kind, text.map(str::to_owned), deed.now).await?;
    Ok(notice)
}

/// A notice was begun by this person.
pub async fn authored(db: &impl ConnectionTrait, notice: &Notice, now: Timestamp) -> Result<(), DbErr> {
    if notice.created_by == NOBODY {
        return Ok(());
    }
    let round = open_round(db, notice.account_id, notice.id, now).await?;
    seat_author(db, &round, notice, notice.created_by, now).await
}

/// A notice was begun with what another one says: whoever ever wrote that wrote the copy, too.
pub async fn copied(
    db: &impl ConnectionTrait,
    original: i64,
    copy: &Notice,
    now: Timestamp,
) -> Result<(), DbErr> {
    let round = open_round(db, copy.account_id, copy.id, now).await?;
    for author in store::authors(db, copy.account_id, original).await? {
        seat_author(db, &round, copy, author, now).await?;
    }
    Ok(())
}

/// A notice now says something else, or is worked on again, by this person: who signed did not sign that. What had left
/// the desk begins another round, whose authors are those of its changes; as long as nothing is different from what
/// residents see, and where they see nothing any more, its former authors are authors still.
pub async fn changed(
    db: &impl ConnectionTrait,
    before: &Notice,
    notice: &Notice,
    person: i64,
    now: Timestamp,
) -> Result<(), DbErr> {
    let account = notice.account_id;
    let mut round = open_round(db, account, notice.id, now).await?;
    let seats = store::seats(db, account, round.id).await?;
    let had_left = matches!(before.state, State::Published | State::Withdrawn | State::Expired);
    if had_left && !seats.is_empty() {
        round = store::begin_round(db, account, notice.id, round.number + 1, now).await?;
        if before.state == State::Withdrawn || before.content_hash == notice.content_hash {
            for author in seats.iter().filter(|seat| is_author(seat)) {
                seat_author(db, &round, notice, author.person_id, now).await?;
            }
        }
    } else if !had_left {
        let lost: Vec<Stage> = seats.iter().filter_map(|seat| Stage::parse(&seat.seat)).collect();
        if before.state.is_lost_by_editing() || !lost.is_empty() {
            store::clear_reviews(db, account, round.id).await?;
            forget_hurry(&mut round, false);
            store::put_round(db, &round).await?;
            note(db, notice, person, Kind::Drop, Some(texts::dropped(&lost)), now).await?;
        }
    }
    if person == NOBODY {
        return Ok(());
    }
    seat_author(db, &round, notice, person, now).await
}

/// Writes a line of the history.
pub async fn note(
    db: &impl ConnectionTrait,
    notice: &Notice,
    person: i64,
    kind: Kind,
    text: Option<String>,
    now: Timestamp,
) -> Result<(), DbErr> {
    store::add_step(db, step::Model { text, ..line(notice, person, kind, now) }).await
}

fn line(notice: &Notice, person: i64, kind: Kind, now: Timestamp) -> step::Model {
    step::Model {
        id: 0,
        account_id: notice.account_id,
        notice_id: notice.id,
        at: now.millis(),
        person_id: person,
        kind,
        seat: None,
        revision: notice.revision,
        hash: notice.content_hash.clone(),
        text: None,
    }
}

/// Takes the hurry out of a round. What residents see already is owed its review all the same.
fn forget_hurry(round: &mut round::Model, is_live: bool) {
    round.urgent_reason = None;
    round.urgent_by = None;
    if !is_live && round.late_done_at.is_none() {
        round.late_due_at = None;
        round.late_revision = None;
        round.late_hash = None;
    }
}

async fn open_round(
    db: &impl ConnectionTrait,
    account: AccountId,
    notice: i64,
    now: Timestamp,
) -> Result<round::Model, DbErr> {
    match store::round(db, account, notice).await? {
        Some(round) => Ok(round),
        None => store::begin_round(db, account, notice, 1, now).await,
    }
}

pub(super) fn is_author(seat: &seat::Model) -> bool {
    Stage::parse(&seat.seat).is_none()
}

async fn seat_author(
    db: &impl ConnectionTrait,
    round: &round::Model,
    notice: &Notice,
    person: i64,
    now: Timestamp,
) -> Result<(), DbErr> {
    // Asked first, because what a unique index refuses ends the transaction on Postgres.
    let seats = store::seats(db, round.account_id, round.id).await?;
    if seats.iter().any(|seat| seat.person_id == person) {
        return Ok(());
    }
    store::take_seat(db, new_seat(round, notice, person, format!("author-{person}"), None, now)).await
}

/// A reviewer's seat. That nobody has two is the database's word; here it is only made out what it refused.
async fn take_seat(
    db: &impl ConnectionTrait,
    round: &round::Model,
    notice: &Notice,
    person: i64,
    seat: &str,
    opinion: Option<&str>,
    now: Timestamp,
) -> Result<(), Denied> {
    let seat = new_seat(round, notice, person, seat.into(), opinion, now);
    store::take_seat(db, seat).await.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Denied::SamePerson,
        _ => error.into(),
    })
}

fn new_seat(
    round: &round::Model,
    notice: &Notice,
    person: i64,
    seat: String,
    opinion: Option<&str>,
    now: Timestamp,
) -> seat::Model {
    seat::Model {
        id: 0,
        account_id: round.account_id,
        notice_id: round.notice_id,
        round_id: round.id,
        person_id: person,
        seat,
        revision: notice.revision,
        hash: notice.content_hash.clone(),
        opinion: opinion.map(str::to_owned),
        taken_at: now.millis(),
    }
}

/// Sees to it that nothing found stands in the way: no error is left, and each warning has a reason, an earlier one or one
/// that comes with it. Reasons for what is not found any more are forgotten.
fn settle(round: &mut round::Model, findings: &Findings, given: &Reasons) -> Result<(), Denied> {
    if findings.has_errors() {
        return Err(Denied::Blocked);
    }
    let mut reasons = read_reasons(round);
    let mut faults = BTreeMap::new();
    for (key, reason) in given {
        let reason = reason.trim();
        if reason.chars().count() > LONGEST_REASON {
            faults.insert(format!("reasons.{key}"), texts::too_long(LONGEST_REASON));
        } else if !reason.is_empty() {
            reasons.insert(key.clone(), reason.to_owned());
        }
    }
    let warnings = || findings.findings.iter().filter(|finding| finding.level == Level::Warning);
    reasons.retain(|key, _| warnings().any(|finding| finding.key == *key));
    for finding in warnings() {
        if !reasons.contains_key(&finding.key) {
            faults.entry(format!("reasons.{}", finding.key)).or_insert_with(|| texts::GIVE_A_REASON.into());
        }
    }
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults).into());
    }
    round.reasons = serde_json::to_string(&reasons).unwrap_or_else(|_| "{}".into());
    Ok(())
}

/// The reasons that were given in a round.
pub(super) fn read_reasons(round: &round::Model) -> Reasons {
    serde_json::from_str(&round.reasons).unwrap_or_default()
}
