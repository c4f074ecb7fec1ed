//! One node's way to the streams, on which everything goes wrong that may, and the faults of leaders that do not keep to
//! the rules.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use plansync_log::memory::{MemoryLeaseStream, MemoryLogStream};
use plansync_log::replication::record::RecordHeader;
use plansync_log::replication::{
    Entry, LeaseEnd, LeaseRecord, LeaseStream, LogStream, LogStreamError, Sent, StreamEnd,
    StreamSequence, Written,
};

use crate::choices::Choices;

/// Outdated answers in a row, at most.
const OUTDATED_MAX: u32 = 3;

/// What is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterFault {
    /// A leader takes any message that a record is stored as for the one that it was to be.
    AcceptsAnyMessage,
    /// A node leads without a barrier.
    NoBarrier,
    /// Records have ids, by which the stream drops what it has seen before.
    RecordsHaveIds,
    /// Answers leave without a valid lease.
    AnswersWithoutLease,
}

/// A record, and the message that it is to be stored behind.
type LateRecord = (Vec<u8>, StreamSequence);

/// The servers of the streams, which all nodes share.
#[derive(Debug, Clone)]
pub(crate) struct Servers {
    pub(crate) records: MemoryLogStream,
    pub(crate) leases: MemoryLeaseStream,
    /// Records that come late, if ever, with what they were to be stored behind.
    late: Arc<Mutex<Vec<LateRecord>>>,
    /// The records whose ids the stream has seen.
    ids: Arc<Mutex<BTreeSet<Vec<u8>>>>,
    pub(crate) choices: Choices,
    pub(crate) fault: Option<ClusterFault>,
}

impl Servers {
    pub(crate) fn new(choices: &Choices, fault: Option<ClusterFault>) -> Self {
        Self {
            records: MemoryLogStream::new(),
            leases: MemoryLeaseStream::new(),
            late: Arc::default(),
            ids: Arc::default(),
            choices: choices.clone(),
            fault,
        }
    }

    /// A record arrives that comes late, if there is one.
    pub(crate) fn deliver_late(&self) {
        let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        if !late.is_empty() {
            let index = self.choices.index(late.len());
            let (record, last) = late.remove(index);
            // Nobody hears the answer.
            drop(self.records.clone().send(&record, last));
        }
    }

    fn delay(&self, record: &[u8], last: StreamSequence) {
        let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        late.push((record.to_vec(), last));
    }

    /// Stores a record, as the fault wants it.
    fn store(&self, record: &[u8], last: StreamSequence) -> Sent {
        if self.fault == Some(ClusterFault::RecordsHaveIds) {
            let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
            if !ids.insert(record.to_vec()) {
                // It says where the first one was to be stored, whether it was or not.
                return Sent::Stored(StreamSequence::ZERO);
            }
        }
        self.records.clone().send(record, last)
    }

    /// An old server stores a record without comparing where the stream ends.
    fn store_anywhere(&self, record: &[u8]) -> Sent {
        self.records.force(record);
        match self.records.clone().end() {
            Ok(end) => Sent::Stored(end.last),
            Err(error) => Sent::Unknown(error),
        }
    }
}

/// One node's way to the servers.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) servers: Servers,
    /// Whether the node is cut off.
    pub(crate) is_cut: Arc<AtomicBool>,
    outdated: u32,
    /// How many barriers were kept back, which this node counts as messages.
    kept_back: u64,
}

fn no_answer() -> LogStreamError {
    LogStreamError::Unavailable {
        what: "the simulated servers".to_owned(),
        source: None,
    }
}

impl Way {
    pub(crate) fn new(servers: &Servers, is_cut: &Arc<AtomicBool>) -> Self {
        Self {
            servers: servers.clone(),
            is_cut: Arc::clone(is_cut),
            outdated: 0,
            kept_back: 0,
        }
    }

    fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::Relaxed)
    }

    fn is_outdated(&mut self) -> bool {
        let is_one = self.outdated < OUTDATED_MAX && self.servers.choices.happens(60);
        self.outdated = if is_one { self.outdated + 1 } else { 0 };
        is_one
    }

    /// The message of the stream that this node calls so.
    fn real(&self, sequence: StreamSequence) -> StreamSequence {
        StreamSequence::new(sequence.get().saturating_sub(self.kept_back))
    }

    fn seen(&self, sequence: StreamSequence) -> StreamSequence {
        StreamSequence::new(sequence.get() + self.kept_back)
    }

    fn send_really(&mut self, record: &[u8], last: StreamSequence) -> Sent {
        let servers = &self.servers;
        // Where something is broken on purpose, what shows it comes often.
        let weights = match servers.fault {
            Some(ClusterFault::RecordsHaveIds) => [700, 150, 50, 50, 50, 0],
            Some(ClusterFault::AcceptsAnyMessage) => [500, 20, 40, 20, 20, 400],
            Some(ClusterFault::NoBarrier | ClusterFault::AnswersWithoutLease) | None => {
                [900, 15, 25, 20, 20, 15]
            }
        };
        let sent = match servers.choices.weighted(&weights) {
            0 => servers.store(record, last),
            // Lost on its way there. A server may have seen its id.
            1 => {
                if servers.fault == Some(ClusterFault::RecordsHaveIds) {
                    let mut ids = servers.ids.lock().unwrap_or_else(PoisonError::into_inner);
                    ids.insert(record.to_vec());
                }
                Sent::Unknown(no_answer())
            }
            // Its answer is lost.
            2 => {
                drop(servers.store(record, last));
                Sent::Unknown(no_answer())
            }
            3 => {
                servers.delay(record, last);
                Sent::Unknown(no_answer())
            }
            // It comes twice.
            4 => {
                servers.delay(record, last);
                servers.store(record, last)
            }
            _anywhere => servers.store_anywhere(record),
        };
        match sent {
            Sent::Stored(_) if servers.fault == Some(ClusterFault::AcceptsAnyMessage) => {
                Sent::Stored(last.next())
            }
            sent @ (Sent::Stored(_) | Sent::Refused | Sent::Unknown(_)) => sent,
        }
    }
}

impl LogStream for Way {
    fn record_bytes_max(&self) -> usize {
        self.servers.records.record_bytes_max()
    }

    fn send(&mut self, record: &[u8], last: StreamSequence) -> Sent {
        if self.is_cut() {
            return Sent::Unknown(no_answer());
        }
        let is_barrier = RecordHeader::decode(record).is_ok_and(|header| header.is_barrier());
        if is_barrier && self.servers.fault == Some(ClusterFault::NoBarrier) {
            self.kept_back += 1;
            return Sent::Stored(last.next());
        }
        let real = self.real(last);
        match self.send_really(record, real) {
            Sent::Stored(sequence) => Sent::Stored(self.seen(sequence)),
            sent @ (Sent::Refused | Sent::Unknown(_)) => sent,
        }
    }

    fn read_from(
        &mut self,
        from: StreamSequence,
        bytes_max: usize,
    ) -> Result<Vec<Entry>, LogStreamError> {
        if self.is_cut() {
            return Err(no_answer());
        }
        let mut entries = self
            .servers
            .records
            .clone()
            .read_from(self.real(from), bytes_max)?;
        if self.is_outdated() {
            let count = self.servers.choices.index(entries.len() + 1);
            entries.truncate(count);
        }
        for entry in &mut entries {
            entry.sequence = self.seen(entry.sequence);
        }
        Ok(entries)
    }

    fn end(&mut self) -> Result<StreamEnd, LogStreamError> {
        if self.is_cut() {
            return Err(no_answer());
        }
        let mut end = self.servers.records.clone().end()?;
        if self.is_outdated() {
            let behind = u64::from(self.servers.choices.below(4));
            end.last = StreamSequence::new(end.last.get().saturating_sub(behind));
        }
        Ok(StreamEnd {
            first: end.first,
            last: self.seen(end.last),
        })
    }
}

impl LeaseStream for Way {
    fn read(&mut self) -> Result<LeaseEnd, LogStreamError> {
        if self.is_cut() || self.servers.choices.happens(20) {
            return Err(no_answer());
        }
        self.servers.leases.clone().read()
    }

    fn write(&mut self, lease: &LeaseRecord, last: StreamSequence) -> Written {
        if self.is_cut() || self.servers.choices.happens(20) {
            return Written::Unknown(no_answer());
        }
        let written = self.servers.leases.clone().write(lease, last);
        if self.servers.choices.happens(20) {
            return Written::Unknown(no_answer());
        }
        written
    }
}
