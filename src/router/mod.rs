//! Every route of the program, and what stands around them.

mod answering;
mod api;
mod desk;
mod editors;
mod measurements;
mod naming;
mod people;
mod preview;
mod ready;
mod uses;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::response::Redirect;
use axum::routing::{get, head};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::admin::Office;
use crate::chat::{Chat, webhook};
use crate::checks::Segmenter;
use crate::conversations::Desk;
use crate::http::{assets, headers};
use crate::media::{self, Media, Uses};
use crate::pages::{self, Pages};
use crate::sandbox::{self, Sandbox};

use self::api::Api;
pub use self::api::document;
pub use self::measurements::metrics;
use self::ready::Readiness;

/// The whole site. With a sandbox, also the pretend platform, its phone, and a landing page.
///
/// # Errors
/// When a page's template is broken, or the storage of the media library cannot be opened.
pub fn build(
    office: &Office,
    chat: &Arc<Chat>,
    desk: Desk,
    sandbox: Option<Sandbox>,
) -> anyhow::Result<Router> {
    let Office { app, directory, .. } = office;
    let pages = Pages::new(app.clone(), directory.clone())?;
    let media = Media::open(app)?;
    // No compression on the webhook: answers are small, and WeChat does not ask for it.
    let webhook = Router::new()
        .route("/wx/{account}", head(webhook::not_allowed).get(webhook::prove).post(webhook::push))
        .with_state(Arc::clone(chat));
    let drafts = office.clone();
    let residents = Router::new()
        .route("/h/{account}/preview/{token}", get(move |visit, path| preview::show(drafts, visit, path)))
        .route("/h/{account}", get(pages::routes::add_slash))
        .route("/h/{account}/", get(pages::routes::home))
        .route("/h/{account}/s/{section}", get(pages::routes::section))
        .route("/h/{account}/a/{article}", get(pages::routes::article))
        .route("/h/{account}/p/{place}", get(pages::routes::place))
        .route("/h/{account}/e/{event}", get(pages::routes::event))
        .route("/h/{account}/answers/{rule}", get(pages::routes::whole_answer))
        .route("/h/{account}/pictures/{name}", get(pages::routes::picture))
        .route("/h/{account}/care", get(pages::routes::care))
        .fallback(pages::routes::not_found)
        .with_state(pages.clone());
    // No compression either: pictures and sound are compressed, and files are fetched once.
    let files = Router::new()
        .route("/h/{account}/media/{file}", get(media::routes::serving::fetch))
        .with_state(media::routes::Serving { media: media.clone(), directory: directory.clone() });
    let operations = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready::ready))
        .with_state(Readiness::new(app.clone(), Arc::clone(chat)));
    let uses = Uses::new(&uses::ALL);
    let segmenter = Segmenter::default();
    let api = Api { office: office.clone(), chat: Arc::clone(chat), desk, segmenter, media, uses };
    let mut site = Router::new()
        .merge(residents)
        .route("/assets/{*path}", get(assets::asset))
        .merge(api::routes(api.clone()))
        .route("/console", get(|| async { Redirect::permanent("/console/") }))
        .route("/console/", get(assets::console))
        .route("/console/{*path}", get(assets::console))
        .layer(CompressionLayer::new())
        .merge(files)
        .merge(operations);
    if let Some(sandbox) = sandbox {
        let landing = Router::new().route("/", get(pages::routes::landing)).with_state(pages);
        site = site.merge(landing).merge(sandbox_routes(sandbox)).merge(api::demo_routes(api));
    }
    Ok(around(site).merge(webhook.layer(CatchPanicLayer::new())))
}

/// The pretend platform and its phone, without the product.
pub fn sandbox_alone(sandbox: Sandbox) -> Router {
    let site = Router::new()
        .route("/", get(|| async { Redirect::temporary("/sandbox/") }))
        .route("/assets/{*path}", get(assets::asset))
        .merge(sandbox_routes(sandbox));
    around(site)
}

fn sandbox_routes(sandbox: Sandbox) -> Router {
    Router::new()
        .route("/sandbox", get(|| async { Redirect::permanent("/sandbox/") }))
        .route("/sandbox/", get(assets::phone))
        .nest("/sandbox", sandbox::router(sandbox))
}

/// What every answer goes through, outermost last: a panic becomes a 500 instead of a cut connection.
fn around(site: Router) -> Router {
    site.layer(middleware::from_fn(headers::add_common)).layer(CatchPanicLayer::new())
}
