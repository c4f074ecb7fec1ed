//! What a sync does to one target, pair by pair: the rules of permissions, owners, reviews and evidence.
//!
//! Owns the pair outcomes, which previews and runs share. Carries nothing out.
//!
//! May import: `access`, `ids`, `permission`, `plan`, `progress`, `reference`, `review`, `state`, `sync`,
//! `values`.

pub mod baseline;
pub mod judge;
pub(crate) mod pair;

#[cfg(test)]
mod tests;
