//! The routes of the editors' desk.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::Api;
use crate::notices::routes::{editing, listing, presence, preview, publishing, revisions};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(listing::list, editing::create))
        .routes(routes!(listing::counts))
        .routes(routes!(editing::show, editing::save, editing::trash))
        .routes(routes!(editing::untrash))
        .routes(routes!(editing::duplicate))
        .routes(routes!(revisions::list))
        .routes(routes!(revisions::show))
        .routes(routes!(revisions::restore))
        .routes(routes!(presence::look, presence::leave))
        .routes(routes!(preview::make))
        .routes(routes!(publishing::publish))
        .routes(routes!(publishing::set_schedule, publishing::unschedule))
        .routes(routes!(publishing::set_withdrawal))
        .routes(routes!(publishing::withdraw))
        .routes(routes!(publishing::pin))
        .routes(routes!(publishing::settings, publishing::change_settings))
}
