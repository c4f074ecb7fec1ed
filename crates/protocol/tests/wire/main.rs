//! The wire protocol as a client sees it: what is decoded, what is refused and with which error, and whether
//! `proto-schemas/` is up to date.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

mod asyncapi;
mod bundle;
mod decoding;
mod described;
mod example_events;
mod examples;
mod forms;
mod identity;
mod later;
mod schemas;
mod sync_requests;
mod wrong_types;
mod yaml;
