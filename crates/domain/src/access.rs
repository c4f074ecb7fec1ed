//! Admission and visibility: which commands an actor may send, which learners an actor sees, which
//! syncs an actor may read, and whether a learner was erased.
//!
//! These checks come before the rule of a command and are the same for all commands. What a
//! permitted command does is decided in `decide`.
//!
//! May import: `command`, `ids`, `permission`, `progress`, `recent`, `reference`, `state`, `sync`.

pub mod admission;
pub mod erasure;
pub mod own_session;
pub(crate) mod rights;
pub mod sync;
pub mod target_eligibility;
pub mod visibility;
