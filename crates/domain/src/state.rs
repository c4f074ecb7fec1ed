//! The state of a tenant, and how it is produced: folded from the log, fetched, compacted, or
//! restored from an image.
//!
//! Evolving is total: no rule is checked, and nothing is decided.
//!
//! May import: `event`, `fold`, `ids`, `plan`, `progress`, `recent`, `reference`, `review`, `sync`, `text`,
//! `time`, `values`.

pub mod compact;
pub(crate) mod current;
pub mod erasures;
pub mod evolve;
pub mod fetch;
pub mod fold_cache;
pub mod image;
pub mod learner_versions;
pub mod past;
pub mod plans;
pub(crate) mod reference;
pub(crate) mod template;
pub mod tenant;
