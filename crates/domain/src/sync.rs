//! The parts of a sync: its request, the change set that it replays, and the pair outcomes on a
//! target's components.
//!
//! Everything here can be stored, and stated without a state: a request is resolved in `selection`,
//! a target is judged in `judging`, and a replay is carried out in `fold`.
//!
//! May import: `ids`, `plan`, `reference`, `text`, `values`.

pub mod change_set;
pub mod confirm;
pub(crate) mod effect;
pub mod owner;
pub mod pair_outcome;
pub mod pair_outcomes;
pub mod prepared;
pub mod request;
pub mod status;
pub mod warning;
