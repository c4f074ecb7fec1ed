//! What a synchronisation is made of: its request, the change set that it replays, and the pair outcomes on a
//! target's components.
//!
//! Owns what is stored of them and what can be said of them alone. Refuses to know any state: a request is
//! resolved in `selection`, a target judged in `judging`, and a replay carried out in `fold`.
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
