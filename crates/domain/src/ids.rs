//! Ids, which are shared with the wire protocol, and what only the rules and the log know: versions, positions,
//! streams and digests.
//!
//! May import: no other folder.

pub mod digest;
pub mod position;
pub mod stream;
pub mod version;

pub use plansync_primitives::ids::*;
