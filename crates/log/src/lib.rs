//! The log of plansync: what a commit is, how it is encoded and chained, and the ports that a storage
//! implements.
//!
//! A log is a sequence of [commits](Commit) without gaps. A commit is one decision: the events of one
//! [stream](StreamId) that one [command](CommandKey) produced. Events are opaque here, a number for the
//! kind and bytes, so that this crate needs neither the domain nor a storage engine. Every commit has a
//! [hash](Chain) of itself and of everything before it, so that a changed, missing or reordered commit is
//! found.
//!
//! # From a decision to a commit
//!
//! A decision is a [`Proposal`]. [`sequence()`] gives it position, time and chain, and encodes it: a
//! [`Sequenced`] commit is what is stored and passed around. [`Append`] makes it durable, [`Read`] finds it
//! again. Position and time are given in one place only, before a commit is stored; storage takes commits as
//! they are.
//!
//! ```
//! use plansync_log::memory::MemoryLog;
//! use plansync_log::{
//!     Append, Cause, CommandKey, CommandScope, Fingerprint, LogId, Position, Proposal, Read,
//!     Recorded, Recording, StreamId, StreamKey, StreamKind, Version, sequence,
//! };
//! use uuid::Uuid;
//!
//! let mut log = MemoryLog::new(LogId::new(Uuid::from_u128(1)));
//! let id = Uuid::from_u128(2);
//! let proposal = Proposal {
//!     stream: StreamId::new("acme", StreamKind::Plan, StreamKey::Name("ada".into())),
//!     version: Version::FIRST,
//!     actor: "sam".into(),
//!     command: CommandKey { scope: CommandScope::Client, id },
//!     fingerprint: Fingerprint::of(b"the command"),
//!     cause: Cause { correlation: id, trace: None },
//!     judged_at: Position::ZERO,
//!     events: vec![Recording { kind: 7, body: b"the event".to_vec() }],
//! };
//! let (commit, tip) = sequence(&log.tip(), Recorded::new(1_000), &proposal)?;
//! log.append(&[commit])?;
//!
//! assert_eq!(log.tip(), tip);
//! let read = log.read(Position::FIRST, 10)?;
//! assert_eq!(read[0].decode()?.proposal, proposal);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Ports
//!
//! | port | for |
//! | --- | --- |
//! | [`Append`], [`Read`] | writing and reading an open log |
//! | [`Checkpoints`] | state that is derived from the log and stored beside it |
//! | [`Bodies`] | decoding events, for checks and copies |
//! | [`backend::Backend`] | opening a log, and checking, backing up and restoring it |
//! | [`replication::LogStream`], [`replication::LeaseStream`] | the streams of a log on several machines |
//!
//! [`memory`] implements all of them but `Bodies`, and so does the crate `plansync-sled` on a disk. The
//! module `contract` (feature `contract`) has the tests that every implementation runs.
//!
//! [`merkle`] is the Merkle tree over the commits, and [`anchor`] has signed statements about it that are kept
//! elsewhere: with one, a log that was replaced as a whole is found out, too.
//!
//! [`sealing`] has the keys of texts about persons: a log is never changed, so a text in it is erased by
//! destroying its key.
//!
//! [`replication`] is one log on several machines: the port of the stream that orders its records, and the rules by
//! which nodes lead and follow.
//!
//! [`archive`] is the format of backups, which no backend owns: a log can be moved from one backend to
//! another by a backup and a restore.

pub mod anchor;
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
mod measured;
pub mod memory;
pub mod merkle;
mod read;
pub mod replication;
pub mod sealing;
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
pub use measured::{LogMeasured, Lookups};
pub use read::{Extent, Read, ReadError};
pub use sequence::{COMMIT_BYTES_MAX, Tip, TooLarge, sequence};
pub use sequenced::Sequenced;
pub use stream::{StreamId, StreamKey, StreamKind};
