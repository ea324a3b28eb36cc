//! The routes of the desk: places, contacts and events, who follows, and what was said.

use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::Api;
use crate::content::routes::{contacts, events, places};
use crate::conversations::{Desk, routes as conversations, stream};
use crate::subscribers::routes::{self as followers, Followers, people, tags};

impl FromRef<Api> for Desk {
    fn from_ref(api: &Api) -> Self {
        api.desk.clone()
    }
}

impl FromRef<Api> for Followers {
    fn from_ref(api: &Api) -> Self {
        api.desk.followers.clone()
    }
}

/// All of them, described.
pub(super) fn routes() -> OpenApiRouter<Api> {
    listed().merge(residents())
}

/// Places, contacts and events.
fn listed() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(places::list, places::create))
        .routes(routes!(places::show, places::change, places::remove))
        .routes(routes!(places::order))
        .routes(routes!(places::locate))
        .routes(routes!(places::bring))
        .routes(routes!(places::export))
        .routes(routes!(places::template))
        .routes(routes!(contacts::list, contacts::create))
        .routes(routes!(contacts::show, contacts::change, contacts::remove))
        .routes(routes!(contacts::order))
        .routes(routes!(contacts::bring))
        .routes(routes!(contacts::export))
        .routes(routes!(contacts::template))
        .routes(routes!(events::list, events::create))
        .routes(routes!(events::show, events::change, events::remove))
        .routes(routes!(events::preview))
        .routes(routes!(events::bring))
        .routes(routes!(events::export))
        .routes(routes!(events::template))
}

/// Who follows, and what was said.
fn residents() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(followers::figures))
        .routes(routes!(people::list))
        .routes(routes!(people::show))
        .routes(routes!(people::remark))
        .routes(routes!(people::export))
        .routes(routes!(tags::list, tags::create))
        .routes(routes!(tags::rename, tags::remove))
        .routes(routes!(tags::give))
        .routes(routes!(tags::take))
        .routes(routes!(conversations::list))
        .routes(routes!(conversations::show))
        .routes(routes!(conversations::with_follower))
        .routes(routes!(conversations::messages))
        .routes(routes!(conversations::read))
        .routes(routes!(conversations::read_all))
        .routes(routes!(conversations::search))
        .routes(routes!(stream::stream))
}
