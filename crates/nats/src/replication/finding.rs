//! Finds how far a node has followed the stream of records, if its cursor is lost or there never was one, as after a
//! restore: from what the records say, and the node's own log. Otherwise the whole stream would be read.

use plansync_log::replication::record::{Record, RecordHeader, RecordReader};
use plansync_log::replication::{Applied, FollowError, LogStream, Place, StreamSequence};
use plansync_log::{Read, Sequenced, Tip};

/// Messages that are looked at before the one that the search ended at: it may be one that changed nothing.
const LOOKED_AT_MAX: usize = 64;

/// A cursor to go on at with [`Follower::resume`](plansync_log::replication::Follower::resume), which checks it once more.
/// `None` if none was found: then the stream is followed from its first message.
///
/// # Errors
///
/// [`FollowError`] if the stream or the log cannot be read.
pub fn find_cursor(
    stream: &mut dyn LogStream,
    log: &dyn Read,
) -> Result<Option<Applied>, FollowError> {
    let end = stream.end()?;
    let mut finder = Finder {
        stream,
        log,
        tip: log.tip(),
        records: RecordReader::new()?,
    };
    let (first, last) = (end.first.get(), end.last.get());
    // Positions go up along the stream, but for records that change nothing: whatever is found is checked.
    let (mut low, mut high) = (first, last.saturating_add(1));
    while low < high {
        let middle = low + (high - low) / 2;
        if finder.is_ahead(StreamSequence::new(middle))? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    for sequence in (first..low).rev().take(LOOKED_AT_MAX) {
        if let Some(cursor) = finder.cursor_at(StreamSequence::new(sequence))? {
            return Ok(Some(cursor));
        }
    }
    Ok(None)
}

struct Finder<'a> {
    stream: &'a mut dyn LogStream,
    log: &'a dyn Read,
    tip: Tip,
    records: RecordReader,
}

impl Finder<'_> {
    fn message(&mut self, sequence: StreamSequence) -> Result<Option<Vec<u8>>, FollowError> {
        let entries = self.stream.read_from(sequence, 1)?;
        Ok(entries.into_iter().next().map(|entry| entry.record))
    }

    /// Whether a record has commits that the node does not have.
    fn is_ahead(&mut self, sequence: StreamSequence) -> Result<bool, FollowError> {
        let Some(record) = self.message(sequence)? else {
            return Ok(true);
        };
        let header = RecordHeader::decode(&record);
        Ok(header.is_ok_and(|header| header.last() > self.tip.position))
    }

    /// The state after a message, if it has commits that the node has, too. A leader sends commits only in its own term,
    /// and what it sent too late has other chains than what was accepted.
    fn cursor_at(&mut self, sequence: StreamSequence) -> Result<Option<Applied>, FollowError> {
        let Some(record) = self.message(sequence)? else {
            return Ok(None);
        };
        let Ok(Record { header, commits }) = self.records.read(&record) else {
            return Ok(None);
        };
        let Some(last) = commits.last() else {
            return Ok(None);
        };
        let is_ours = (header.log, header.incarnation) == (self.tip.log, self.tip.incarnation);
        if !is_ours || !self.has(last)? {
            return Ok(None);
        }
        Ok(Some(Applied {
            log: header.log,
            incarnation: header.incarnation,
            sequence,
            end: Place {
                position: last.position(),
                chain: last.chain(),
            },
            term: header.term,
            leader: Some(header.node),
        }))
    }

    fn has(&self, commit: &Sequenced) -> Result<bool, FollowError> {
        if commit.position() > self.tip.position {
            return Ok(false);
        }
        let own = self.log.read(commit.position(), 1)?;
        let is_same =
            |own: &Sequenced| (own.position(), own.chain()) == (commit.position(), commit.chain());
        Ok(own.first().is_some_and(is_same))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plansync_log::contract::Author;
    use plansync_log::memory::{MemoryLog, MemoryLogStream};
    use plansync_log::replication::record::RecordWriter;
    use plansync_log::replication::{Follower, NodeId, SystemMonotonicClock, Term};
    use plansync_log::{Append as _, Chain, Incarnation, LogId, Position};
    use uuid::Uuid;

    use super::*;

    fn log() -> LogId {
        LogId::new(Uuid::from_u128(7))
    }

    fn node(number: u128) -> NodeId {
        NodeId::new(Uuid::from_u128(number))
    }

    fn writer(term: u64) -> RecordWriter {
        let names = (log(), Incarnation::FIRST);
        RecordWriter::new(names, (Term::new(term), node(term.into()))).unwrap()
    }

    /// A stream, and the commits in it.
    struct Told {
        stream: MemoryLogStream,
        commits: Vec<Sequenced>,
    }

    impl Told {
        fn new(commits: u64) -> Self {
            Self {
                stream: MemoryLogStream::new(),
                commits: Author::new(log()).group(commits),
            }
        }

        fn chain(&self, position: usize) -> Chain {
            match position {
                0 => Chain::before_first(log()),
                position => self.commits[position - 1].chain(),
            }
        }

        /// The term begins behind this position.
        fn barrier(&self, term: u64, position: usize) {
            let first = Position::new(u64::try_from(position).unwrap() + 1);
            self.stream
                .force(&writer(term).barrier(first, self.chain(position)));
        }

        /// One record for each of these positions.
        fn records(&self, term: u64, positions: std::ops::RangeInclusive<usize>) {
            for position in positions {
                let commits = &self.commits[position - 1..position];
                let before = self.chain(position - 1);
                self.stream
                    .force(&writer(term).commits(before, commits).unwrap());
            }
        }

        /// The cursor of a node with this many commits, as a follower takes it: its message and its position.
        fn found(&self, own: usize) -> Option<(u64, u64)> {
            let mut node = MemoryLog::new(log());
            node.append(&self.commits[..own]).unwrap();
            let cursor = find_cursor(&mut self.stream.clone(), &node).unwrap()?;
            let clock = Arc::new(SystemMonotonicClock::begin());
            let stream = Box::new(self.stream.clone());
            let mut follower = Follower::resume(stream, Arc::new(node), cursor, clock).unwrap();
            // Nothing is skipped.
            let mut told = own;
            loop {
                let before = *follower.applied();
                for commit in follower.step().unwrap() {
                    assert_eq!(commit, self.commits[told]);
                    told += 1;
                }
                if *follower.applied() == before {
                    break;
                }
            }
            assert_eq!(told, self.commits.len());
            Some((cursor.sequence.get(), cursor.end.position.get()))
        }
    }

    #[test]
    fn the_last_record_that_a_node_has_is_found() {
        let told = Told::new(1_000);
        told.barrier(1, 0);
        told.records(1, 1..=700);
        told.barrier(2, 700);
        told.records(2, 701..=1_000);
        for (own, sequence) in [
            (1, 2),
            (2, 3),
            (699, 700),
            (700, 701),
            (701, 703),
            (1_000, 1_002),
        ] {
            assert_eq!(told.found(own), Some((sequence, own as u64)), "{own}");
        }
    }

    #[test]
    fn records_that_change_nothing_are_not_taken_for_a_cursor() {
        let told = Told::new(20);
        told.barrier(1, 0);
        told.records(1, 1..=10);
        told.barrier(2, 10);
        // What the first leader sent too late, and what nobody can read.
        let other = Author::new(LogId::new(Uuid::from_u128(8))).group(11);
        let late = writer(1).commits(other[9].chain(), &other[10..]).unwrap();
        for _ in 0..30 {
            told.stream.force(b"nobody can read this");
            told.stream.force(&late);
        }
        told.records(2, 11..=20);
        assert_eq!(told.found(20), Some((82, 20)));
    }

    #[test]
    fn a_node_without_a_commit_of_the_stream_begins_at_its_beginning() {
        let told = Told::new(3);
        assert_eq!(told.found(3), None);
        told.barrier(1, 0);
        told.records(1, 1..=3);
        let node = MemoryLog::new(log());
        assert_eq!(find_cursor(&mut told.stream.clone(), &node).unwrap(), None);
        let mut other = MemoryLog::new(LogId::new(Uuid::from_u128(8)));
        other
            .append(&Author::new(LogId::new(Uuid::from_u128(8))).group(3))
            .unwrap();
        assert_eq!(find_cursor(&mut told.stream.clone(), &other).unwrap(), None);
    }
}
