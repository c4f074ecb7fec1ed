//! The engine stepped by hand over a log in memory: what is asked, in which order things become
//! durable, and what a restart finds.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

mod commands;
mod disk;
mod ended;
mod faults;
mod idle;
mod races;
mod read_back;
mod reads;
mod stage;
mod syncs;
mod told;
mod undecided;
mod writing;
