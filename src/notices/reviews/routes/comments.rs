//! Comments on a notice: pinned to a passage, answered, settled, kept.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::views::Names;
use super::{find, said};
use crate::admin::{Office, Reader, Writer};
use crate::http::{Error, Json, Path, Problem, Result};
use crate::notices::reviews::{Comment, store, texts};

const LONGEST_QUOTE: usize = 500;

/// A comment, with what it is pinned to.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewReviewComment)]
pub struct NewComment {
    text: String,
    /// The comment that this one answers.
    answers: Option<i64>,
    passage: Option<PinnedPassage>,
}

/// A stretch of the body's plain text, counted in characters.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ReviewPassage)]
pub struct PinnedPassage {
    pub start: i64,
    pub end: i64,
    pub quote: String,
}

/// Whether a comment is settled.
#[derive(Deserialize, ToSchema)]
#[schema(as = ReviewCommentSettling)]
pub struct Settling {
    resolved: bool,
}

/// A comment as it is kept.
#[derive(Serialize, ToSchema)]
#[schema(as = ReviewComment)]
pub struct CommentView {
    pub id: i64,
    pub answers: Option<i64>,
    pub name: String,
    /// Unix milliseconds.
    pub at: i64,
    /// The version that it was made on.
    pub revision: i64,
    pub text: String,
    pub passage: Option<PinnedPassage>,
    /// Unix milliseconds.
    pub resolved_at: Option<i64>,
    pub resolved_by: Option<String>,
}

impl CommentView {
    fn new(row: Comment, names: &Names) -> Self {
        let passage = match (row.start_at, row.end_at, row.quote) {
            (Some(start), Some(end), Some(quote)) => Some(PinnedPassage { start, end, quote }),
            _ => None,
        };
        Self {
            id: row.id,
            answers: row.parent_id,
            name: names.get(row.person_id),
            at: row.at,
            revision: row.revision,
            text: row.text,
            passage,
            resolved_at: row.resolved_at,
            resolved_by: row.resolved_by.map(|person| names.get(person)),
        }
    }
}

/// The comments on a notice, in the order in which they came.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/notices/{id}/comments", tag = "reviews",
    params(("account" = String, Path), ("id" = i64, Path)), responses(
    (status = 200, body = Vec<CommentView>), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn list(
    State(office): State<Office>,
    reader: Reader,
    Path((_account, id)): Path<(String, i64)>,
) -> Result<Json<Vec<CommentView>>> {
    find(&office, &reader, id).await?;
    let db = office.app.db.reader();
    let rows = store::comments(db, reader.account_id(), id).await?;
    let mut people: Vec<i64> = rows.iter().map(|row| row.person_id).collect();
    people.extend(rows.iter().filter_map(|row| row.resolved_by));
    let names = Names::of(db, people).await?;
    Ok(Json(rows.into_iter().map(|row| CommentView::new(row, &names)).collect()))
}

/// Comments on a notice, or answers a comment.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/notices/{id}/comments", tag = "reviews",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = NewComment, responses(
    (status = 201, body = CommentView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn add(
    State(office): State<Office>,
    writer: Writer,
    Path((_account, id)): Path<(String, i64)>,
    Json(form): Json<NewComment>,
) -> Result<(StatusCode, Json<CommentView>)> {
    let text = said("text", &form.text, texts::EMPTY)?;
    if let Some(passage) = &form.passage {
        let is_sound = passage.start >= 0 && passage.end > passage.start && !passage.quote.is_empty();
        if !is_sound || passage.quote.chars().count() > LONGEST_QUOTE || form.answers.is_some() {
            return Err(Error::field("passage", texts::BAD_PASSAGE));
        }
    }
    let notice = find(&office, &writer, id).await?;
    let account = writer.account_id();
    let write = office.app.db.begin_write().await?;
    if store::comments(&write, account, id).await?.len() as u64 >= store::MOST_COMMENTS {
        return Err(Error::Conflict("too_many_comments", texts::TOO_MANY_COMMENTS.into()));
    }
    if let Some(parent) = form.answers {
        let parent =
            store::comment(&write, account, id, parent).await?.ok_or(Error::NotFound(texts::COMMENT))?;
        if parent.parent_id.is_some() {
            return Err(Error::field("answers", texts::NOT_AN_ANSWER));
        }
    }
    let passage = form.passage.as_ref();
    let row = Comment {
        id: 0,
        account_id: account,
        notice_id: id,
        parent_id: form.answers,
        person_id: writer.person.id.0,
        at: office.app.clock.now().millis(),
        revision: notice.revision,
        text,
        quote: passage.map(|passage| passage.quote.clone()),
        start_at: passage.map(|passage| passage.start),
        end_at: passage.map(|passage| passage.end),
        resolved_at: None,
        resolved_by: None,
    };
    let row = store::add_comment(&write, row).await?;
    write.commit().await?;
    let names = Names::of(office.app.db.reader(), [row.person_id]).await?;
    Ok((StatusCode::CREATED, Json(CommentView::new(row, &names))))
}

/// Says that a comment is settled, or open again. It is kept either way.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/notices/{id}/comments/{comment}/resolved", tag = "reviews",
    params(("account" = String, Path), ("id" = i64, Path), ("comment" = i64, Path)), request_body = Settling, responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn settle(
    State(office): State<Office>,
    writer: Writer,
    Path((_account, id, comment)): Path<(String, i64, i64)>,
    Json(form): Json<Settling>,
) -> Result<StatusCode> {
    find(&office, &writer, id).await?;
    let account = writer.account_id();
    let write = office.app.db.begin_write().await?;
    let row = store::comment(&write, account, id, comment).await?.ok_or(Error::NotFound(texts::COMMENT))?;
    if row.parent_id.is_some() {
        return Err(Error::field("resolved", texts::NOT_AN_ANSWER));
    }
    let resolved = form.resolved.then(|| (writer.person.id.0, office.app.clock.now()));
    store::resolve_comment(&write, account, comment, resolved).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
