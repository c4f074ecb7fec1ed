//! The wire protocol from outside: what decodes, what is refused and how, and whether the
//! machine-readable description is still that of the types.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

mod asyncapi;
mod decoding;
mod described;
mod example_events;
mod example_reads;
mod example_replies;
mod examples;
mod identity;
mod sync_requests;
