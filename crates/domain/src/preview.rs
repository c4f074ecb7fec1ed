//! Previews of a sync: its summary with warnings, the affected learners, and the explanation of one
//! component.
//!
//! Counts and their order are defined here. Every pair outcome comes from the judge that the run
//! uses.
//!
//! May import: `access`, `command`, `event`, `fold`, `ids`, `judging`, `plan`, `selection`, `state`,
//! `sync`, `text`, `values`.

pub mod affected;
pub mod explain;
pub mod summary;

#[cfg(test)]
mod tests;
