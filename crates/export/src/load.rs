//! Rows of replies: for each kind of reply, the rows that it gives.

mod commit;
mod people;
mod plan;
mod sync;

pub use commit::{bound_of_sync, commit, of_programme, of_sync, proof};
pub use people::{REFERENCE_KINDS, reference};
pub use plan::{changes, plan};
pub use sync::{Targets, change_set, outcomes};
