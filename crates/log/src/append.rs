//! The port's writing side: one owner, who makes groups of commits durable in order. It refuses to
//! know how.

use crate::{Position, Sequenced};

/// Why a group was not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// There is no room, or the storage is not there at the moment. Nothing of the group is in the
    /// log, and the same or another group may be tried again at the same position.
    #[error("the log cannot take commits at the moment: {what}")]
    Unavailable {
        /// What is missing and what to do.
        what: String,
        /// What the storage said.
        #[source]
        source: std::io::Error,
    },
    /// The group does not continue the log. Nothing of it was written.
    #[error("the log ends at {tip}, and the commit {given} does not follow it")]
    OutOfOrder {
        /// The last position of the log.
        tip: Position,
        /// The first position of the group, or the first that breaks the chain.
        given: Position,
    },
    /// Writing or syncing failed and what is on the disk is not known. The process must end; the
    /// log says at its next opening which commits are there.
    #[error("the log could not be written: {what}; stop, check the disk, and start again")]
    Fatal {
        /// What was being done.
        what: String,
        /// What the storage said.
        #[source]
        source: std::io::Error,
    },
    /// An earlier append was fatal, and nothing is written after that.
    #[error("an earlier write to the log failed, so nothing more is written; stop and start again")]
    Poisoned,
}

/// The writing side of a log. It has one owner.
pub trait Append: Send {
    /// Makes a group durable, in order and without a gap. When this returns `Ok`, every commit of
    /// the group survives a loss of power and is readable; an empty group changes nothing.
    fn append(&mut self, group: &[Sequenced]) -> Result<(), AppendError>;
}
