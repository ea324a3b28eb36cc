//! Notices as the API shows them.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::permissions::Member;
use crate::admin::{self, Office, PersonId};
use crate::http::Result;
use crate::notices::desk::{self, NOBODY};
use crate::notices::store::{Row, Version};
use crate::notices::{Content, Faults, Notice, RevisionKind, State, section_list, texts};

/// Somebody who works at the desk; 0 is the program itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NoticePerson)]
pub struct PersonView {
    pub id: i64,
    pub name: String,
}

/// The names of people.
pub(super) struct Names(HashMap<PersonId, String>);

impl Names {
    pub(super) async fn of(office: &Office, ids: impl IntoIterator<Item = i64>) -> Result<Self> {
        let ids = ids.into_iter().map(PersonId);
        Ok(Self(admin::store::display_names(office.app.db.reader(), ids).await?))
    }

    pub(super) fn show(&self, id: i64) -> PersonView {
        let known = self.0.get(&PersonId(id)).map(String::as_str);
        let unknown = if id == NOBODY { texts::SYSTEM } else { texts::UNKNOWN_PERSON };
        PersonView { id, name: known.unwrap_or(unknown).to_owned() }
    }
}

/// A notice in a list.
#[derive(Serialize, ToSchema)]
pub struct NoticeRow {
    pub id: i64,
    pub slug: String,
    pub state: State,
    pub version: i64,
    pub title: String,
    pub sections: Vec<String>,
    /// The picture of its card, by its name in the media library.
    pub cover: Option<String>,
    /// Whether residents see a version of it, and which.
    pub live_revision: Option<i64>,
    pub revision: i64,
    pub created_by: PersonView,
    pub changed_by: PersonView,
    /// Unix milliseconds, as all moments.
    pub created_at: i64,
    pub changed_at: i64,
    pub publish_at: Option<i64>,
    pub withdraw_at: Option<i64>,
    pub published_at: Option<i64>,
    pub expires_at: Option<i64>,
    /// Its time was missed, and somebody has to decide.
    pub missed: bool,
    pub pinned: bool,
    pub deleted_at: Option<i64>,
}

pub(super) fn row(row: Row, names: &Names) -> NoticeRow {
    NoticeRow {
        id: row.id,
        slug: row.slug,
        state: row.state,
        version: row.version,
        title: row.title,
        sections: section_list(&row.sections),
        cover: row.cover,
        live_revision: row.live_revision,
        revision: row.revision,
        created_by: names.show(row.created_by),
        changed_by: names.show(row.changed_by),
        created_at: row.created_at,
        changed_at: row.changed_at,
        publish_at: row.publish_at,
        withdraw_at: row.withdraw_at,
        published_at: row.published_at,
        expires_at: row.expires_at,
        missed: row.missed,
        pinned: row.pinned,
        deleted_at: row.deleted_at,
    }
}

/// A notice with what its present version says.
#[derive(Serialize, ToSchema)]
pub struct NoticeView {
    pub id: i64,
    pub slug: String,
    pub state: State,
    /// To be sent with a change.
    pub version: i64,
    pub content: Content,
    /// The hash that signatures are given for.
    pub content_hash: String,
    pub revision: i64,
    /// The version that residents see.
    pub live_revision: Option<i64>,
    pub created_by: PersonView,
    pub changed_by: PersonView,
    /// Unix milliseconds, as all moments.
    pub created_at: i64,
    pub changed_at: i64,
    pub publish_at: Option<i64>,
    pub withdraw_at: Option<i64>,
    pub published_at: Option<i64>,
    pub expires_at: Option<i64>,
    pub missed: bool,
    pub pinned: bool,
    /// Why it was withdrawn.
    pub reason: Option<String>,
    pub deleted_at: Option<i64>,
    /// The page of what residents see.
    pub url: Option<String>,
    /// What is lacking to publish it, by field.
    pub lacks: Faults,
    /// Whether a change takes signatures or a time away; `drops` has to say then that this is known.
    pub drops_signatures: bool,
}

pub(super) async fn notice(office: &Office, member: &Member, notice: &Notice) -> Result<NoticeView> {
    let content =
        desk::content_of(office.app.db.reader(), notice.account_id, notice.id, notice.revision).await;
    let content = match content {
        Ok(content) => content,
        Err(refusal) => return Err(super::refused(office, refusal).await),
    };
    let names = Names::of(office, [notice.created_by, notice.changed_by]).await?;
    let public_url = &office.app.config.public_url;
    let url = format!("{public_url}/h/{}/a/{}", member.account.slug, notice.slug);
    Ok(NoticeView {
        id: notice.id,
        slug: notice.slug.clone(),
        state: notice.state,
        version: notice.version,
        lacks: content.lacks(),
        content,
        content_hash: notice.content_hash.clone(),
        revision: notice.revision,
        live_revision: notice.live_revision,
        created_by: names.show(notice.created_by),
        changed_by: names.show(notice.changed_by),
        created_at: notice.created_at,
        changed_at: notice.changed_at,
        publish_at: notice.publish_at,
        withdraw_at: notice.withdraw_at,
        published_at: notice.published_at,
        expires_at: notice.expires_at,
        missed: notice.missed,
        pinned: notice.pinned,
        reason: notice.reason.clone(),
        deleted_at: notice.deleted_at,
        url: notice.live_revision.map(|_| url),
        drops_signatures: notice.state.is_lost_by_editing(),
    })
}

/// A version in the list of versions.
#[derive(Serialize, ToSchema)]
#[schema(as = NoticeVersionRow)]
pub struct VersionRow {
    pub number: i64,
    pub kind: RevisionKind,
    pub saved_by: PersonView,
    pub saved_at: i64,
    /// It was reviewed or published.
    pub kept: bool,
    pub restored_from: Option<i64>,
    /// Two versions with one hash say the same.
    pub hash: String,
}

pub(super) fn version(version: Version, names: &Names) -> VersionRow {
    VersionRow {
        number: version.number,
        kind: version.kind,
        saved_by: names.show(version.saved_by),
        saved_at: version.saved_at,
        kept: version.kept,
        restored_from: version.restored_from,
        hash: version.hash,
    }
}
