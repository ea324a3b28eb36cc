//! The API's routes of people: one's own sign-in, others, and the trail of who did what.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::Api;
use crate::admin::routes::people::{everybody, staff};
use crate::admin::routes::{audit, factor, me, people as colleagues};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(me::change_password))
        .routes(routes!(me::sessions, me::end_others))
        .routes(routes!(me::end_session))
        .routes(routes!(factor::show, factor::begin))
        .routes(routes!(factor::confirm))
        .routes(routes!(factor::renew_codes))
        .routes(routes!(factor::turn_off))
        .routes(routes!(everybody::list, everybody::add))
        .routes(routes!(everybody::show, everybody::change))
        .routes(routes!(everybody::replace_roles))
        .routes(routes!(everybody::reset_password))
        .routes(routes!(everybody::reset_factor))
        .routes(routes!(staff::list, staff::add))
        .routes(routes!(staff::show, staff::change))
        .routes(routes!(staff::replace_roles))
        .routes(routes!(staff::reset_password))
        .routes(routes!(staff::reset_factor))
        .routes(routes!(colleagues::add_colleague))
        .routes(routes!(audit::whole))
        .routes(routes!(audit::actions))
        .routes(routes!(audit::export))
        .routes(routes!(audit::of_account))
        .routes(routes!(audit::account_actions))
        .routes(routes!(audit::export_account))
}
