//! The folds of a plan: what edits by hand and replays of a sync do to it.
//!
//! Folds are total functions and check no rule: events, and the pair outcomes in them, say
//! everything, so a rule that changes later does not change the past.
//!
//! May import: `event`, `ids`, `plan`, `reference`, `review`, `sync`, `values`.

pub mod plan;
pub mod replay;
pub mod replay_cache;
pub(crate) mod review;

#[cfg(test)]
mod tests;
