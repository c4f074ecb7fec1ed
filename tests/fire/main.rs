//! The product under fire, over a real nats-server: killed, without its bus, flooded, and asked by
//! many at once. A binary of its own, because it leaves nothing of the machine to others.

// Helpers of tests stand outside the functions that clippy knows for tests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod bus;
mod kills;
mod month;
mod overload;
mod school;
mod stream;

/// One test at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
