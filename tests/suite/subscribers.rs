//! Durable subscribers: their administration, their part of the NATS configuration, and that they miss
//! nothing.

mod administration;
mod away;
mod bridge;
mod stage;
