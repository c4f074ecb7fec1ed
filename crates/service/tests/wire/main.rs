//! The service as a transport sees it: bytes in, bytes out, over a log in memory.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

mod changes;
mod college;
mod confirm;
mod durable;
mod events;
mod explain;
mod ladder;
mod order;
mod pages;
mod plans;
mod reference;
mod repeats;
mod reviews;
mod syncs;
mod typed;
mod warnings;
mod wizard;
mod world;
