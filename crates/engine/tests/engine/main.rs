//! The engine on a log in memory, run step by step: commands and reads, the order in which commits become
//! durable, and restarts.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

mod audit;
mod checking;
mod commands;
mod disk;
mod ended;
mod erasing;
mod faults;
mod following;
mod idle;
mod measured;
mod races;
mod read_back;
mod reads;
mod stage;
mod starting;
mod syncs;
mod told;
mod undecided;
mod view;
mod writing;
