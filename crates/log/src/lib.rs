//! What a log is: commits in one gapless order, their envelope, the chain that seals that order,
//! and the port that storage adapters implement.
//!
//! It knows neither the domain (an event is a kind number and bytes) nor any storage engine.

mod append;
pub mod archive;
pub mod backend;
mod bodies;
pub mod bytes;
mod checkpoint;
mod command;
mod commit;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod envelope;
pub mod environment;
mod ids;
mod incarnations;
pub mod memory;
mod read;
mod sequence;
mod sequenced;
mod stream;

pub use append::{Append, AppendError};
pub use bodies::{Bodies, Opaque};
pub use checkpoint::{Checkpoint, CheckpointError, Checkpoints, ImagePlace};
pub use command::{CommandKey, CommandScope};
pub use commit::{Cause, Commit, Proposal, Recording};
pub use envelope::{DecodeError, NAME_BYTES_MAX, Skim, SkimmedKey, TRACE_BYTES_MAX};
pub use ids::{Chain, Fingerprint, Incarnation, LogId, Position, Recorded, Version};
pub use incarnations::{INCARNATIONS_MAX, IncarnationError, IncarnationRecord, Incarnations};
pub use read::{Read, ReadError};
pub use sequence::{COMMIT_BYTES_MAX, Tip, TooLarge, sequence};
pub use sequenced::Sequenced;
pub use stream::{StreamId, StreamKey, StreamKind};
