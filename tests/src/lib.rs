//! What the suite needs of the world: a nats-server on a port of its own, the built binary as a
//! process that can be killed, and a plain client that speaks JSON as any producer would.

pub mod binary;
pub mod client;
pub mod college;
pub mod engine;
pub mod nats;
