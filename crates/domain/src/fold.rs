//! What commits do to a plan: events by hand, and what a sync replays onto it.
//!
//! Total: everything is said by the events and the pair outcomes in them. Refuses to know whose plan it is.
//!
//! May import: `event`, `ids`, `plan`, `reference`, `review`, `sync`, `values`.

pub mod plan;
pub mod replay;
pub mod replay_cache;
pub(crate) mod review;

#[cfg(test)]
mod tests;
