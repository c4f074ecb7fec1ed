//! The state of a tenant, and how it comes about: folded from the log, fetched, made smaller, or kept as an
//! image.
//!
//! Owns what is where. Evolving is total, and nothing here decides or checks a rule.
//!
//! May import: `event`, `fold`, `ids`, `plan`, `progress`, `recent`, `reference`, `review`, `sync`, `text`,
//! `time`, `values`.

pub mod compact;
pub(crate) mod current;
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
