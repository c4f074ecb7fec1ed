//! The rules of synchronisation, from recent changes to the end of a run: a test a rule.

mod kit;

mod ahead;
mod bounds;
mod choose;
mod confirm;
mod evidence;
mod explain;
mod filters;
mod matrix;
mod owners;
mod permissions;
mod precedence;
mod properties;
mod reasons;
mod recent;
mod replays;
mod requests;
mod reviews;
mod runs;
mod standings;
mod summary;
mod twins;
mod types;
