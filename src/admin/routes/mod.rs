//! What people do about their own sign-in, and owners and admins about others.

pub mod audit;
pub mod demo;
pub mod factor;
pub mod me;
pub mod people;
pub mod session;
