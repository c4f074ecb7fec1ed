//! The port of the stream that orders the records of a replicated log. It knows nothing of what a record says.

use std::error::Error;

use super::StreamSequence;

/// The stream that puts the records of a replicated log in one order for all nodes: numbered messages from 1 on, without
/// gaps, which are never changed. Calls block until the stream has answered or the time for it has passed.
pub trait LogStream: Send {
    /// The largest record that the stream stores, in bytes.
    fn record_bytes_max(&self) -> usize;

    /// Stores `record` as the message after `last`, if `last` is the end of the stream. The stream compares and stores
    /// in one step, so of two records that are sent after the same message, one is stored at most.
    ///
    /// The record is sent once, without an id by which the stream would recognise it: whoever does not hear an answer
    /// decides whether to send it again.
    fn send(&mut self, record: &[u8], last: StreamSequence) -> Sent;

    /// The messages from `from` on, in order and without gaps: at most `bytes_max` bytes of records, but at least one
    /// message if there is one. None if `from` is after the end. What is read may be behind the end of the stream, and
    /// even behind what was read before, if an outdated server answers.
    ///
    /// # Errors
    ///
    /// [`LogStreamError::Gap`] if the first messages from `from` on are not there any more.
    fn read_from(
        &mut self,
        from: StreamSequence,
        bytes_max: usize,
    ) -> Result<Vec<Entry>, LogStreamError>;

    /// The first and the last message. It may be behind, as in [`read_from`](Self::read_from).
    fn end(&mut self) -> Result<StreamEnd, LogStreamError>;
}

/// What became of a record that was sent.
#[derive(Debug)]
pub enum Sent {
    /// It is stored, and durable on a majority of the stream's servers, at this sequence. If this is not the one after
    /// `last`, something else happened than was asked for, and the record counts as [`Unknown`](Self::Unknown).
    Stored(StreamSequence),
    /// The stream does not end at `last`. This attempt stored nothing; an earlier one may have.
    Refused,
    /// No answer, or one that does not tell (a time-out, a lost connection, no leader): it may be stored, or be stored
    /// later.
    Unknown(LogStreamError),
}

/// One message of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub sequence: StreamSequence,
    /// The record.
    pub record: Vec<u8>,
}

/// Where a stream begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamEnd {
    /// The first message that is still there; the one after `last` if there is none.
    pub first: StreamSequence,
    /// The last message, `ZERO` if there was never one.
    pub last: StreamSequence,
}

/// Why a stream did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum LogStreamError {
    /// The stream does not answer at the moment. The same may be asked again.
    #[error("the stream does not answer now: {what}")]
    Unavailable {
        /// What failed.
        what: String,
        /// The error of the transport.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// Messages that were asked for are not there any more.
    #[error(
        "the stream begins with message {first}, and message {wanted} is needed; restore a backup of another node, which continues after it"
    )]
    Gap {
        /// The message that was asked for.
        wanted: StreamSequence,
        /// The first one that is still there.
        first: StreamSequence,
    },
    /// There is no such stream, or another one under its name.
    #[error("{what}")]
    Gone {
        /// What was found instead, and what to do.
        what: String,
    },
}
