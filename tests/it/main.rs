//! Stories over the real thing: the built program, spawned, with its own data folder, reached over HTTP.
#![expect(unreachable_pub, reason = "one binary: nothing here is reached from outside anyway")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod accounts;
mod admin_store;
mod answers;
mod answers_store;
mod architecture;
mod backup;
mod console_answers;
mod console_files;
mod console_menus;
mod content;
mod databases;
mod demo;
mod desk;
mod desk_store;
mod faults;
mod followers;
mod media;
mod media_store;
mod menus;
mod nodes;
mod notices;
mod notices_api;
mod notices_store;
mod once;
mod own_account;
mod pages;
mod people;
mod retention;
mod reviews;
mod reviews_store;
mod sandbox;
mod serving;
mod signing_in;
mod strangers;
mod support;
mod sweep;
mod traces;
mod trail;
mod upgrades;
mod values;
mod webhook;
mod words;
mod words_store;
mod work;
