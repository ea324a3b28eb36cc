//! The custom menu of an account: kept here, edited as a file or in the console, and pushed to WeChat.

mod files;
pub mod store;

pub use self::files::{MenuFault, from_toml, to_toml};
