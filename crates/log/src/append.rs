//! The writing side of a log: one owner appends groups of commits, and each group is durable when
//! `append` returns.

use crate::replication::{Halt, NodeId, Term};
use crate::{Position, Sequenced};

/// Why a group was not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// There is no room, or the storage does not answer at the moment. Nothing of the group was acknowledged. The
    /// same group may be appended again later. Of a log on one machine, nothing of the group is in the log, and
    /// another group may be appended at the same position instead; of a replicated log, the stream may have it.
    #[error("commits cannot be written to the log now: {what}")]
    Unavailable {
        /// What is missing and what to do.
        what: String,
        /// The error of the storage.
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
    /// Writing or syncing failed, and what the storage holds is not known. The process must end; the
    /// next opening finds out which commits are there.
    #[error("the log could not be written: {what}; stop, check the disk, and start again")]
    Fatal {
        /// What was being done.
        what: String,
        /// The error of the storage.
        #[source]
        source: std::io::Error,
    },
    /// An earlier append was fatal. Nothing is written after that.
    #[error(
        "an earlier write to the log failed, so nothing more is written; everything that was acknowledged is kept: check the disk and start again"
    )]
    Poisoned,
    /// Another node leads, so this one writes nothing more. What the stream did not accept is nowhere.
    #[error(
        "node {node} leads since term {term}, so this node writes nothing more; everything that was acknowledged is kept: follow the other node"
    )]
    Deposed {
        /// The term of the other node.
        term: Term,
        /// The other node.
        node: NodeId,
    },
    /// The node and the stream of the log contradict each other. Nothing is written after that.
    #[error(transparent)]
    Halted(#[from] Halt),
}

/// The writing side of a log. It has one owner, so that the order of appends is the order of the log.
pub trait Append: Send {
    /// Makes a group durable. The group must continue the log in order and without a gap. When this
    /// returns `Ok`, every commit of the group survives a loss of power and can be read. An empty group
    /// changes nothing.
    fn append(&mut self, group: &[Sequenced]) -> Result<(), AppendError>;
}
