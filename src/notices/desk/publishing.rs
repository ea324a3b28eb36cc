//! From the last signature to residents, and back.

use std::collections::HashSet;

use sea_orm::ConnectionTrait;

use super::{Deed, Refusal, at_hand, content_of, next_state, put};
use crate::accounts;
use crate::clock::Timestamp;
use crate::content::{self, Article, HTML, html};
use crate::notices::adopting::print;
use crate::notices::content::{Content, EXCERPT_CHARS};
use crate::notices::models::notice;
use crate::notices::reviews::{self, Step};
use crate::notices::states::{Action, State};
use crate::notices::{store, texts};

const MINUTE_MILLIS: i64 = 60_000;
const FARTHEST_MILLIS: i64 = 2 * 366 * 86_400_000;

/// A step of the reviews that does not approve: handing in, passing on, giving back.
///
/// # Errors
/// [`Refusal::NotNow`] when the state does not allow it.
pub async fn step(db: &impl ConnectionTrait, deed: &Deed, action: Action) -> Result<notice::Model, Refusal> {
    match action {
        Action::Submit | Action::Pass | Action::SendBack => (),
        Action::Edit
        | Action::Approve
        | Action::Publish
        | Action::Schedule
        | Action::Unschedule
        | Action::Withdraw
        | Action::Expire
        | Action::Trash => return Err(Refusal::NotNow),
    }
    let mut notice = at_hand(db, deed).await?;
    notice.state = next_state(&notice, action)?;
    if action == Action::SendBack {
        notice.publish_at = None;
        notice.missed = false;
    }
    store::keep_revision(db, deed.account, deed.id, notice.revision).await?;
    put(db, notice).await
}

/// Says that every review is signed that the account asks for. Nothing else makes a notice approved.
///
/// # Errors
/// [`Refusal::NotNow`] when it is not in review.
pub async fn approve(db: &impl ConnectionTrait, deed: &Deed) -> Result<notice::Model, Refusal> {
    let mut notice = at_hand(db, deed).await?;
    notice.state = next_state(&notice, Action::Approve)?;
    store::keep_revision(db, deed.account, deed.id, notice.revision).await?;
    put(db, notice).await
}

/// Shows an approved notice to residents. `moment` is the date that they read.
///
/// # Errors
/// [`Refusal::Invalid`] when something is lacking without which there is no page.
pub async fn publish(
    db: &impl ConnectionTrait,
    deed: &Deed,
    moment: Timestamp,
) -> Result<notice::Model, Refusal> {
    let mut notice = at_hand(db, deed).await?;
    notice.state = next_state(&notice, Action::Publish)?;
    let content = ready(db, &notice, deed.now).await?;
    // A new version of what residents see already keeps its date.
    let since = notice.published_at.filter(|_| notice.live_revision.is_some());
    notice.published_at = Some(since.unwrap_or_else(|| moment.seconds() * 1000));
    notice.publish_at = None;
    notice.missed = false;
    notice.reason = None;
    notice.live_revision = Some(notice.revision);
    notice.expires_at = content.valid_until;
    let article = article_of(&notice, &content);
    notice.live_print = Some(print(&article));
    // First of all the row, so that of two nodes one waits here.
    let notice = put(db, notice).await?;
    reviews::note(db, &notice, deed.person, Step::Publish, None, deed.now).await?;
    store::keep_revision(db, deed.account, deed.id, notice.revision).await?;
    content::store::put_article(db, deed.account, article).await?;
    accounts::store::touch(db, deed.account).await?;
    Ok(notice)
}

/// What is to be published, when nothing is lacking.
async fn ready(
    db: &impl ConnectionTrait,
    notice: &notice::Model,
    now: Timestamp,
) -> Result<Content, Refusal> {
    let content = content_of(db, notice.account_id, notice.id, notice.revision).await?;
    let mut faults = content.lacks();
    let sections = content::store::sections(db, notice.account_id).await?;
    let known: HashSet<&str> = sections.iter().map(|section| section.slug.as_str()).collect();
    if !content.sections.iter().all(|slug| known.contains(slug.as_str())) {
        faults.insert("sections".into(), texts::UNKNOWN_SECTION.into());
    }
    if content.valid_until.is_some_and(|until| until <= now.millis()) {
        faults.insert("valid_until".into(), texts::TIME_IS_PAST.into());
    }
    if faults.is_empty() { Ok(content) } else { Err(Refusal::Invalid(faults)) }
}

/// The article that residents get.
pub fn article_of(notice: &notice::Model, content: &Content) -> Article {
    let json = |words: &[String]| serde_json::Value::from(words.to_vec()).to_string();
    let further = content.sections.get(1..).unwrap_or_default();
    let digest = if content.digest.is_empty() {
        html::excerpt(&content.body_html, EXCERPT_CHARS)
    } else {
        content.digest.clone()
    };
    Article {
        id: 0,
        account_id: notice.account_id,
        section: content.sections.first().cloned().unwrap_or_default(),
        slug: notice.slug.clone(),
        title: content.title.clone(),
        digest,
        published_at: notice.published_at.unwrap_or_default(),
        source: content.source.clone(),
        document_number: content.document_number.clone(),
        valid_from: content.valid_from,
        valid_until: content.valid_until,
        pinned: notice.pinned,
        keywords: json(&content.keywords),
        picture: content.picture.clone(),
        body_source: content.body_html.clone(),
        body_html: content.body_html.clone(),
        author: content.author.clone(),
        cover: content.cover.clone(),
        attachments: match content.attachments.as_slice() {
            [] => None,
            files => serde_json::to_string(files).ok(),
        },
        audience_note: content.audience_note.clone(),
        superseded_by: content.superseded_by.clone(),
        more_sections: (!further.is_empty()).then(|| json(further)),
        format: Some(HTML.into()),
    }
}

/// Sets the time at which an approved notice is published, and perhaps the one at which it is taken back.
///
/// # Errors
/// [`Refusal::Invalid`] when a time is no good, or something is lacking.
pub async fn schedule(
    db: &impl ConnectionTrait,
    deed: &Deed,
    publish_at: i64,
    withdraw_at: Option<i64>,
) -> Result<notice::Model, Refusal> {
    let mut notice = at_hand(db, deed).await?;
    notice.state = next_state(&notice, Action::Schedule)?;
    ready(db, &notice, deed.now).await?;
    let publish_at = minute_ahead("publish_at", publish_at, deed.now)?;
    let withdraw_at = withdraw_at.map(|at| minute_ahead("withdraw_at", at, deed.now)).transpose()?;
    if withdraw_at.is_some_and(|at| at <= publish_at) {
        return Err(Refusal::field("withdraw_at", texts::WITHDRAWN_BEFORE_PUBLISHED));
    }
    notice.publish_at = Some(publish_at);
    notice.withdraw_at = withdraw_at;
    notice.missed = false;
    let notice = put(db, notice).await?;
    let when = Timestamp::from_millis(publish_at).in_shanghai().format("%Y-%m-%d %H:%M").to_string();
    reviews::note(db, &notice, deed.person, Step::Schedule, Some(when), deed.now).await?;
    Ok(notice)
}

/// Times are kept to the minute; they lie ahead, and not too far.
fn minute_ahead(field: &str, moment: i64, now: Timestamp) -> Result<i64, Refusal> {
    let minute = moment.div_euclid(MINUTE_MILLIS) * MINUTE_MILLIS;
    if minute <= now.millis() {
        return Err(Refusal::field(field, texts::TIME_IS_PAST));
    }
    if minute - now.millis() > FARTHEST_MILLIS {
        return Err(Refusal::field(field, texts::TIME_IS_FAR));
    }
    Ok(minute)
}

/// Takes the time away again; the notice stays approved.
///
/// # Errors
/// [`Refusal::NotNow`] when it has none.
pub async fn unschedule(db: &impl ConnectionTrait, deed: &Deed) -> Result<notice::Model, Refusal> {
    let mut notice = at_hand(db, deed).await?;
    notice.state = next_state(&notice, Action::Unschedule)?;
    notice.publish_at = None;
    notice.missed = false;
    if notice.live_revision.is_none() {
        notice.withdraw_at = None;
    }
    let notice = put(db, notice).await?;
    reviews::note(db, &notice, deed.person, Step::Unschedule, None, deed.now).await?;
    Ok(notice)
}

/// Sets or removes the time at which what residents see is taken back.
///
/// # Errors
/// [`Refusal::NotNow`] when they see nothing of it.
pub async fn set_withdrawal(
    db: &impl ConnectionTrait,
    deed: &Deed,
    withdraw_at: Option<i64>,
) -> Result<notice::Model, Refusal> {
    let mut notice = at_hand(db, deed).await?;
    if notice.live_revision.is_none() {
        return Err(Refusal::NotNow);
    }
    notice.withdraw_at = withdraw_at.map(|at| minute_ahead("withdraw_at", at, deed.now)).transpose()?;
    put(db, notice).await
}

/// Takes from residents what they see of a notice.
///
/// # Errors
/// [`Refusal::NotNow`] when they see nothing of it; [`Refusal::Invalid`] without a reason.
pub async fn withdraw(
    db: &impl ConnectionTrait,
    deed: &Deed,
    reason: &str,
) -> Result<notice::Model, Refusal> {
    let reason: String = reason.trim().chars().take(200).collect();
    if reason.is_empty() {
        return Err(Refusal::field("reason", texts::NO_REASON));
    }
    let mut notice = at_hand(db, deed).await?;
    notice.state = next_state(&notice, Action::Withdraw)?;
    notice.live_revision = None;
    notice.live_print = None;
    notice.expires_at = None;
    notice.withdraw_at = None;
    notice.reason = Some(reason);
    let notice = put(db, notice).await?;
    reviews::note(db, &notice, deed.person, Step::Withdraw, notice.reason.clone(), deed.now).await?;
    content::store::remove_article(db, deed.account, &notice.slug).await?;
    accounts::store::touch(db, deed.account).await?;
    Ok(notice)
}

/// Says that the time of what residents see is over. The page itself goes by the time alone, so that it is not touched.
///
/// # Errors
/// [`Refusal::NotNow`] when it is not published, or its time is not over.
pub async fn expire(db: &impl ConnectionTrait, deed: &Deed) -> Result<notice::Model, Refusal> {
    let mut notice = at_hand(db, deed).await?;
    if notice.expires_at.is_none_or(|until| until > deed.now.millis()) {
        return Err(Refusal::NotNow);
    }
    notice.state = next_state(&notice, Action::Expire)?;
    let notice = put(db, notice).await?;
    reviews::note(db, &notice, deed.person, Step::Expire, None, deed.now).await?;
    accounts::store::touch(db, deed.account).await?;
    Ok(notice)
}

/// Says that a notice's time was missed and somebody has to decide.
///
/// # Errors
/// [`Refusal::NotNow`] when it is not scheduled.
pub async fn miss(db: &impl ConnectionTrait, deed: &Deed) -> Result<notice::Model, Refusal> {
    let mut notice = at_hand(db, deed).await?;
    if notice.state != State::Scheduled {
        return Err(Refusal::NotNow);
    }
    notice.missed = true;
    put(db, notice).await
}

/// Puts a notice on top of its lists, or takes it down from there. It is where it stands and not what it says, so that
/// no signature is lost by it.
///
/// # Errors
/// When somebody was faster.
pub async fn pin(db: &impl ConnectionTrait, deed: &Deed, pinned: bool) -> Result<notice::Model, Refusal> {
    let mut notice = at_hand(db, deed).await?;
    notice.pinned = pinned;
    let Some(live) = notice.live_revision else { return put(db, notice).await };
    let content = content_of(db, deed.account, deed.id, live).await?;
    let article = article_of(&notice, &content);
    notice.live_print = Some(print(&article));
    let notice = put(db, notice).await?;
    content::store::put_article(db, deed.account, article).await?;
    accounts::store::touch(db, deed.account).await?;
    Ok(notice)
}
