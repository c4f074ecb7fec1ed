//! Bodies of commands as the domain's commands.
//!
//! Owns the translation and the ids that a sender left out. What is wrong with a value is said
//! with its path, before any rule is asked.

mod attributes;
mod plan;
mod reference;
mod sync;
mod telling;

pub(crate) use sync::{check_attributes, learner_filter, sync_request};
