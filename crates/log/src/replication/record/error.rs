//! Why bytes are no record.

use crate::{DecodeError, Position};

/// Why the bytes of a message are no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// They do not begin like a record.
    #[error("the message is no record of a log; see who may publish to the stream")]
    NotOne,
    /// A later version wrote it.
    #[error(
        "the record has format {format}, which this program does not know; run the same version on all nodes"
    )]
    Newer {
        /// Its format.
        format: u8,
    },
    /// Bytes are not what was sent.
    #[error("the record is damaged: {0}")]
    Damaged(&'static str),
    /// A commit is what was sent, but cannot be decoded.
    #[error("the commit {position} in the record cannot be decoded: {source}")]
    Commit {
        /// Its position.
        position: Position,
        /// What is wrong with it.
        source: DecodeError,
    },
}
