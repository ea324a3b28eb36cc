//! The custom menu of an account: edited as a draft or a file, checked, kept in versions, and given to WeChat.

mod changes;
mod definition;
mod files;
pub mod jobs;
mod known;
mod problems;
pub mod publishing;
pub mod routes;
pub mod store;
mod texts;

pub use self::changes::changes;
pub use self::definition::{Client, Definition, Entry, MAX_VARIANTS, Variant};
pub use self::files::{MenuFault, from_toml, to_toml};
pub use self::known::{Known, Page, Target, leads_to_key, pages_named, target};
pub use self::problems::{Level, Place, Problem, has_errors, problems};
/// Who saved a version that a file brought.
pub const BY_COMMAND_LINE: &str = texts::BY_COMMAND_LINE;
