//! Rows of replies: for each kind of reply, the rows that it gives.

mod commit;
mod people;
mod plan;
mod record;
mod sync;
mod sync_event;

pub use commit::{commit, of_programme, proof, of_sync, bound_of_sync};
pub use people::{REFERENCE_KINDS, reference};
pub use plan::{changes, plan};
pub use sync::{Targets, change_set, outcomes};
