//! Commands: bodies of the protocol as commands of the domain.
//!
//! One file for each group of operations, with the handlers ([`Commands`](crate::catalogue::Commands)).
//! Ids that a sender left out are derived from the id of the command, so that a repeated command has
//! the same ones. A value that is at fault by itself is refused here, with its path; rules are decided
//! by the domain.

mod attributes;
mod changes_size;
mod plan;
mod reference;
pub(crate) mod sync;

pub(crate) use sync::{check_attributes, learner_filter, sync_request};
