//! The residents' pages: rendered here whole, usable without scripts, in a standard and a large type.

mod body;
mod escaping;
mod events;
mod links;
mod locations;
mod map;
mod reading;
mod render;
pub mod routes;
mod spreading;
mod texts;
mod views;

use std::sync::Arc;

use self::render::Renderer;
use crate::accounts::Directory;
use crate::app::App;
use crate::http::assets;

/// Everything that a page needs; cheap to clone.
#[derive(Clone)]
pub struct Pages {
    app: App,
    directory: Directory,
    renderer: Arc<Renderer>,
    css_url: Arc<str>,
}

impl Pages {
    /// # Errors
    /// When a template is broken.
    pub fn new(app: App, directory: Directory) -> anyhow::Result<Self> {
        let renderer = Arc::new(Renderer::new()?);
        Ok(Self { app, directory, renderer, css_url: assets::pages_style().into() })
    }
}
