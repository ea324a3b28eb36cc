//! Tags: made, renamed, removed, and given to many at once.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::people::OneOf;
use crate::admin::Office;
use crate::admin::audit::{self, Entry};
use crate::admin::permissions::{Agent, Manager, Member};
use crate::http::{Error, Json, OrConflict, Path, Problem, Result};
use crate::subscribers::store::{self, Tag};
use crate::subscribers::texts;
use sea_orm::DatabaseTransaction;

const MOST_TAGS: usize = 100;
const MOST_NAME: usize = 15;
/// So many people are tagged at once.
const MOST_PEOPLE: usize = 500;

#[derive(Serialize, ToSchema)]
pub struct TagView {
    id: i64,
    name: String,
}

impl From<Tag> for TagView {
    fn from(tag: Tag) -> Self {
        Self { id: tag.id, name: tag.name }
    }
}

#[derive(Deserialize, ToSchema)]
pub struct TagInput {
    #[schema(max_length = 15)]
    name: String,
}

impl TagInput {
    fn checked(&self) -> Result<String> {
        let name = self.name.trim();
        if name.is_empty() {
            return Err(Error::field("name", texts::NO_NAME));
        }
        if name.chars().count() > MOST_NAME || name.chars().any(char::is_control) {
            return Err(Error::field("name", texts::LONG_NAME));
        }
        Ok(name.into())
    }
}

/// Who is meant.
#[derive(Deserialize, ToSchema)]
pub struct People {
    /// Ids of followers.
    #[schema(min_items = 1, max_items = 500)]
    ids: Vec<i64>,
}

/// How many it was done to.
#[derive(Serialize, ToSchema)]
pub struct Done {
    count: u64,
}

/// The account's tags, by name.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/followers/tags", tag = "followers", params(("account" = String, Path)),
    responses((status = 200, body = Vec<TagView>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(State(office): State<Office>, agent: Agent) -> Result<Json<Vec<TagView>>> {
    let tags = store::tags(office.app.db.reader(), agent.account_id()).await?;
    Ok(Json(tags.into_iter().map(TagView::from).collect()))
}

/// Makes a tag.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/followers/tags", tag = "followers", params(("account" = String, Path)), request_body = TagInput,
    responses((status = 201, body = TagView), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn create(
    State(office): State<Office>,
    manager: Manager,
    Json(input): Json<TagInput>,
) -> Result<(StatusCode, Json<TagView>)> {
    let name = input.checked()?;
    let write = office.app.db.begin_write().await?;
    if store::tags(&write, manager.account_id()).await?.len() >= MOST_TAGS {
        return Err(Error::Conflict("full", texts::FULL.into()));
    }
    let added = store::add_tag(&write, manager.account_id(), &name).await;
    let id = added.or_taken("name", texts::TAKEN)?;
    note(&office, &manager, &write, "tag.create", id, &name, None).await?;
    write.commit().await?;
    Ok((StatusCode::CREATED, Json(TagView { id, name })))
}

/// Gives a tag another name.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/followers/tags/{id}", tag = "followers", params(OneOf), request_body = TagInput,
    responses((status = 200, body = TagView), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn rename(
    State(office): State<Office>,
    manager: Manager,
    Path(one): Path<OneOf>,
    Json(input): Json<TagInput>,
) -> Result<Json<TagView>> {
    let name = input.checked()?;
    let write = office.app.db.begin_write().await?;
    let renamed = store::rename_tag(&write, manager.account_id(), one.id, &name).await;
    if !renamed.or_taken("name", texts::TAKEN)? {
        return Err(Error::NotFound(texts::TAG));
    }
    note(&office, &manager, &write, "tag.rename", one.id, &name, None).await?;
    write.commit().await?;
    Ok(Json(TagView { id: one.id, name }))
}

/// Removes a tag, also from those who have it.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}/followers/tags/{id}", tag = "followers", params(OneOf),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn remove(
    State(office): State<Office>,
    manager: Manager,
    Path(one): Path<OneOf>,
) -> Result<StatusCode> {
    let write = office.app.db.begin_write().await?;
    let tag = find(&write, &manager, one.id).await?;
    store::remove_tag(&write, manager.account_id(), one.id).await?;
    note(&office, &manager, &write, "tag.remove", one.id, &tag.name, None).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a tag to many.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/followers/tags/{id}/give", tag = "followers", params(OneOf), request_body = People,
    responses((status = 200, body = Done), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn give(
    State(office): State<Office>,
    manager: Manager,
    Path(one): Path<OneOf>,
    Json(people): Json<People>,
) -> Result<Json<Done>> {
    let ids = people.checked()?;
    let write = office.app.db.begin_write().await?;
    let tag = find(&write, &manager, one.id).await?;
    let count = store::tag_followers(&write, manager.account_id(), tag.id, ids).await? as u64;
    note(&office, &manager, &write, "tag.give", tag.id, &tag.name, Some(count)).await?;
    write.commit().await?;
    Ok(Json(Done { count }))
}

/// Takes a tag from many.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/followers/tags/{id}/take", tag = "followers", params(OneOf), request_body = People,
    responses((status = 200, body = Done), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn take(
    State(office): State<Office>,
    manager: Manager,
    Path(one): Path<OneOf>,
    Json(people): Json<People>,
) -> Result<Json<Done>> {
    let ids = people.checked()?;
    let write = office.app.db.begin_write().await?;
    let tag = find(&write, &manager, one.id).await?;
    let count = store::untag_followers(&write, manager.account_id(), tag.id, ids).await?;
    note(&office, &manager, &write, "tag.take", tag.id, &tag.name, Some(count)).await?;
    write.commit().await?;
    Ok(Json(Done { count }))
}

impl People {
    fn checked(&self) -> Result<&[i64]> {
        if self.ids.is_empty() || self.ids.len() > MOST_PEOPLE {
            return Err(Error::field("ids", texts::NOBODY));
        }
        Ok(&self.ids)
    }
}

async fn find(write: &DatabaseTransaction, manager: &Member, id: i64) -> Result<Tag> {
    let tags = store::tags(write, manager.account_id()).await?;
    tags.into_iter().find(|tag| tag.id == id).ok_or(Error::NotFound(texts::TAG))
}

async fn note(
    office: &Office,
    manager: &Member,
    write: &DatabaseTransaction,
    action: &str,
    id: i64,
    name: &str,
    people: Option<u64>,
) -> Result<()> {
    let entry = Entry {
        account: Some(manager.account_id()),
        action,
        subject: Some(("tag", id)),
        title: name,
        after: people.map(|people| json!({ "people": people })),
        ..Entry::default()
    };
    audit::record(write, &manager.who(), entry, office.app.clock.now()).await?;
    Ok(())
}
