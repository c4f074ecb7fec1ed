//! The apply rule: what a record does to the log, as a function of the messages before it. Every node judges every
//! message by it, the leader its own ones, too; so the log is a function of the stream.
//!
//! The state is the term, its node, and the last position with its chain:
//!
//! | record | verdict |
//! | --- | --- |
//! | cannot be decoded, or is of another log or incarnation | inert |
//! | of an earlier term | inert |
//! | a barrier of a later term whose chain before is that of the last position | the term begins |
//! | anything else of a later term | halt |
//! | a second barrier of the term, of whichever node | inert |
//! | commits of the term, but of another node | halt |
//! | of the term, its first commit follows the last position and its chain | extends |
//! | of the term, at or behind the last position, with the same chain | duplicate |
//! | of the term, with another chain at or behind the last position | halt |
//! | anything else of the term | inert |
//!
//! *Inert* records change nothing anywhere. They are what a leader sent that no longer led, or what somebody sent who
//! should not have been able to. *Halt* means that this node and the stream contradict each other: an acknowledged commit
//! is missing here or there, and nothing may be decided before a person has looked at it. A later term of which this
//! node did not see the beginning is such a contradiction, because a barrier is stored only behind everything that its
//! node has seen: ignoring its records would leave two logs that are both acknowledged.

use super::record::{Record, RecordError};
use super::{Halt, NodeId, StreamSequence, Term};
use crate::{Chain, Incarnation, LogId, Position, ReadError};

/// Where a log begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The position of a commit, `ZERO` before the first one.
    pub position: Position,
    /// The chain there.
    pub chain: Chain,
}

/// What the messages of a stream up to one of them make of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// The log.
    pub log: LogId,
    /// Its incarnation.
    pub incarnation: Incarnation,
    /// The last message that was judged.
    pub sequence: StreamSequence,
    /// The end of the log there.
    pub end: Place,
    /// The term there.
    pub term: Term,
    /// The node of this term; nobody before the first term.
    pub leader: Option<NodeId>,
}

impl Applied {
    /// The state before the first message of a stream that continues a log after `base`.
    pub const fn before_first(log: LogId, incarnation: Incarnation, base: Place) -> Self {
        Self {
            log,
            incarnation,
            sequence: StreamSequence::ZERO,
            end: base,
            term: Term::ZERO,
            leader: None,
        }
    }

    /// The state after the next message, which says this and has this verdict.
    #[must_use]
    pub(super) fn after(self, record: Option<&Record>, verdict: Verdict) -> Self {
        let mut next = Self {
            sequence: self.sequence.next(),
            ..self
        };
        match (verdict, record) {
            (Verdict::Begins, Some(record)) => {
                next.term = record.header.term;
                next.leader = Some(record.header.node);
            }
            (Verdict::Extends, Some(record)) => {
                let last = record.commits.last();
                next.end = last.map_or(self.end, |last| Place {
                    position: last.position(),
                    chain: last.chain(),
                });
            }
            (Verdict::Begins | Verdict::Extends, None)
            | (Verdict::Duplicate | Verdict::Inert(_) | Verdict::Halt(_), _) => {}
        }
        next
    }
}

/// What a record does to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A term begins.
    Begins,
    /// Its commits follow.
    Extends,
    /// The log has its commits already.
    Duplicate,
    /// It changes nothing.
    Inert(Inert),
    /// It contradicts what this node has.
    Halt(Halt),
}

/// Why a record changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Inert {
    /// It cannot be decoded.
    #[error(transparent)]
    Unreadable(RecordError),
    /// It is of another log or incarnation.
    #[error(
        "the record is of the log {log} in incarnation {incarnation}; see who may publish to the stream"
    )]
    AnotherLog {
        /// Its log.
        log: LogId,
        /// Its incarnation.
        incarnation: Incarnation,
    },
    /// A later term had begun. That is ordinary: its leader did not know it yet.
    #[error("the record is of term {term}, which is over")]
    EarlierTerm {
        /// Its term.
        term: Term,
    },
    /// The term had begun before.
    #[error("node {node} tried to begin term {term}, which had begun before")]
    SecondBarrier {
        /// The term.
        term: Term,
        /// Who tried.
        node: NodeId,
    },
    /// It does not follow the last commit.
    #[error("the record begins at position {first}, and does not follow the last commit")]
    NotNext {
        /// Its first position.
        first: Position,
    },
}

impl Inert {
    /// Whether this is not to be expected, so that somebody should look at it.
    pub const fn is_alarming(&self) -> bool {
        !matches!(self, Self::EarlierTerm { .. })
    }
}

/// Judges the next message. `chain_at` gives the chain of this node's log at a position up to that of
/// [`Applied::end`]; it is asked about records behind the end only.
///
/// # Errors
///
/// The error of `chain_at`.
pub fn judge(
    applied: &Applied,
    record: &Result<Record, RecordError>,
    chain_at: impl FnOnce(Position) -> Result<Chain, ReadError>,
) -> Result<Verdict, ReadError> {
    let record = match record {
        Ok(record) => record,
        Err(error) => return Ok(Verdict::Inert(Inert::Unreadable(*error))),
    };
    let header = &record.header;
    let (log, incarnation) = (header.log, header.incarnation);
    if (log, incarnation) != (applied.log, applied.incarnation) {
        return Ok(Verdict::Inert(Inert::AnotherLog { log, incarnation }));
    }
    if header.term < applied.term {
        let term = header.term;
        return Ok(Verdict::Inert(Inert::EarlierTerm { term }));
    }
    if header.term > applied.term {
        return Ok(later_term(applied, record));
    }
    let (term, node) = (header.term, header.node);
    if header.is_barrier() {
        return Ok(Verdict::Inert(Inert::SecondBarrier { term, node }));
    }
    if applied.leader != Some(node) {
        // It leads elsewhere: a node sends commits only after it saw its own barrier begin the term.
        let sequence = applied.sequence.next();
        return Ok(Verdict::Halt(Halt::TwoNodes {
            term,
            node,
            sequence,
        }));
    }
    same_term(applied, record, chain_at)
}

/// A record of a later term is right only if it begins the term where this log ends.
fn later_term(applied: &Applied, record: &Record) -> Verdict {
    let header = &record.header;
    let begins_at = Place {
        position: Position::new(header.first.get().saturating_sub(1)),
        chain: header.before,
    };
    if header.is_barrier() && begins_at == applied.end {
        Verdict::Begins
    } else {
        Verdict::Halt(Halt::TermElsewhere {
            term: header.term,
            node: header.node,
            sequence: applied.sequence.next(),
            begins_after: begins_at.position,
            end: applied.end.position,
        })
    }
}

/// A record of the leader: it follows, or is known, or does not fit.
fn same_term(
    applied: &Applied,
    record: &Record,
    chain_at: impl FnOnce(Position) -> Result<Chain, ReadError>,
) -> Result<Verdict, ReadError> {
    let (header, end) = (&record.header, applied.end);
    let first = header.first;
    if first == end.position.next() && header.before == end.chain {
        return Ok(Verdict::Extends);
    }
    // The last of its commits that this log has, too. Its chain covers everything before it.
    let known = record.commits.iter();
    let known = known.take_while(|commit| commit.position() <= end.position);
    let Some(last) = known.last() else {
        return Ok(Verdict::Inert(Inert::NotNext { first }));
    };
    let position = last.position();
    let here = if position == end.position {
        end.chain
    } else {
        chain_at(position)?
    };
    Ok(if here != last.chain() {
        Verdict::Halt(Halt::AnotherChain {
            position,
            sequence: applied.sequence.next(),
        })
    } else if header.last() <= end.position {
        Verdict::Duplicate
    } else {
        Verdict::Inert(Inert::NotNext { first })
    })
}
