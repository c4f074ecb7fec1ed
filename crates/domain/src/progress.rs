//! The progress of syncs, and what is kept of a sync after its end.
//!
//! May import: `event`, `ids`, `sync`, `text`, `values`.

pub mod facts;
pub(crate) mod reached;
pub mod state;
pub mod terms;

#[cfg(test)]
mod tests;
