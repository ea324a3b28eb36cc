//! What the reviews look like over the API.

use std::collections::{BTreeMap, HashMap};

use sea_orm::ConnectionTrait;
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::{Ability, Member, Office, PersonId, store as people};
use crate::checks::Findings;
use crate::clock::Timestamp;
use crate::http::Result;
use crate::notices::reviews::deeds::{is_author, read_reasons};
use crate::notices::reviews::{Line, MOST_REVIEWS, Round, Seat, Stage, Step, store};
use crate::notices::{Notice, State, desk, texts as words};

/// Where the reviews of a notice stand.
#[derive(Serialize, ToSchema)]
pub struct ReviewView {
    pub state: State,
    /// To be sent with what is done.
    pub version: i64,
    pub revision: i64,
    /// Of what it says; a signature names it.
    pub hash: String,
    /// How many reviews the account asks for.
    pub reviews: i64,
    /// Why not all three.
    pub fewer_because: String,
    /// Counts the notice's ways to residents.
    pub round: i64,
    pub authors: Vec<AuthorView>,
    pub signatures: Vec<SignatureView>,
    pub findings: Findings,
    /// Why warnings may stay, by the key of the finding.
    pub reasons: BTreeMap<String, String>,
    pub hurry: Option<HurryView>,
    /// Third reviews that are owed, of this round or an earlier one.
    pub late: Option<LateView>,
    pub may: May,
    pub open_comments: usize,
}

/// Somebody who changed what the notice says.
#[derive(Serialize, ToSchema)]
#[schema(as = ReviewAuthor)]
pub struct AuthorView {
    pub person: i64,
    pub name: String,
    /// Unix milliseconds.
    pub since: i64,
}

/// A review that was signed.
#[derive(Serialize, ToSchema)]
#[schema(as = ReviewSignature)]
pub struct SignatureView {
    pub stage: Stage,
    pub person: i64,
    pub name: String,
    /// Unix milliseconds.
    pub at: i64,
    pub revision: i64,
    pub hash: String,
    pub opinion: Option<String>,
}

/// Why one signature was, or is to be, enough for now.
#[derive(Serialize, ToSchema)]
#[schema(as = ReviewHurry)]
pub struct HurryView {
    pub reason: String,
    pub name: String,
}

/// A third review that is owed.
#[derive(Serialize, ToSchema)]
#[schema(as = LateReview)]
pub struct LateView {
    pub notice: i64,
    pub title: String,
    pub round: i64,
    pub revision: i64,
    pub hash: String,
    /// Unix milliseconds.
    pub due_at: i64,
    pub is_overdue: bool,
}

impl LateView {
    pub(super) fn new(notice: &Notice, round: &Round, now: Timestamp) -> Self {
        let due_at = round.late_due_at.unwrap_or_default();
        Self {
            notice: notice.id,
            title: notice.title.clone(),
            round: round.number,
            revision: round.late_revision.unwrap_or_default(),
            hash: round.late_hash.clone().unwrap_or_default(),
            due_at,
            is_overdue: due_at < now.millis(),
        }
    }
}

/// What the asker may do now.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = ReviewMay)]
pub struct May {
    pub submit: bool,
    /// Whether two people can be enough here.
    pub hurry: bool,
    pub sign: Option<Stage>,
    pub send_back: bool,
    /// Take back what one has written oneself.
    pub recall: bool,
    pub sign_late: bool,
    /// Whether only having written or signed it stands in the way.
    pub same_person: bool,
}

/// One line of the history.
#[derive(Serialize, ToSchema)]
#[schema(as = ReviewStepView)]
pub struct StepView {
    pub id: i64,
    /// Unix milliseconds.
    pub at: i64,
    pub kind: Step,
    pub stage: Option<Stage>,
    pub name: String,
    pub revision: i64,
    pub hash: String,
    pub text: Option<String>,
}

impl StepView {
    pub(super) fn new(row: Line, names: &Names) -> Self {
        Self {
            id: row.id,
            at: row.at,
            kind: row.kind,
            stage: row.seat.as_deref().and_then(Stage::parse),
            name: names.get(row.person_id),
            revision: row.revision,
            hash: row.hash,
            text: row.text,
        }
    }
}

/// The names that others see.
pub(super) struct Names(HashMap<PersonId, String>);

impl Names {
    pub(super) async fn of(db: &impl ConnectionTrait, ids: impl IntoIterator<Item = i64>) -> Result<Self> {
        let ids: Vec<PersonId> = ids.into_iter().map(PersonId).collect();
        Ok(Self(people::display_names(db, ids).await?))
    }

    pub(super) fn get(&self, person: i64) -> String {
        if person == desk::NOBODY {
            return words::SYSTEM.into();
        }
        self.0.get(&PersonId(person)).cloned().unwrap_or_else(|| words::UNKNOWN_PERSON.into())
    }
}

pub(super) async fn review_view(
    office: &Office,
    member: &Member,
    notice: &Notice,
    findings: Findings,
) -> Result<ReviewView> {
    let (db, now, account) = (office.app.db.reader(), office.app.clock.now(), member.account_id());
    let (reviews, fewer_because) = store::setting(db, account).await?;
    let round = store::round(db, account, notice.id).await?;
    let seats = match &round {
        Some(round) => store::seats(db, account, round.id).await?,
        None => Vec::new(),
    };
    let hurried = round.as_ref().and_then(|round| round.urgent_by);
    let mut people: Vec<i64> = seats.iter().map(|seat| seat.person_id).collect();
    people.extend(hurried);
    let names = Names::of(db, people).await?;
    let owed = store::owed(db, account).await?.into_iter().find(|round| round.notice_id == notice.id);
    let owed_seats = match &owed {
        Some(round) => store::seats(db, account, round.id).await?,
        None => Vec::new(),
    };
    let comments = store::comments(db, account, notice.id).await?;
    let is_open = |comment: &&crate::notices::reviews::Comment| {
        comment.parent_id.is_none() && comment.resolved_at.is_none()
    };
    let is_urgent = round.as_ref().is_some_and(|round| round.urgent_reason.is_some());
    Ok(ReviewView {
        state: notice.state,
        version: notice.version,
        revision: notice.revision,
        hash: notice.content_hash.clone(),
        reviews,
        fewer_because,
        round: round.as_ref().map_or(1, |round| round.number),
        authors: seats.iter().filter(|seat| is_author(seat)).map(|seat| author(seat, &names)).collect(),
        signatures: seats.iter().filter_map(|seat| signature(seat, &names)).collect(),
        findings,
        reasons: round.as_ref().map(read_reasons).unwrap_or_default(),
        hurry: round.as_ref().and_then(|round| {
            let reason = round.urgent_reason.clone()?;
            Some(HurryView { reason, name: names.get(round.urgent_by.unwrap_or_default()) })
        }),
        late: owed.as_ref().map(|round| LateView::new(notice, round, now)),
        may: may(member, notice, reviews, is_urgent, &seats, owed.is_some().then_some(&owed_seats)),
        open_comments: comments.iter().filter(is_open).count(),
    })
}

fn author(seat: &Seat, names: &Names) -> AuthorView {
    AuthorView { person: seat.person_id, name: names.get(seat.person_id), since: seat.taken_at }
}

fn signature(seat: &Seat, names: &Names) -> Option<SignatureView> {
    Some(SignatureView {
        stage: Stage::parse(&seat.seat)?,
        person: seat.person_id,
        name: names.get(seat.person_id),
        at: seat.taken_at,
        revision: seat.revision,
        hash: seat.hash.clone(),
        opinion: seat.opinion.clone(),
    })
}

fn may(
    member: &Member,
    notice: &Notice,
    reviews: i64,
    is_urgent: bool,
    seats: &[Seat],
    owed: Option<&Vec<Seat>>,
) -> May {
    if notice.deleted_at.is_some() || !member.can(Ability::Write) {
        return May::default();
    }
    let person = member.person.id.0;
    let has_seat = |seats: &[Seat]| seats.iter().any(|seat| seat.person_id == person);
    let is_own = seats.iter().any(|seat| seat.person_id == person && is_author(seat));
    let stage = Stage::of(notice.state);
    let can_sign = stage.is_some_and(|stage| member.can(stage.asks_for(reviews, is_urgent)));
    let can_sign_late = owed.is_some() && member.can(Ability::Publish);
    let is_returnable = stage.is_some() || matches!(notice.state, State::Approved | State::Scheduled);
    let may_send_back = if stage.is_some() { can_sign } else { member.can(Ability::Publish) };
    let is_in_own_way =
        (can_sign && has_seat(seats)) || (can_sign_late && owed.is_some_and(|seats| has_seat(seats)));
    May {
        submit: notice.state == State::Draft,
        hurry: notice.state == State::Draft && reviews > 1 && reviews <= MOST_REVIEWS,
        sign: stage.filter(|_| can_sign && !has_seat(seats)),
        send_back: is_returnable && !is_own && may_send_back,
        recall: is_returnable && is_own,
        sign_late: can_sign_late && !owed.is_some_and(|seats| has_seat(seats)),
        same_person: is_in_own_way,
    }
}
