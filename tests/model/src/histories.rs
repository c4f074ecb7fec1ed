//! Random histories of a tenant: who asks what, one step after another, and how a history on which
//! something fails is cut down to what the failure needs.
//!
//! The model goes along, so that what is asked mostly makes sense. Runs nothing else.

mod corrections;
mod edits;
mod founding;
mod generate;
mod history;
mod meetings;
mod people;
mod requests;
mod shrink;
mod synchronising;
mod turns;

pub use generate::generate;
pub use history::Step;
pub use shrink::shrink;

use crate::world::Limits;

/// The limits of every history: small, so that they are met.
pub const LIMITS: Limits = Limits {
    components: 6,
    learners: 5,
    open_records: 2,
    running_syncs: 2,
};
