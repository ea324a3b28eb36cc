//! Hope Tree (希望树): a self-hosted backend for WeChat official accounts of community governments.
//!
//! # The map
//!
//! A resident taps or writes; WeChat pushes it to `/wx/{account}`; an answer goes back in the same exchange, and its
//! cards open pages under `/h/{account}/`. Everything is in one process and one database. Modules stand in rows, and
//! a module uses only rows below its own (`tests/it/architecture.rs` checks it):
//!
//! | row | modules | what for |
//! | --- | --- | --- |
//! | 9 | [`router`], [`worker`] | every route; every kind of background work |
//! | 8 | [`chat`], [`pages`], [`menus`], [`notices`], [`retention`], [`conversations`] | answering a push; the residents' pages; the menu, which leads to content; the editors' desk; how long data is kept; what was said, in the console |
//! | 7 | [`subscribers`], [`messages`], [`content`], [`checks`], [`media`] | the features: who follows, what was said, what accounts tell, what a machine finds in a text, pictures and files |
//! | 6 | [`admin`] | who works in the console: sign-in, permissions, the audit trail |
//! | 5 | [`accounts`] | the official accounts: settings, sealed secrets, what their kind allows |
//! | 4 | [`app`], [`http`] | the handles that features share; the listener, headers, embedded front end |
//! | 3 | [`platform`], [`jobs`] | what is asked of WeChat: its server API, and pictures of its articles; the durable queue |
//! | 2 | [`db`], [`kv`], [`telemetry`], [`sheets`] | one outside thing each |
//! | 1 | [`config`] | what an operator sets |
//! | 0 | [`wechat`], [`clock`] | values only: the protocol, the time |
//!
//! [`cli`] stands outside and wires things together. [`sandbox`] stands apart: a pretend WeChat that speaks the
//! platform's protocol over HTTP; the product reaches it as it reaches WeChat, and never asks which of the two it is.
//!
//! A feature is a folder with the same rooms everywhere: `mod.rs` (what it is, types, rules), `store.rs` (every query
//! on its tables), `jobs.rs` (background work), `routes.rs` (handlers).
//!
//! # Two walks
//!
//! **A push** ([`chat`]): `webhook` finds the account in memory, verifies, opens and parses; `receive` claims the
//! push's identity, so that a repeat waits for, or gets, the first answer (with Redis, on whichever node); `decide` is
//! a pure function of a snapshot in memory; `writer` commits push, answer, follower and jobs of all waiting pushes in
//! one transaction; then the answer leaves. WeChat's API is never called on this way.
//!
//! **A change of content** ([`content`]): files are read and checked as a whole, brought into the database in one
//! transaction, and the account's revision is counted up; every node looks at the revisions twice a second, and at once
//! when Redis brings it the notice, and reads anew what has changed ([`worker`]).
//!
//! # What never happens
//!
//! - `wechat` does no input or output, and has no clock and no randomness.
//! - A query without an account: another account's row is not found, not forbidden.
//! - A push that is answered without being on disk; a repeat that has a second effect.
//! - An authentic push that makes WeChat show its own fault sentence because of a bug of ours.
//! - A secret in a log, an answer, or the database in clear. An openid or a resident's text in a log.

pub mod accounts;
pub mod admin;
pub mod app;
pub mod chat;
pub mod checks;
pub mod cli;
pub mod clock;
pub mod config;
pub mod content;
pub mod conversations;
pub mod db;
pub mod http;
pub mod jobs;
pub mod kv;
pub mod media;
pub mod menus;
pub mod messages;
pub mod notices;
pub mod pages;
pub mod platform;
pub mod retention;
pub mod router;
pub mod sandbox;
pub mod sheets;
pub mod subscribers;
pub mod telemetry;
pub mod wechat;
pub mod worker;
