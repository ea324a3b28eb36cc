//! The editors' desk: notices as they are written, reviewed, scheduled, published and taken back.
//!
//! What residents see stands in `content` as articles, and the pages and the chat know nothing of this desk. Publishing
//! writes the article, withdrawing removes it. A notice has a row with its state and a version that every change counts
//! up, and every version of what it says ([`Content`]) as a revision. A published notice can be worked on while its
//! former version stays with residents: `live_revision` says which one that is.
//!
//! An article that files brought in gets a notice of its own ([`adopting`]). When files change an article later on, the
//! change becomes a revision of kind `import` and is what residents see; a draft that somebody is writing stays.

pub mod adopting;
mod content;
pub mod desk;
mod models;
pub mod reviews;
pub mod routes;
pub mod schedule;
mod states;
pub mod store;
mod texts;

pub use self::content::{Content, EXCERPT_CHARS, Faults};
pub use self::models::notice::Model as Notice;
pub use self::models::revision::{Kind as RevisionKind, Model as Revision};
pub use self::states::{Action, Shown, State, after};

impl Notice {
    /// Its sections by slug, the one where it is at home in front.
    pub fn section_list(&self) -> Vec<String> {
        section_list(&self.sections)
    }

    pub fn shown(&self) -> Shown {
        if self.live_revision.is_some() { Shown::Yes } else { Shown::No }
    }
}

/// The sections in a column that has a comma before, between and after them.
fn section_list(column: &str) -> Vec<String> {
    column.split(',').filter(|slug| !slug.is_empty()).map(str::to_owned).collect()
}
