//! What residents fetch, and the API of the console's media library.

pub mod library;
mod ranges;
pub mod serving;
pub mod uploading;
mod views;

pub use self::serving::Serving;
