//! Stories about the sandbox over real HTTP: what clients of WeChat's API, a webhook and a resident's phone see.

mod control;
mod faults;
mod followers;
mod menus;
mod messages;
mod pushes;
mod replies;
mod stage;
mod tokens;
