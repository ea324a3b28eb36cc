//! What the stories need: a running Hope Tree, and residents who push through a pretend WeChat's signature.

mod console;
mod demo;
mod disk;
mod postgres;
mod proxy;
mod redis;
mod resident;
mod running;

pub use self::console::{Console, PASSWORD, Reply, reply};
pub use self::demo::{Demo, said};
pub use self::disk::{Disk, FreezingDisk};
pub use self::postgres::Postgres;
pub use self::proxy::Proxy;
pub use self::redis::Redis;
pub use self::resident::{Heard, Resident, now};
pub use self::running::{APP_SECRET, Hopetree, Mode, VERIFIED, run};

use std::path::PathBuf;

/// The folder of the project, with its content and menus.
pub fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Says that a story is not told here for lack of something; with CI=true nothing may be left out.
#[track_caller]
pub fn missing(what: &str, remedy: &str) {
    assert!(variable("CI").as_deref() != Some("true"), "{what} is missing: {remedy}");
    eprintln!("this story is not told, for lack of {what}: {remedy}");
}

pub fn variable(name: &str) -> Option<String> {
    std::env::vars().find(|(found, _)| found == name).map(|(_, value)| value)
}
