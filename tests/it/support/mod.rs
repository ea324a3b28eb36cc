//! What the stories need: a running Hope Tree, and residents who push through a pretend WeChat's signature.

mod demo;
mod resident;
mod running;

pub use self::demo::{Demo, said};
pub use self::resident::{Resident, now};
pub use self::running::{Hopetree, Mode, run};

use std::path::PathBuf;

/// The folder of the project, with its content and menus.
pub fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
