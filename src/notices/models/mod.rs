//! The rows of the notices' tables. All `…_at` and `valid_…` are unix milliseconds.

pub(super) mod notice;
pub(super) mod presence;
pub(super) mod revision;
pub(super) mod setting;
