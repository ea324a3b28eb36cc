//! The console's routes of answers, sections and the menu.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::Api;
use crate::chat::bench;
use crate::content::routes::{greetings, rules, sections};
use crate::menus;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(rules::list, rules::add))
        .routes(routes!(rules::show, rules::change, rules::remove))
        .routes(routes!(greetings::show, greetings::change))
        .routes(routes!(bench::routes::trial))
        .routes(routes!(bench::routes::check_rules))
        .routes(routes!(sections::list, sections::add))
        .routes(routes!(sections::show, sections::change, menus::routes::removal::remove_section))
        .routes(routes!(menus::routes::show))
        .routes(routes!(menus::routes::save_draft))
        .routes(routes!(menus::routes::publish))
        .routes(routes!(menus::routes::push))
        .routes(routes!(menus::routes::versions::list))
        .routes(routes!(menus::routes::versions::show))
        .routes(routes!(menus::routes::versions::restore))
        .routes(routes!(menus::routes::plans::add))
        .routes(routes!(menus::routes::plans::cancel))
        .routes(routes!(menus::routes::plans::publish))
}
