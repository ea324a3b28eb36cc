//! The protocol of WeChat's official accounts, in one page. Bytes and strings in, values out: this folder does no
//! input or output, has no clock and no randomness of its own, and knows nothing of the rest of the program.
//!
//! A push arrives like this (the sections are those of the protocol reference):
//!
//! 1. The query is signed with the [`Token`] ([`signature`], §1.2). In the modes 兼容 and 安全 the body is an
//!    [`envelope`] whose own signature covers it; it is verified, and then opened with the [`AesKey`] (§1.4).
//! 2. Inside is XML ([`xml`] reads it within bounds), which becomes an [`Inbound`]: who wrote to whom, when, and what
//!    [`Kind`] of thing, a [`Message`] (§2) or an [`Event`] (§3). What we do not know becomes `Other`.
//! 3. The platform repeats what it thinks we missed; [`Inbound::identity`] is the same for all repeats (§4).
//! 4. The answer is a [`Reply`] (§5), as XML, sealed if the push was; or [`reply::SUCCESS`].
//!
//! Beside this stand what an [`account`] may do (§8), the custom [`menu`] (§7.1), and what the API's error codes mean
//! ([`errcode`], §6.5). The platform's limits are enforced when a value is made, so that sending discovers none.
#![warn(missing_docs)]

pub mod account;
pub mod envelope;
pub mod errcode;
pub mod event;
pub mod id;
pub mod inbound;
pub mod menu;
pub mod reply;
pub mod signature;
pub mod xml;

pub use self::account::{AccountKind, Capability, Mode};
pub use self::envelope::AesKey;
pub use self::event::Event;
pub use self::id::{AppId, OpenId};
pub use self::inbound::{Inbound, Kind, Message};
pub use self::menu::Menu;
pub use self::reply::Reply;
pub use self::signature::Token;
