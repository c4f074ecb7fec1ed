//! What is shown of a sync before it starts: its numbers, its warnings, its learners, and any row opened.
//!
//! Owns what is counted and in which order it stands. Judges nothing: every pair outcome is the judge's.
//!
//! May import: `access`, `command`, `event`, `fold`, `ids`, `judging`, `plan`, `selection`, `state`,
//! `sync`, `text`, `values`.

pub mod affected;
pub mod explain;
pub mod summary;

#[cfg(test)]
mod tests;
