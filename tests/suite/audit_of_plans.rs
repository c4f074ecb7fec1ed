//! The audit of plans: an engine with a log on a disk, asked through a NATS server, and what the command line shows
//! people and programs of it.

mod following;
mod formats;
mod month;
mod plans;
mod sentences;
mod sources;
mod terminal;
mod walk;
mod world;
