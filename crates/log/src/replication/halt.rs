//! Why a node stops: what it has and what the stream has contradict each other. A person must look at it; nothing is
//! decided before.

use super::{NodeId, StreamSequence, Term};
use crate::Position;

/// A contradiction between a node and the stream. Nothing that was acknowledged is overwritten or thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// A term began where this node does not end.
    #[error(
        "message {sequence} is of term {term} of node {node}, which begins after position {begins_after}, and this node's log ends at {end} there: this node or the stream lost acknowledged commits; stop the other nodes, compare their logs with `plansync audit verify`, and keep all of them"
    )]
    TermElsewhere {
        /// The later term.
        term: Term,
        /// The node that leads in it.
        node: NodeId,
        /// The message.
        sequence: StreamSequence,
        /// The last position before the term, as the message says.
        begins_after: Position,
        /// The last position before the message, as this node knows it.
        end: Position,
    },
    /// Two nodes sent commits in one term, so this node saw another beginning of the term than one of them.
    #[error(
        "message {sequence} has commits of node {node} in term {term}, which another node began as far as this one knows: this node or the stream lost acknowledged commits; stop the other nodes, compare their logs with `plansync audit verify`, and keep all of them"
    )]
    TwoNodes {
        /// The term.
        term: Term,
        /// Who sent the commits.
        node: NodeId,
        /// The message.
        sequence: StreamSequence,
    },
    /// The stream has another commit at a position.
    #[error(
        "message {sequence} has another commit at position {position} than this node: one of them is damaged or replaced; compare the nodes with `plansync audit verify`, and restore this one from a backup of a good one"
    )]
    AnotherChain {
        /// The position.
        position: Position,
        /// The message.
        sequence: StreamSequence,
    },
    /// The stream ends before messages that this node has seen.
    #[error(
        "the stream ends at message {last}, and message {seen} was acknowledged: the stream lost acknowledged commits; this node still has them: keep its data folder, and publish them again from there"
    )]
    TailLost {
        /// The last message now.
        last: StreamSequence,
        /// The last message that was seen.
        seen: StreamSequence,
    },
    /// This node has commits that the stream does not have.
    #[error(
        "this node has commits up to position {here}, and the stream ends at {stream}: the stream lost acknowledged commits, or this folder is of another log; keep the data folder, and publish the commits again from there"
    )]
    Ahead {
        /// The last position of this node.
        here: Position,
        /// The last position that the stream has.
        stream: Position,
    },
    /// Messages between those that this node has seen are missing.
    #[error(
        "message {sequence} is missing from the stream; restore this node from a backup of another one, which continues after it"
    )]
    Missing {
        /// The first missing message.
        sequence: StreamSequence,
    },
    /// A record of this node's own term that it did not send.
    #[error(
        "message {sequence} has a record of this node and term that this process did not send; end all processes that use this node's data folder or a copy of it"
    )]
    NotMine {
        /// The message.
        sequence: StreamSequence,
    },
}
