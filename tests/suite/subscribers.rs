//! Durable subscribers: their administration, their part of the NATS configuration, and that they miss
//! nothing.

mod adding;
mod administration;
mod away;
mod bridge;
mod moving;
mod stage;
