//! Looking after people: an owner after everybody, an admin after those of one account. The two have the same routes,
//! below `/api/v1` and below an account.

pub mod everybody;
pub mod staff;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::admin::people::{self, RoleIn, Steward};
use crate::admin::permissions::{Manager, Owner};
use crate::admin::store::{self, Account as Row, Listing};
use crate::admin::{Grants, Office, PersonId, texts};
use crate::http::{Error, Json, Page, PageQuery, Problem, Result};

/// Somebody who may sign in, as those see them who look after people.
#[derive(Serialize, ToSchema)]
pub struct PersonView {
    pub id: PersonId,
    pub name: String,
    pub display_name: String,
    pub disabled: bool,
    pub has_totp: bool,
    pub must_change_password: bool,
    /// When they last signed in.
    pub last_seen_at: Option<i64>,
    pub created_at: i64,
    /// Those that the asker gives.
    pub roles: Vec<RoleIn>,
    /// To be sent back with a change.
    pub version: i64,
    /// The asker.
    pub is_self: bool,
    /// Whether the asker may reset the password and lock the person out: not oneself, and nobody who also works elsewhere.
    pub is_whole: bool,
}

/// Which people.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeopleFilter {
    /// Part of a name.
    #[param(max_length = 64)]
    q: Option<String>,
}

/// Somebody new.
#[derive(Deserialize, ToSchema)]
pub struct NewPerson {
    /// To sign in with: 2 to 64 of a-z, 0-9, `-`, `_` and `.`.
    name: String,
    display_name: String,
    /// A random one is made when it is missing. It has to be changed at the first sign-in.
    password: Option<String>,
    roles: Vec<RoleIn>,
}

/// Somebody who was added.
#[derive(Serialize, ToSchema)]
pub struct AddedPerson {
    pub person: PersonView,
    /// The password that was made; shown this once.
    pub password: Option<String>,
}

/// Somebody who is there already, by the exact name, for one more account.
#[derive(Deserialize, ToSchema)]
pub struct Colleague {
    name: String,
    roles: Vec<RoleIn>,
}

/// Roles in the place of those that the sender sees.
#[derive(Deserialize, ToSchema)]
pub struct NewRoles {
    roles: Vec<RoleIn>,
    version: i64,
}

/// What is changed of somebody; what is missing stays.
#[derive(Deserialize, ToSchema)]
pub struct PersonChange {
    display_name: Option<String>,
    disabled: Option<bool>,
    version: i64,
}

/// How somebody signs in from now on.
#[derive(Deserialize, ToSchema)]
pub struct Reset {
    version: i64,
    /// A random one is made when it is missing. It has to be changed at the next sign-in.
    password: Option<String>,
}

/// As the sender saw the person.
#[derive(Deserialize, ToSchema)]
pub struct Seen {
    version: i64,
}

pub(super) fn owner(owner: &Owner) -> Steward {
    Steward { person: owner.person.clone(), who: owner.who(), account: None }
}

pub(super) fn manager(manager: &Manager) -> Steward {
    let (person, account) = (manager.person.clone(), Some(manager.account.clone()));
    Steward { person, who: manager.who(), account }
}

pub(super) async fn list(
    office: &Office,
    steward: &Steward,
    filter: &PeopleFilter,
    page: &PageQuery,
) -> Result<Json<Page<PersonView>>> {
    let db = office.app.db.reader();
    let words = filter.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
    let after = page.after::<1>()?.map_or(0, |[after]| after);
    let account = steward.account.as_ref().map(|account| account.id);
    let listing = Listing { account, words, after, limit: page.limit() + 1 };
    let rows = Page::from_rows(store::list(db, listing).await?, page.limit(), |row| [row.id.0]);
    let ids: Vec<PersonId> = rows.items.iter().map(|row| row.id).collect();
    let all = store::grants_of(db, &ids).await?;
    let grants = |id: PersonId| {
        let own = all.iter().filter(|(person, ..)| *person == id);
        Grants(own.map(|(_, role, place)| (*role, *place)).collect())
    };
    Ok(Json(rows.map(|row| view(office, steward, &row, &grants(row.id)))))
}

fn view(office: &Office, steward: &Steward, row: &Row, grants: &Grants) -> PersonView {
    let is_self = row.id == steward.person.id;
    PersonView {
        id: row.id,
        name: row.name.clone(),
        display_name: row.display_name.clone(),
        disabled: row.disabled,
        has_totp: row.totp_confirmed,
        must_change_password: row.must_change_password,
        last_seen_at: row.last_seen_at,
        created_at: row.created_at,
        roles: people::shown(office, &steward.visible(grants)),
        version: row.version,
        is_self,
        is_whole: !is_self && steward.is_whole(grants),
    }
}

pub(super) async fn show(office: &Office, steward: &Steward, id: PersonId) -> Result<Json<PersonView>> {
    let (row, grants) = steward.find(office.app.db.reader(), id).await?;
    Ok(Json(view(office, steward, &row, &grants)))
}

pub(super) async fn add(
    office: &Office,
    steward: &Steward,
    new: NewPerson,
) -> Result<(StatusCode, Json<AddedPerson>)> {
    let roles = steward.read_roles(office, &new.roles)?;
    let (id, password) =
        steward.add(office, new.name.trim(), &new.display_name, new.password, &roles).await?;
    let Json(person) = show(office, steward, id).await?;
    Ok((StatusCode::CREATED, Json(AddedPerson { person, password })))
}

pub(super) async fn replace_roles(
    office: &Office,
    steward: &Steward,
    id: PersonId,
    new: NewRoles,
) -> Result<StatusCode> {
    let wanted = steward.read_roles(office, &new.roles)?;
    let write = office.app.db.begin_write().await?;
    let (row, grants) = steward.find_to_change(&write, id, new.version).await?;
    steward.replace_roles(office, &write, &row, &grants, &wanted).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn change(
    office: &Office,
    steward: &Steward,
    id: PersonId,
    change: PersonChange,
) -> Result<StatusCode> {
    let write = office.app.db.begin_write().await?;
    let (row, grants) = steward.find_to_change(&write, id, change.version).await?;
    if let Some(name) = change.display_name.as_deref() {
        let name = people::read_display_name(name)?;
        if !steward.is_whole(&grants) {
            return Err(Error::Forbidden(texts::WORKS_ELSEWHERE.into()));
        }
        if name != row.display_name {
            store::rename(&write, id, name).await?;
            // What people are called is theirs: the trail tells that it was changed, and by whom.
            steward.record(office, &write, &row, "person.rename", None, None).await?;
        }
    }
    if let Some(disabled) = change.disabled.filter(|disabled| *disabled != row.disabled) {
        if id == steward.person.id {
            return Err(Error::Denied("oneself", texts::NOT_ONESELF.into()));
        }
        steward.check_whole(id, &grants)?;
        if disabled && grants.is_owner() {
            steward.check_owners(&write, &row).await?;
        }
        store::set_disabled(&write, id, disabled).await?;
        if disabled {
            store::close_all(&write, id, None).await?;
        }
        let (before, after) = (json!({ "disabled": row.disabled }), json!({ "disabled": disabled }));
        let action = if disabled { "person.disable" } else { "person.enable" };
        steward.record(office, &write, &row, action, Some(before), Some(after)).await?;
    }
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn reset_password(
    office: &Office,
    steward: &Steward,
    id: PersonId,
    reset: Reset,
) -> Result<Json<NewPassword>> {
    let (row, grants) = steward.find(office.app.db.reader(), id).await?;
    steward.check_whole(id, &grants)?;
    let (hash, password) = people::choose_password(office, &row.name, reset.password).await?;
    let write = office.app.db.begin_write().await?;
    let (row, grants) = steward.find_to_change(&write, id, reset.version).await?;
    steward.check_whole(id, &grants)?;
    store::set_password(&write, id, &hash, true).await?;
    store::close_all(&write, id, None).await?;
    steward.record(office, &write, &row, "person.reset_password", None, None).await?;
    write.commit().await?;
    Ok(Json(NewPassword { password }))
}

pub(super) async fn reset_factor(
    office: &Office,
    steward: &Steward,
    id: PersonId,
    seen: &Seen,
) -> Result<StatusCode> {
    let write = office.app.db.begin_write().await?;
    let (row, grants) = steward.find_to_change(&write, id, seen.version).await?;
    steward.check_whole(id, &grants)?;
    store::set_factor(&write, id, None).await?;
    store::close_all(&write, id, None).await?;
    steward.record(office, &write, &row, "person.reset_factor", None, None).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A password that was set for somebody.
#[derive(Serialize, ToSchema)]
pub struct NewPassword {
    /// The one that was made; shown this once. None when the sender chose it.
    pub password: Option<String>,
}

/// Gives somebody who works elsewhere roles in this account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/people/colleagues", tag = "people",
    params(("account" = String, Path)), request_body = Colleague, responses(
    (status = 200, body = PersonView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn add_colleague(
    State(office): State<Office>,
    manager: Manager,
    Json(colleague): Json<Colleague>,
) -> Result<Json<PersonView>> {
    let steward = self::manager(&manager);
    let wanted = steward.read_roles(&office, &colleague.roles)?;
    if wanted.is_empty() {
        return Err(Error::field("roles", texts::NO_ROLES));
    }
    let none = || Error::field("name", texts::NO_SUCH_PERSON);
    let name = colleague.name.trim();
    if !crate::admin::is_name(name) {
        return Err(none());
    }
    let write = office.app.db.begin_write().await?;
    store::take_turn(&write).await?;
    let row = store::find_by_name(&write, name).await?.ok_or_else(none)?;
    let grants = store::grants(&write, row.id).await?;
    if !store::count_change(&write, row.id, row.version).await? {
        return Err(Error::stale());
    }
    let wanted = &wanted | &steward.visible(&grants);
    steward.replace_roles(&office, &write, &row, &grants, &wanted).await?;
    write.commit().await?;
    show(&office, &steward, row.id).await
}
