//! What people do about their own sign-in, and owners and admins about others.

pub mod demo;
pub mod session;
