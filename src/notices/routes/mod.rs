//! The desk in the console's API.

pub mod editing;
pub mod listing;
pub mod presence;
pub mod preview;
pub mod publishing;
pub mod revisions;
mod views;

use sea_orm::DatabaseTransaction;
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

pub use self::views::{NoticeView, PersonView};
use super::desk::{Deed, Refusal};
use super::{Notice, store, texts};
use crate::admin::audit::{self, Entry};
use crate::admin::permissions::Member;
use crate::admin::{self, Office, PersonId};
use crate::clock::Timestamp;
use crate::http::{Error, Json, Result};

/// Which version of a notice the sender has seen.
#[derive(Deserialize, ToSchema)]
#[schema(as = NoticeSeen)]
pub struct Seen {
    pub version: i64,
}

/// As [`Seen`], behind the question mark.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SeenQuery {
    /// The version of the notice that the sender has seen.
    pub version: i64,
}

/// Who does something to a notice now.
fn deed(office: &Office, member: &Member, id: i64, version: i64) -> Deed {
    Deed {
        account: member.account_id(),
        id,
        version,
        person: member.person.id.0,
        now: office.app.clock.now(),
    }
}

/// What the sender is told when it was not done.
async fn refused(office: &Office, refusal: Refusal) -> Error {
    match refusal {
        Refusal::NotFound => Error::NotFound(texts::NOTICE),
        Refusal::NotNow => Error::Conflict("not_now", texts::NOT_NOW.into()),
        Refusal::Drops => Error::Conflict("drops_signatures", texts::DROPS_SIGNATURES.into()),
        Refusal::Invalid(faults) => Error::Invalid(faults),
        Refusal::Database(error) => error.into(),
        Refusal::Stale { person, at } => {
            let names = admin::store::display_names(office.app.db.reader(), [PersonId(person)])
                .await
                .unwrap_or_default();
            let name = names.get(&PersonId(person)).map_or(texts::SYSTEM, String::as_str);
            let at = Timestamp::from_millis(at).in_shanghai().format("%m月%d日%H:%M").to_string();
            Error::Conflict("stale", texts::stale(name, &at))
        }
    }
}

/// What was there before a change; its state is in the trail, its text in the versions.
struct Before {
    state: &'static str,
    revision: i64,
}

impl Before {
    async fn of(office: &Office, member: &Member, id: i64) -> Result<Self> {
        let notice = store::find(office.app.db.reader(), member.account_id(), id).await?;
        let notice = notice.ok_or(Error::NotFound(texts::NOTICE))?;
        Ok(Self { state: notice.state.as_str(), revision: notice.revision })
    }
}

/// Notes in the trail what was done to a notice.
async fn note(
    office: &Office,
    write: &DatabaseTransaction,
    member: &Member,
    action: &str,
    before: Option<&Before>,
    notice: &Notice,
) -> Result<()> {
    let entry = Entry {
        account: Some(notice.account_id),
        action,
        subject: Some(("notice", notice.id)),
        title: &notice.title,
        before: before.map(|before| json!({ "state": before.state, "revision": before.revision })),
        after: Some(json!({
            "state": notice.state.as_str(),
            "revision": notice.revision,
            "live_revision": notice.live_revision,
            "publish_at": notice.publish_at,
            "withdraw_at": notice.withdraw_at,
            "reason": notice.reason,
            "pinned": notice.pinned,
            "hash": notice.content_hash,
        })),
    };
    audit::record(write, &member.who(), entry, office.app.clock.now()).await?;
    Ok(())
}

/// Commits, tells the nodes, and shows the notice as it is now.
async fn done(
    office: &Office,
    write: DatabaseTransaction,
    member: &Member,
    notice: &Notice,
) -> Result<Json<NoticeView>> {
    write.commit().await?;
    office.app.kv.tell_changed().await;
    views::notice(office, member, notice).await.map(Json)
}
