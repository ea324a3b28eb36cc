//! The console's API: every route. Who may call it stands in the arguments of its handler.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::middleware;
use axum::response::Json;
use axum::routing::{get, post};
use utoipa::openapi::OpenApi as Document;
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::admin::Office;
use crate::admin::routes::{demo, session};
use crate::chat::Chat;
use crate::checks::Segmenter;
use crate::checks::routes as words;
use crate::conversations::Desk;
use crate::http::{Error, NO_SUCH_ADDRESS, WRONG_METHOD, headers};
use crate::media::routes::{library, uploading};
use crate::media::{Media, Uses};
use crate::notices::reviews::routes as reviews;

use super::naming::name_operations;

/// What handlers take out of the state: the office, and the chat where they ask it something.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) office: Office,
    pub(super) chat: Arc<Chat>,
    pub(super) segmenter: Segmenter,
    pub(super) media: Media,
    pub(super) uses: Uses,
    pub(super) desk: Desk,
}

impl FromRef<Api> for Office {
    fn from_ref(api: &Api) -> Self {
        api.office.clone()
    }
}

impl FromRef<Api> for Arc<Chat> {
    fn from_ref(api: &Api) -> Self {
        Arc::clone(&api.chat)
    }
}

impl FromRef<Api> for Segmenter {
    fn from_ref(api: &Api) -> Self {
        api.segmenter.clone()
    }
}

impl FromRef<Api> for Media {
    fn from_ref(api: &Api) -> Self {
        api.media.clone()
    }
}

impl FromRef<Api> for Uses {
    fn from_ref(api: &Api) -> Self {
        api.uses.clone()
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Hope Tree", description = "The API of the console. A session's cookie signs requests in; changes carry its `X-CSRF-Token`."),
    modifiers(&Security)
)]
struct Description;

/// How requests are signed in.
struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut Document) {
        use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("hopetree_session")));
        document.components.get_or_insert_default().add_security_scheme("session", cookie);
    }
}

/// Every route of the API, described.
fn described() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(session::show, session::sign_in, session::sign_out))
        .routes(routes!(words::list, words::add))
        .routes(routes!(words::change, words::remove))
        .routes(routes!(words::export, words::import))
        .routes(routes!(words::try_out))
        .merge(super::desk::routes())
        .merge(super::editors::routes())
        .merge(media())
        .merge(reviews())
        .merge(super::answering::routes())
        .merge(super::people::routes())
}

fn reviews() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(reviews::show))
        .routes(routes!(reviews::check))
        .routes(routes!(reviews::hand_in))
        .routes(routes!(reviews::sign))
        .routes(routes!(reviews::give_back))
        .routes(routes!(reviews::sign_late))
        .routes(routes!(reviews::steps))
        .routes(routes!(reviews::late))
        .routes(routes!(reviews::comments::list, reviews::comments::add))
        .routes(routes!(reviews::comments::settle))
        .routes(routes!(reviews::settings::show, reviews::settings::change))
}

fn media() -> OpenApiRouter<Api> {
    // An upload counts for itself, so that whoever sends too much hears why.
    let uploads = OpenApiRouter::new()
        .routes(routes!(library::list, uploading::upload))
        .layer(DefaultBodyLimit::disable());
    uploads
        .routes(routes!(uploading::add_link))
        .routes(routes!(uploading::fetch))
        .routes(routes!(library::room))
        .routes(routes!(library::show, library::describe, library::throw_away))
        .routes(routes!(library::thumb))
        .routes(routes!(library::restore))
}

/// The routes, and the document that describes them.
pub(super) fn routes(api: Api) -> Router {
    let (router, mut document) = described().split_for_parts();
    name_operations(&mut document);
    let document = Arc::new(document);
    let description = get(move || async move { Json(document.as_ref().clone()) });
    router
        .route("/api/openapi.json", description)
        .route("/api/{*path}", get(nothing).fallback(nothing))
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn(headers::keep_nowhere))
        .with_state(api)
}

/// What only a demo answers, and no description tells of.
pub(super) fn demo_routes(api: Api) -> Router {
    Router::new().route("/api/v1/demo/sign-in", post(demo::sign_in)).with_state(api)
}

/// The document that describes the API, as `web/openapi.json` has it.
pub fn document() -> String {
    let mut document = described().into_openapi();
    name_operations(&mut document);
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

async fn nothing() -> Error {
    Error::NotFound(NO_SUCH_ADDRESS)
}

async fn wrong_method() -> Error {
    Error::WrongMethod(WRONG_METHOD.into())
}
