//! The engine stepped by hand over a log in memory: what is asked, in which order things become
//! durable, and what a restart finds.

mod commands;
mod disk;
mod stage;
mod syncs;
