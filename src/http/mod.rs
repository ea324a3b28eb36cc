//! What every web surface shares: the listener's loop, security headers, and the embedded front end.

pub mod assets;
pub mod headers;
mod serving;

pub use self::serving::serve;
