//! Everybody's, for owners: below `/api/v1/people`.

use axum::extract::State;
use axum::http::StatusCode;

use super::{
    AddedPerson, NewPassword, NewPerson, NewRoles, PeopleFilter, PersonChange, PersonView, Reset, Seen,
    owner as steward,
};
use crate::admin::permissions::Owner;
use crate::admin::{Office, PersonId};
use crate::http::{Json, Page, PageQuery, Path, Problem, Query, Result};

/// People, in the order in which they were added.
#[utoipa::path(get, path = "/api/v1/people", tag = "people", params(PeopleFilter, PageQuery), responses(
    (status = 200, body = Page<PersonView>), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem),
))]
pub async fn list(
    State(office): State<Office>,
    who: Owner,
    Query(filter): Query<PeopleFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<PersonView>>> {
    super::list(&office, &steward(&who), &filter, &page).await
}

/// Adds somebody, who has to change the password at the first sign-in.
#[utoipa::path(post, path = "/api/v1/people", tag = "people", request_body = NewPerson, responses(
    (status = 201, body = AddedPerson), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem),  (status = 413, body = Problem), (status = 422, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn add(
    State(office): State<Office>,
    who: Owner,
    Json(new): Json<NewPerson>,
) -> Result<(StatusCode, Json<AddedPerson>)> {
    super::add(&office, &steward(&who), new).await
}

/// One person.
#[utoipa::path(get, path = "/api/v1/people/{person}", tag = "people", params(("person" = i64, Path)), responses(
    (status = 200, body = PersonView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn show(
    State(office): State<Office>,
    who: Owner,
    Path(person): Path<i64>,
) -> Result<Json<PersonView>> {
    super::show(&office, &steward(&who), PersonId(person)).await
}

/// Changes the name that others see, or whether the person may sign in. Who may not is signed out everywhere.
#[utoipa::path(patch, path = "/api/v1/people/{person}", tag = "people", params(("person" = i64, Path)), request_body = PersonChange, responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn change(
    State(office): State<Office>,
    who: Owner,
    Path(person): Path<i64>,
    Json(change): Json<PersonChange>,
) -> Result<StatusCode> {
    super::change(&office, &steward(&who), PersonId(person), change).await
}

/// Puts roles in the place of the present ones.
#[utoipa::path(put, path = "/api/v1/people/{person}/roles", tag = "people", params(("person" = i64, Path)), request_body = NewRoles, responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn replace_roles(
    State(office): State<Office>,
    who: Owner,
    Path(person): Path<i64>,
    Json(new): Json<NewRoles>,
) -> Result<StatusCode> {
    super::replace_roles(&office, &steward(&who), PersonId(person), new).await
}

/// Sets a password that has to be changed at the next sign-in. All sessions of the person end.
#[utoipa::path(post, path = "/api/v1/people/{person}/password", tag = "people", params(("person" = i64, Path)), request_body = Reset, responses(
    (status = 200, body = NewPassword), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem),
    (status = 422, body = Problem), (status = 429, body = Problem),
))]
pub async fn reset_password(
    State(office): State<Office>,
    who: Owner,
    Path(person): Path<i64>,
    Json(reset): Json<Reset>,
) -> Result<Json<NewPassword>> {
    super::reset_password(&office, &steward(&who), PersonId(person), reset).await
}

/// Takes the second factor away, for who has lost it. All sessions of the person end.
#[utoipa::path(post, path = "/api/v1/people/{person}/factor-reset", tag = "people", params(("person" = i64, Path)), request_body = Seen, responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem),
))]
pub async fn reset_factor(
    State(office): State<Office>,
    who: Owner,
    Path(person): Path<i64>,
    Json(seen): Json<Seen>,
) -> Result<StatusCode> {
    super::reset_factor(&office, &steward(&who), PersonId(person), &seen).await
}
