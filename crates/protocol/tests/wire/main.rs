//! The wire protocol as a client sees it: what is decoded, what is refused and with which error, and whether
//! `proto-schemas/` and `docs/codes.md` are up to date.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

mod asyncapi;
mod bundle;
mod codes;
mod decoding;
mod described;
mod example_events;
mod examples;
mod forms;
mod identity;
mod later;
mod plain_words;
mod schemas;
mod sync_requests;
mod wrong_types;
mod yaml;
