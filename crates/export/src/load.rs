//! Rows of replies: for each kind of reply, the rows that it gives.

mod commit;
mod people;
mod plan;
mod record;
mod sync;
mod sync_event;

pub use commit::{commit, programme_of, proof, sync_of, sync_start_or_end};
pub use people::{REFERENCE_KINDS, reference};
pub use plan::{changes, plan};
pub use sync::{Targets, change_set, outcomes};
