//! The streams of a replicated log in memory. Handles share them, so that several nodes can use them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::replication::record::RECORD_BYTES_MAX;
use crate::replication::{
    Entry, LeaseEnd, LeaseRecord, LeaseStream, LogStream, LogStreamError, Sent, StreamEnd,
    StreamSequence, Written,
};

/// A stream of records in memory. Clones share it: give one to each node.
///
/// ```
/// use plansync_log::memory::MemoryLogStream;
/// use plansync_log::replication::{LogStream, Sent, StreamSequence};
///
/// let mut one = MemoryLogStream::new();
/// let mut other = one.clone();
/// assert!(matches!(one.send(b"first", StreamSequence::ZERO), Sent::Stored(StreamSequence::FIRST)));
/// assert!(matches!(other.send(b"rival", StreamSequence::ZERO), Sent::Refused));
/// assert_eq!(other.read_from(StreamSequence::FIRST, 1)?[0].record, b"first");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct MemoryLogStream {
    held: Arc<Mutex<Held>>,
    record_bytes_max: usize,
}

#[derive(Debug, Default)]
struct Held {
    /// How many messages were removed at the beginning.
    removed: usize,
    records: Vec<Vec<u8>>,
}

impl Held {
    fn last(&self) -> StreamSequence {
        sequence(self.removed + self.records.len())
    }
}

fn sequence(count: usize) -> StreamSequence {
    StreamSequence::new(u64::try_from(count).unwrap_or(u64::MAX))
}

fn count(sequence: StreamSequence) -> usize {
    usize::try_from(sequence.get()).unwrap_or(usize::MAX)
}

impl Default for MemoryLogStream {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryLogStream {
    /// An empty stream that takes every record.
    pub fn new() -> Self {
        Self::with_record_bytes_max(RECORD_BYTES_MAX)
    }

    /// An empty stream that takes records of so many bytes.
    pub fn with_record_bytes_max(record_bytes_max: usize) -> Self {
        Self {
            held: Arc::default(),
            record_bytes_max,
        }
    }

    /// Stores a record behind the last message, whatever that is: as somebody would who does not keep to the port.
    pub fn force(&self, record: &[u8]) {
        self.held().records.push(record.to_vec());
    }

    /// Loses every message after this one.
    pub fn lose_after(&self, last: StreamSequence) {
        let mut held = self.held();
        let kept = count(last).saturating_sub(held.removed);
        held.records.truncate(kept);
    }

    /// Removes every message before this one.
    pub fn remove_before(&self, first: StreamSequence) {
        let mut held = self.held();
        let before = count(first).saturating_sub(1);
        let gone = before.saturating_sub(held.removed).min(held.records.len());
        held.records.drain(..gone);
        held.removed += gone;
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // A lock that is poisoned is used all the same: nothing under it panics, so no change is half done.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogStream for MemoryLogStream {
    fn record_bytes_max(&self) -> usize {
        self.record_bytes_max
    }

    fn send(&mut self, record: &[u8], last: StreamSequence) -> Sent {
        if record.len() > self.record_bytes_max {
            return Sent::Unknown(LogStreamError::Unavailable {
                what: format!("the record has {} bytes", record.len()),
                source: None,
            });
        }
        let mut held = self.held();
        if held.last() != last {
            return Sent::Refused;
        }
        held.records.push(record.to_vec());
        Sent::Stored(held.last())
    }

    fn read_from(
        &mut self,
        from: StreamSequence,
        bytes_max: usize,
    ) -> Result<Vec<Entry>, LogStreamError> {
        let held = self.held();
        let first = sequence(held.removed).next();
        if from < first {
            let wanted = from;
            return Err(LogStreamError::Gap { wanted, first });
        }
        let skipped = count(from).saturating_sub(held.removed + 1);
        let mut bytes = 0;
        let entries = (skipped..).zip(held.records.iter().skip(skipped));
        let fitting = entries.take_while(|(index, record)| {
            bytes += record.len();
            bytes <= bytes_max || *index == skipped
        });
        let entry = |(index, record): (usize, &Vec<u8>)| Entry {
            sequence: sequence(held.removed + index + 1),
            record: record.clone(),
        };
        Ok(fitting.map(entry).collect())
    }

    fn end(&mut self) -> Result<StreamEnd, LogStreamError> {
        let held = self.held();
        Ok(StreamEnd {
            first: sequence(held.removed).next(),
            last: held.last(),
        })
    }
}

/// A stream of leases in memory. Clones share it: give one to each node.
#[derive(Debug, Clone, Default)]
pub struct MemoryLeaseStream {
    end: Arc<Mutex<Option<(StreamSequence, LeaseRecord)>>>,
}

impl MemoryLeaseStream {
    /// An empty stream.
    pub fn new() -> Self {
        Self::default()
    }

    fn held(&self) -> MutexGuard<'_, Option<(StreamSequence, LeaseRecord)>> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LeaseStream for MemoryLeaseStream {
    fn read(&mut self) -> Result<LeaseEnd, LogStreamError> {
        let end = self.held().clone();
        Ok(LeaseEnd {
            sequence: end.as_ref().map_or(StreamSequence::ZERO, |(last, _)| *last),
            lease: end.map(|(_, lease)| lease),
        })
    }

    fn write(&mut self, lease: &LeaseRecord, last: StreamSequence) -> Written {
        let mut end = self.held();
        let is_end = end.as_ref().map_or(StreamSequence::ZERO, |(at, _)| *at) == last;
        if !is_end {
            return Written::Refused;
        }
        *end = Some((last.next(), lease.clone()));
        Written::Stored(last.next())
    }
}
