//! Who may come in, whom they see, and what they may touch.
//!
//! Owns the refusals that concern whoever asks. Refuses to know what a permitted command comes to.
//!
//! May import: `command`, `ids`, `permission`, `progress`, `recent`, `reference`, `state`, `sync`.

pub mod admission;
pub mod own_session;
pub(crate) mod rights;
pub mod sync;
pub mod target_eligibility;
pub mod visibility;
