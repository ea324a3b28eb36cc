//! The shapes in which the menu editor asks and is told.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::menus::store::{Plan, PlanState, Push, PushState, Version};
use crate::menus::{Definition, Problem};

/// Everything that the editor shows.
#[derive(Serialize, ToSchema)]
pub struct MenuDesk {
    /// Whether WeChat gives this account a menu.
    pub can_push: bool,
    /// What that means for residents, if it does not.
    pub notice: Option<String>,
    pub draft: DraftView,
    pub published: Option<PublishedView>,
    pub push: Option<PushView>,
    /// What the draft changes, in words.
    pub changes: Vec<String>,
    /// What is wrong with the draft.
    pub problems: Vec<Problem>,
    pub plans: Vec<PlanView>,
    pub targets: Targets,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MenuDraftView)]
pub struct DraftView {
    pub definition: Definition,
    /// 0 as long as nobody has edited it.
    pub version: i64,
    pub changed_by: Option<String>,
    pub changed_at: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MenuPublishedView)]
pub struct PublishedView {
    pub definition: Definition,
    /// Missing for a menu that came before versions were kept.
    pub number: Option<i64>,
    pub changed_at: i64,
    pub pushed_at: Option<i64>,
}

/// How WeChat took the published menu.
#[derive(Serialize, ToSchema)]
#[schema(as = MenuPushView)]
pub struct PushView {
    pub number: i64,
    pub state: PushState,
    pub attempts: i64,
    /// WeChat's error code.
    pub code: Option<String>,
    /// What went wrong and what to do.
    pub advice: Option<String>,
    pub asked_at: i64,
    pub ended_at: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MenuPlanView)]
pub struct PlanView {
    pub id: i64,
    pub number: i64,
    pub publish_at: i64,
    pub state: PlanState,
    pub planned_by: String,
}

/// What a `click` may lead to.
#[derive(Serialize, ToSchema)]
#[schema(as = MenuTargets)]
pub struct Targets {
    pub sections: Vec<TargetView>,
    pub rules: Vec<TargetView>,
    /// Where the account's pages are, without a trailing slash.
    pub pages: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MenuTarget)]
pub struct TargetView {
    pub key: String,
    pub title: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MenuDraftInput)]
pub struct DraftInput {
    pub definition: Definition,
    /// The version that was read.
    pub version: i64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MenuPublishInput)]
pub struct PublishInput {
    /// The version of the draft that was read.
    pub version: i64,
    /// Why, for those who look at the versions later.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub note: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MenuPlanInput)]
pub struct PlanInput {
    /// The version of the draft that was read.
    pub version: i64,
    #[serde(default)]
    #[schema(max_length = 100)]
    pub note: String,
    /// Unix milliseconds.
    pub publish_at: i64,
}

/// A kept menu in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = MenuVersionRow)]
pub struct VersionRow {
    pub number: i64,
    pub note: String,
    pub saved_by: String,
    pub saved_at: i64,
    pub published_at: Option<i64>,
}

/// A kept menu.
#[derive(Serialize, ToSchema)]
#[schema(as = MenuVersionView)]
pub struct VersionView {
    #[serde(flatten)]
    pub row: VersionRow,
    pub definition: Definition,
    /// What going back to it would change.
    pub changes: Vec<String>,
    pub problems: Vec<Problem>,
}

impl From<&Version> for VersionRow {
    fn from(version: &Version) -> Self {
        Self {
            number: version.number,
            note: version.note.clone(),
            saved_by: version.saved_by.clone(),
            saved_at: version.saved_at.millis(),
            published_at: version.published_at.map(Timestamp::millis),
        }
    }
}

impl From<Push> for PushView {
    fn from(push: Push) -> Self {
        Self {
            number: push.number,
            state: push.state,
            attempts: push.attempts,
            code: push.code,
            advice: push.advice,
            asked_at: push.asked_at.millis(),
            ended_at: push.ended_at.map(Timestamp::millis),
        }
    }
}

impl From<Plan> for PlanView {
    fn from(plan: Plan) -> Self {
        Self {
            id: plan.id,
            number: plan.number,
            publish_at: plan.publish_at.millis(),
            state: plan.state,
            planned_by: plan.planned_by,
        }
    }
}
