//! The reviews in the console: what stands where, handing in, signing, giving back.

pub mod comments;
pub mod settings;
mod views;

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

pub use self::views::{LateView, ReviewView, StepView};
use self::views::{Names, review_view};
use super::checking::look_through;
use super::deeds::Denied;
use super::{deeds, store, texts};
use crate::admin::audit::{self, Entry};
use crate::admin::{Member, Office, Reader, Writer};
use crate::checks::{Findings, Segmenter};
use crate::clock::Timestamp;
use crate::http::{Error, Json, Page, PageQuery, Path, Problem, Query, Result};
use crate::notices::desk::{self, Deed, Refusal};
use crate::notices::{Content, Notice, store as notices, texts as words};

const LONGEST_TEXT: usize = 500;

/// A notice is handed in.
#[derive(Deserialize, ToSchema)]
#[schema(as = ReviewHandIn)]
pub struct HandIn {
    version: i64,
    /// Why warnings may stay, by the key of the finding.
    #[serde(default)]
    reasons: BTreeMap<String, String>,
    /// Why it cannot wait for three; then one signature is enough, and the third review is owed within a day.
    urgent: Option<String>,
}

/// A signature.
#[derive(Deserialize, ToSchema)]
#[schema(as = ReviewSigning)]
pub struct Signing {
    version: i64,
    /// The hash of what was read.
    hash: String,
    /// Reasons for warnings that have come up since.
    #[serde(default)]
    reasons: BTreeMap<String, String>,
    opinion: Option<String>,
}

/// A notice is given back, or taken back by who wrote it.
#[derive(Deserialize, ToSchema)]
#[schema(as = ReviewGiveBack)]
pub struct GiveBack {
    version: i64,
    text: Option<String>,
}

/// The third review after an approval in a hurry.
#[derive(Deserialize, ToSchema)]
#[schema(as = LateReviewSigning)]
pub struct LateSigning {
    round: i64,
    hash: String,
    opinion: Option<String>,
}

/// Where the reviews of a notice stand, what a machine finds in it, and what the asker may do.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/notices/{id}/review", tag = "reviews",
    params(("account" = String, Path), ("id" = i64, Path)), responses(
    (status = 200, body = ReviewView), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn show(
    State(office): State<Office>,
    State(segmenter): State<Segmenter>,
    reader: Reader,
    Path((_account, id)): Path<(String, i64)>,
) -> Result<Json<ReviewView>> {
    view(&office, &segmenter, &reader, id).await
}

/// Looks through what a notice would say, without keeping it.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/checks", tag = "reviews",
    params(("account" = String, Path)), request_body = Content, responses(
    (status = 200, body = Findings), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn check(
    State(office): State<Office>,
    State(segmenter): State<Segmenter>,
    writer: Writer,
    Json(content): Json<Content>,
) -> Result<Json<Findings>> {
    let content = content.clean().map_err(Error::Invalid)?;
    let (db, now) = (office.app.db.reader(), office.app.clock.now());
    Ok(Json(look_through(db, &segmenter, writer.account_id(), content, now).await?))
}

/// Hands a notice in for its reviews.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/notices/{id}/submit", tag = "reviews",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = HandIn, responses(
    (status = 200, body = ReviewView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn hand_in(
    State(office): State<Office>,
    State(segmenter): State<Segmenter>,
    writer: Writer,
    Path((_account, id)): Path<(String, i64)>,
    Json(form): Json<HandIn>,
) -> Result<Json<ReviewView>> {
    let urgent = form.urgent.as_deref().map(|text| said("urgent", text, texts::URGENT_REASON)).transpose()?;
    let (notice, findings) = looked_through(&office, &segmenter, &writer, id).await?;
    let deed = deed(&office, &writer, id, form.version);
    let write = office.app.db.begin_write().await?;
    let done = deeds::hand_in(&write, &deed, &findings, &form.reasons, urgent.as_deref()).await;
    let done = done.map_err(refused)?;
    record(&write, &writer, "notice.submit", &notice, &done, json!({ "urgent": urgent }), deed.now).await?;
    write.commit().await?;
    view(&office, &segmenter, &writer, id).await
}

/// Signs a review.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/notices/{id}/sign", tag = "reviews",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = Signing, responses(
    (status = 200, body = ReviewView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn sign(
    State(office): State<Office>,
    State(segmenter): State<Segmenter>,
    writer: Writer,
    Path((_account, id)): Path<(String, i64)>,
    Json(form): Json<Signing>,
) -> Result<Json<ReviewView>> {
    let opinion = optional("opinion", form.opinion.as_deref())?;
    let (notice, findings) = looked_through(&office, &segmenter, &writer, id).await?;
    let deed = deed(&office, &writer, id, form.version);
    let write = office.app.db.begin_write().await?;
    let found = (&findings, &form.reasons);
    let done =
        deeds::sign(&write, &deed, &form.hash, found, opinion.as_deref(), |ability| writer.can(ability))
            .await;
    let done = done.map_err(refused)?;
    record(&write, &writer, "notice.sign", &notice, &done, json!({ "hash": form.hash }), deed.now).await?;
    write.commit().await?;
    view(&office, &segmenter, &writer, id).await
}

/// Gives a notice back to its authors; an author takes it back.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/notices/{id}/send-back", tag = "reviews",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = GiveBack, responses(
    (status = 200, body = ReviewView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn give_back(
    State(office): State<Office>,
    State(segmenter): State<Segmenter>,
    writer: Writer,
    Path((_account, id)): Path<(String, i64)>,
    Json(form): Json<GiveBack>,
) -> Result<Json<ReviewView>> {
    let text = optional("text", form.text.as_deref())?;
    let before = find(&office, &writer, id).await?;
    let deed = deed(&office, &writer, id, form.version);
    let write = office.app.db.begin_write().await?;
    let done = deeds::give_back(&write, &deed, text.as_deref(), |ability| writer.can(ability)).await;
    let done = done.map_err(refused)?;
    record(&write, &writer, "notice.send_back", &before, &done, Value::Null, deed.now).await?;
    write.commit().await?;
    view(&office, &segmenter, &writer, id).await
}

/// Signs the third review of what was approved in a hurry.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/notices/{id}/sign-late", tag = "reviews",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = LateSigning, responses(
    (status = 200, body = ReviewView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn sign_late(
    State(office): State<Office>,
    State(segmenter): State<Segmenter>,
    writer: Writer,
    Path((_account, id)): Path<(String, i64)>,
    Json(form): Json<LateSigning>,
) -> Result<Json<ReviewView>> {
    let opinion = optional("opinion", form.opinion.as_deref())?;
    let notice = find(&office, &writer, id).await?;
    let deed = deed(&office, &writer, id, notice.version);
    let write = office.app.db.begin_write().await?;
    let can = |ability| writer.can(ability);
    let done = deeds::sign_late(&write, &deed, form.round, &form.hash, opinion.as_deref(), can).await;
    done.map_err(refused)?;
    record(&write, &writer, "notice.sign_late", &notice, &notice, json!({ "hash": form.hash }), deed.now)
        .await?;
    write.commit().await?;
    view(&office, &segmenter, &writer, id).await
}

/// The history of a notice, latest first.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/notices/{id}/steps", tag = "reviews",
    params(("account" = String, Path), ("id" = i64, Path), PageQuery), responses(
    (status = 200, body = Page<StepView>), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn steps(
    State(office): State<Office>,
    reader: Reader,
    Path((_account, id)): Path<(String, i64)>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<StepView>>> {
    find(&office, &reader, id).await?;
    let db = office.app.db.reader();
    let before = page.after::<1>()?.map(|[before]| before);
    let rows = store::steps(db, reader.account_id(), id, before, page.limit() + 1).await?;
    let people: Vec<i64> = rows.iter().map(|row| row.person_id).collect();
    let names = Names::of(db, people).await?;
    Ok(Json(Page::from_rows(rows, page.limit(), |row| [row.id]).map(|row| StepView::new(row, &names))))
}

/// Notices that were approved in a hurry and whose third review is owed.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/late-reviews", tag = "reviews",
    params(("account" = String, Path)), responses(
    (status = 200, body = Vec<LateView>), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn late(State(office): State<Office>, reader: Reader) -> Result<Json<Vec<LateView>>> {
    let (db, now) = (office.app.db.reader(), office.app.clock.now());
    let mut owed = Vec::new();
    for round in store::owed(db, reader.account_id()).await? {
        if let Some(notice) = notices::find(db, reader.account_id(), round.notice_id).await? {
            owed.push(LateView::new(&notice, &round, now));
        }
    }
    Ok(Json(owed))
}

async fn view(office: &Office, segmenter: &Segmenter, member: &Member, id: i64) -> Result<Json<ReviewView>> {
    let (notice, findings) = looked_through(office, segmenter, member, id).await?;
    Ok(Json(review_view(office, member, &notice, findings).await?))
}

async fn looked_through(
    office: &Office,
    segmenter: &Segmenter,
    member: &Member,
    id: i64,
) -> Result<(Notice, Findings)> {
    let notice = find(office, member, id).await?;
    let (db, now) = (office.app.db.reader(), office.app.clock.now());
    let content = desk::content_of(db, member.account_id(), id, notice.revision).await;
    let content = content.map_err(|refusal| refused(refusal.into()))?;
    let findings = look_through(db, segmenter, member.account_id(), content, now).await?;
    Ok((notice, findings))
}

pub(super) async fn find(office: &Office, member: &Member, id: i64) -> Result<Notice> {
    let notice = notices::find(office.app.db.reader(), member.account_id(), id).await?;
    notice.ok_or(Error::NotFound(words::NOTICE))
}

fn deed(office: &Office, member: &Member, id: i64, version: i64) -> Deed {
    let now = office.app.clock.now();
    Deed { account: member.account_id(), id, version, person: member.person.id.0, now }
}

async fn record(
    db: &impl sea_orm::ConnectionTrait,
    member: &Member,
    action: &'static str,
    before: &Notice,
    after: &Notice,
    more: Value,
    now: Timestamp,
) -> Result<()> {
    let entry = Entry {
        account: Some(member.account_id()),
        action,
        subject: Some(("notice", after.id)),
        title: &after.title,
        before: Some(json!({ "state": before.state, "revision": before.revision })),
        after: Some(json!({ "state": after.state, "revision": after.revision, "more": more })),
    };
    audit::record(db, &member.who(), entry, now).await?;
    Ok(())
}

/// What somebody says, where something must be said.
fn said(field: &str, text: &str, missing: &str) -> Result<String> {
    optional(field, Some(text))?.ok_or_else(|| Error::field(field, missing))
}

fn optional(field: &str, text: Option<&str>) -> Result<Option<String>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > LONGEST_TEXT) {
        return Err(Error::field(field, texts::too_long(LONGEST_TEXT)));
    }
    Ok(text.map(str::to_owned))
}

/// What a client is told.
pub(super) fn refused(denied: Denied) -> Error {
    match denied {
        Denied::SamePerson => Error::Conflict("same_person", texts::SAME_PERSON.into()),
        Denied::NotAllowed => Error::Forbidden(texts::NOT_ALLOWED.into()),
        Denied::OtherContent => Error::Conflict("other_content", texts::OTHER_CONTENT.into()),
        Denied::Blocked => Error::Conflict("blocked", texts::BLOCKED.into()),
        Denied::Refused(Refusal::NotFound) => Error::NotFound(words::NOTICE),
        Denied::Refused(Refusal::Stale { .. }) => Error::stale(),
        Denied::Refused(Refusal::NotNow) => Error::Conflict("not_now", words::NOT_NOW.into()),
        Denied::Refused(Refusal::Drops) => {
            Error::Conflict("drops_signatures", words::DROPS_SIGNATURES.into())
        }
        Denied::Refused(Refusal::Invalid(faults)) => Error::Invalid(faults),
        Denied::Refused(Refusal::Database(error)) => error.into(),
    }
}
