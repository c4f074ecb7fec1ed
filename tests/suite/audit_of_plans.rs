//! The audit of plans over the wire: an engine with a log on a disk, asked through a NATS server.

mod month;
mod plans;
mod world;
