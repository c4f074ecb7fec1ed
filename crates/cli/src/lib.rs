//! The `plansync` program, as a library, so that the binary is nothing but its start.

pub mod nats_server;
