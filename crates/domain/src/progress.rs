//! How far a sync is, and what stays known of it once it has ended.
//!
//! Owns the facts, the counts and who is done. Refuses to judge or to replay.
//!
//! May import: `event`, `ids`, `sync`, `values`.

pub mod facts;
pub(crate) mod reached;
pub mod state;
pub mod terms;

#[cfg(test)]
mod tests;
