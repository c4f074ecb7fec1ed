//! Why a log could not be opened, or a commit of it could not be decoded.

use plansync_domain::ids::SyncId;
use plansync_log::{Position, ReadError};

use crate::codec::CodecError;

/// Why the engine could not be opened on a log, or a commit of it could not be decoded.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The storage cannot be read.
    #[error("the log cannot be read; nothing was changed: check the disk and start again")]
    Read(#[from] ReadError),
    /// The envelope of a commit cannot be decoded.
    #[error("the commit at position {position} cannot be decoded; restore the log from a backup")]
    Envelope {
        /// The commit's position.
        position: Position,
        /// The decoder's error.
        source: plansync_log::DecodeError,
    },
    /// An event of a commit cannot be decoded.
    #[error("the commit at position {position} contains an event that cannot be decoded")]
    Event {
        /// The commit's position.
        position: Position,
        /// The decoder's error.
        source: CodecError,
    },
    /// A stream or actor has a name that no version of plansync writes.
    #[error(
        "the commit at position {position} has an unknown {what}; restore the log from a backup"
    )]
    Name {
        /// The commit's position.
        position: Position,
        /// Which part of the commit.
        what: &'static str,
    },
    /// A sync is running whose acceptance is missing from the log.
    #[error(
        "the acceptance of the running sync {sync} is missing from the log; restore the log from a backup"
    )]
    NoAcceptance {
        /// The sync.
        sync: SyncId,
    },
    /// The opening was interrupted ([`crate::Config::interrupted`]).
    #[error(
        "opening the log was interrupted at position {position}; nothing was changed: start again"
    )]
    Interrupted {
        /// The last position that was folded.
        position: Position,
    },
    /// A commit before the log's tip is missing.
    #[error(
        "commits are missing from the log after position {position}; restore the log from a backup"
    )]
    Gap {
        /// The first missing position.
        position: Position,
    },
}
