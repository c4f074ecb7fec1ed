//! Judging one message after another, with the node's own log for what is behind.

use std::io;
use std::sync::Arc;

use super::record::{Record, RecordReader};
use super::standing::Standing;
use super::{Applied, Entry, Halt, Inert, NodeId, Place, StreamSequence, Verdict, judge};
use crate::{Chain, Position, Read, ReadError, Sequenced};

/// Judges the messages of a stream in order.
pub(super) struct Judging {
    reader: RecordReader,
    log: Arc<dyn Read>,
    applied: Applied,
    standing: Standing,
}

/// A message that was judged.
pub(super) enum Judged {
    /// A term begins.
    Begins,
    /// Commits follow: these of them are new to the node's own log.
    Extends(Vec<Sequenced>),
    /// It changes nothing.
    Nothing,
}

/// Why a message was not judged.
#[derive(Debug)]
pub(super) enum NotJudged {
    /// The node's own log cannot be read.
    Read(ReadError),
    /// It contradicts what the node has.
    Halted(Halt),
}

impl From<ReadError> for NotJudged {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl Judging {
    pub(super) fn new(log: Arc<dyn Read>, applied: Applied) -> io::Result<Self> {
        Ok(Self {
            reader: RecordReader::new()?,
            log,
            applied,
            standing: Standing::new(applied),
        })
    }

    /// What the messages that were judged make of the log.
    pub(super) const fn applied(&self) -> &Applied {
        &self.applied
    }

    /// The same, for others.
    pub(super) const fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The node's own log.
    pub(super) fn log(&self) -> &dyn Read {
        self.log.as_ref()
    }

    /// Judges the next message. An error changes nothing, so the same message can be judged again.
    pub(super) fn judge(&mut self, entry: &Entry) -> Result<Judged, NotJudged> {
        let sequence = self.applied.sequence.next();
        if entry.sequence != sequence {
            return Err(NotJudged::Halted(Halt::Missing { sequence }));
        }
        let record = self.reader.read(&entry.record);
        let log = self.log.as_ref();
        let verdict = judge(&self.applied, &record, |position| chain_at(log, position))?;
        let inert = match verdict {
            Verdict::Halt(halt) => return Err(NotJudged::Halted(halt)),
            Verdict::Inert(reason) => Some(reason),
            Verdict::Begins | Verdict::Extends | Verdict::Duplicate => None,
        };
        let record = record.ok();
        let next = self.applied.after(record.as_ref(), verdict);
        let judged = match (verdict, record) {
            (Verdict::Begins, _) => Judged::Begins,
            (Verdict::Extends, Some(Record { mut commits, .. })) => {
                let known = self.known(&commits, sequence)?;
                Judged::Extends(commits.split_off(known))
            }
            (Verdict::Extends | Verdict::Duplicate | Verdict::Inert(_) | Verdict::Halt(_), _) => {
                Judged::Nothing
            }
        };
        self.moved(next, inert);
        Ok(judged)
    }

    /// The next message is the barrier with which this node begins the next term.
    pub(super) fn begun(&mut self, node: NodeId) {
        let next = Applied {
            sequence: self.applied.sequence.next(),
            term: self.applied.term.next(),
            leader: Some(node),
            ..self.applied
        };
        self.moved(next, None);
    }

    /// The next message is the record of these commits, which this node sent.
    pub(super) fn extended(&mut self, commits: &[Sequenced]) {
        let end = commits.last().map_or(self.applied.end, |last| Place {
            position: last.position(),
            chain: last.chain(),
        });
        let next = Applied {
            sequence: self.applied.sequence.next(),
            end,
            ..self.applied
        };
        self.moved(next, None);
    }

    fn moved(&mut self, next: Applied, inert: Option<Inert>) {
        self.applied = next;
        self.standing.judged(next, inert);
    }

    /// How many of these commits, which a message has, the node's own log has already. They must be the same there.
    pub(super) fn known(
        &self,
        commits: &[Sequenced],
        sequence: StreamSequence,
    ) -> Result<usize, NotJudged> {
        let tip = self.log.tip();
        let known = commits.partition_point(|commit| commit.position() <= tip.position);
        if let Some(last) = commits.get(..known).and_then(<[_]>::last) {
            let position = last.position();
            if chain_at(self.log.as_ref(), position)? != last.chain() {
                return Err(NotJudged::Halted(Halt::AnotherChain { position, sequence }));
            }
        }
        Ok(known)
    }
}

/// The chain of a log at a position that it has.
pub(super) fn chain_at(log: &dyn Read, position: Position) -> Result<Chain, ReadError> {
    let tip = log.tip();
    if position == tip.position {
        return Ok(tip.chain);
    }
    if position == Position::ZERO {
        return Ok(Chain::before_first(tip.log));
    }
    let commits = log.read(position, 1)?;
    let found = commits.first();
    let found = found.filter(|commit| commit.position() == position);
    found
        .map(Sequenced::chain)
        .ok_or_else(|| ReadError::Corrupt {
            what: format!("the commit {position} is missing"),
            remedy: "restore the log from a backup".to_owned(),
        })
}
