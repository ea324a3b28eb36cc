//! What an account tells its residents: sections, articles, places, contacts, events, keyword rules, pictures.

pub mod answering;
pub mod editing;
mod exporting;
mod files;
mod front_matter;
pub mod hours;
pub mod html;
mod importing;
pub mod map_links;
mod markdown;
mod models;
pub mod routes;
mod rules;
pub mod store;
pub mod tables;
mod texts;

pub use self::exporting::export;
pub use self::files::{Bundle, Fault, read_folder};
pub use self::importing::{ImportError, Others, Report, import};
pub use self::models::article::{Attachment, HTML, Model as Article};
pub use self::models::contact::Model as ContactPoint;
pub use self::models::event::Model as Event;
pub use self::models::greeting::{DEFAULT, Model as Greeting, WELCOME};
pub use self::models::picture::Model as Picture;
pub use self::models::place::Model as Place;
pub use self::models::rule::{AnswerKind, Comparison, Matching, Model as Rule};
pub use self::models::section::{Kind as SectionKind, Model as Section};
pub use self::models::words;
pub use self::rules::{ContactDraft, EventDraft, PlaceDraft, Problem, Problems};
