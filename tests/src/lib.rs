//! What the suite needs of the world: a nats-server on a port of its own, the built binary as a
//! process that can be killed, and a plain client that speaks JSON as any producer would.

// This is test code in a library's place: whatever fails here fails the test that asked for it.
#![allow(clippy::unwrap_used, clippy::panic)]

pub mod binary;
pub mod client;
pub mod cluster;
pub mod collector;
pub mod college;
pub mod engine;
pub mod http;
pub mod nats;
pub mod operator;
pub mod program;
pub mod proxy;
pub mod raw;
mod recorder;
pub mod skipping;
pub mod socket;
pub mod terminal;
pub mod waiting;
