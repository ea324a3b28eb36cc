//! What breaks around the program, and what must hold all the same: whatever was acknowledged is stored, each once,
//! every follower is counted once, and a repeat gets the answer that was given.

pub mod clocks;
mod connections;
mod databases;
mod disks;
mod erasing;
mod kills;
mod ledger;
mod locks;
mod redis;
mod rows;
mod telling;

pub use self::ledger::{Exchange, Ledger, deliver, silence, something};
