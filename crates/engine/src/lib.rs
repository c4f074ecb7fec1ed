//! The engine: what a command does, from asking to its place in the log, and what readers see.
//!
//! It stands between the rules (`plansync-domain`) and the log (`plansync-log`). It knows no bus,
//! no disk and no wire, and starts no thread: its writer and its workers are steps to be called.

mod answer;
mod baseline;
mod call;
mod change_set;
mod checkpoint;
mod clock;
mod codec;
mod commits;
mod config;
mod durable;
mod engine;
mod fault;
mod fetch;
mod fold;
mod idle;
mod naming;
mod outcome;
pub mod read;
mod recent_commands;
mod residents;
mod sequencer;
mod snapshot;
mod submit;
mod sync_worker;
mod told_ids;
mod work_queue;
mod writer;

pub use call::{Call, Receipt, Refusal, Refused, Reply};
pub use change_set::digest;
pub use checkpoint::Kept;
pub use clock::{Clock, SystemClock};
pub use codec::{CodecError, EventBodies};
pub use config::Config;
pub use durable::{Durable, NotDurable};
pub use engine::{Engine, OpenError};
#[cfg(feature = "faults")]
pub use fault::Fault;
pub use fold::{Decided, Replayed, decided, replay};
pub use snapshot::Snapshot;
pub use submit::NeedsDisk;
pub use sync_worker::{JudgedBatch, Worked};
pub use writer::{Gathering, LogFailed, Wrote};
