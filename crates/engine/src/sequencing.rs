//! The sequencer: the one lock under which commands are decided and their commits get position, time and
//! chain, are queued for the disk and folded into the state. Positions and times are assigned nowhere else.
//!
//! Everybody waits for this lock. While the engine runs, nothing reads or writes the disk under it, and
//! whoever works through a list gives it up after a few entries.
//!
//! May import: `call`, `codec`, `config`, `naming`, `recorded`, `state`.

mod commit_queue;
pub(crate) mod lock;
mod recent_names;
mod residents;
pub(crate) mod sequencer;
