//! The check of a whole log: it is replayed from nothing, and what comes out is compared with what the engine answers
//! from. That is its state, which a checkpoint and the commits after it gave; its plans, which images and the
//! indexes of the log give; and these indexes.
//!
//! The replay shares nothing with the other side but the rules of folding: it reads every commit in the order of the
//! log and uses no index, no checkpoint and no image. It folds every plan as the engine does while it serves, and
//! not as an opening does, which leaves plans out.
//!
//! The work is cut into parts, so that several threads share it and the memory is bounded: each part replays the
//! whole log, but folds only its share of the plans, and looks up only its share of the streams and commands.
//!
//! | file | what it does |
//! | --- | --- |
//! | `check` | what is checked, how it is cut into parts, and why it may not come to an end |
//! | `part` | the replay of one part |
//! | `indexes` | looks up streams and commands in the log |
//! | `tenants` | compares the state of tenants, without plans |
//! | `rows` | finds where two encoded states differ |
//! | `plans` | compares plans and recent changes |
//! | `difference` | what differs, where, and what to do |
//!
//! May import: `call`, `codec`, `naming`, `plans`, `recorded`, `state`.

mod check;
pub(crate) mod difference;
mod indexes;
mod part;
mod plans;
mod rows;
mod tenants;

pub use check::{Check, CheckError, Checked};
