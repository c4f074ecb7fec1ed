//! A data folder and a backup that are asked without an engine: they answer like the engine, byte for byte.

mod answers;
mod command;
mod damage;
mod questions;
pub(crate) mod world;
mod writing;
