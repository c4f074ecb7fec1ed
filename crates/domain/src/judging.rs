//! Judging targets: what a sync does to one target, component by component, by the rules of
//! permissions, owners, reviews and evidence.
//!
//! The result is a list of pair outcomes, which previews show and runs carry out (in `fold`).
//!
//! May import: `access`, `ids`, `permission`, `plan`, `progress`, `reference`, `review`, `state`, `sync`,
//! `values`.

pub mod baseline;
pub mod judge;
pub(crate) mod pair;

#[cfg(test)]
mod tests;
