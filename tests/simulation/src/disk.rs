//! The log's disk: what is durable on it, what was written and is not, and what goes wrong next.
//!
//! Worse than the port allows in one way: what was written but not synced can be read. Whoever shows
//! that has not asked whether it is durable.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use plansync_log::memory::MemoryLog;
use plansync_log::{
    Append, AppendError, CommandKey, Incarnations, LogId, Position, Read, ReadError, Sequenced,
    StreamId, Tip, Version,
};

/// How the next group fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Fare {
    /// It is synced.
    #[default]
    Synced,
    /// There is no room for it.
    NoRoom,
    /// The sync fails, and the next opening finds the group.
    FailsAndStays,
    /// The sync fails, and the next opening does not find it.
    FailsAndGoes,
}

#[derive(Debug)]
struct Held {
    log: MemoryLog,
    /// Written, not synced, and readable until the process ends.
    unsynced: Vec<Sequenced>,
    stays: bool,
    fare: Fare,
    /// Reads that go well before one fails.
    reads_until_fault: Option<u32>,
}

/// The disk; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    held: Arc<Mutex<Held>>,
}

impl Disk {
    /// An empty one.
    pub(crate) fn new(log: LogId) -> Self {
        let held = Held {
            log: MemoryLog::new(log),
            unsynced: Vec::new(),
            stays: false,
            fare: Fare::Synced,
            reads_until_fault: None,
        };
        Self {
            held: Arc::new(Mutex::new(held)),
        }
    }

    /// How the next group fares.
    pub(crate) fn set_fare(&self, fare: Fare) {
        self.lock().fare = fare;
    }

    /// After so many reads that go well, one fails.
    pub(crate) fn fail_read_after(&self, reads: u32) {
        self.lock().reads_until_fault = Some(reads);
    }

    /// Everything goes well from now on.
    pub(crate) fn heal(&self) {
        let mut held = self.lock();
        held.fare = Fare::Synced;
        held.reads_until_fault = None;
    }

    /// Whether a sync has failed, after which the process must end.
    pub(crate) fn is_failed(&self) -> bool {
        !self.lock().unsynced.is_empty()
    }

    /// The process has ended: what was written and not synced is there now, or gone for good.
    pub(crate) fn settle(&self) {
        let mut held = self.lock();
        held.fare = Fare::Synced;
        let unsynced = std::mem::take(&mut held.unsynced);
        if held.stays {
            // It followed the log when it was written, and nothing was written after it.
            let appended = held.log.clone().append(&unsynced);
            debug_assert!(appended.is_ok(), "{appended:?}");
        }
    }

    /// What is durable.
    pub(crate) fn log(&self) -> MemoryLog {
        self.lock().log.clone()
    }

    fn reading(&self) -> Result<MutexGuard<'_, Held>, ReadError> {
        let mut held = self.lock();
        match held.reads_until_fault {
            Some(0) => {
                held.reads_until_fault = None;
                Err(ReadError::Unavailable {
                    what: "the simulated disk".to_owned(),
                    source: io::Error::other("simulated"),
                })
            }
            Some(left) => {
                held.reads_until_fault = Some(left - 1);
                Ok(held)
            }
            None => Ok(held),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Append for Disk {
    fn append(&mut self, group: &[Sequenced]) -> Result<(), AppendError> {
        let mut held = self.lock();
        if !held.unsynced.is_empty() {
            return Err(AppendError::Poisoned);
        }
        let failed = || io::Error::other("simulated");
        match std::mem::take(&mut held.fare) {
            Fare::Synced => held.log.append(group),
            Fare::NoRoom => Err(AppendError::Unavailable {
                what: "the simulated disk is full".to_owned(),
                source: failed(),
            }),
            fare @ (Fare::FailsAndStays | Fare::FailsAndGoes) => {
                held.unsynced = group.to_vec();
                held.stays = fare == Fare::FailsAndStays;
                Err(AppendError::Fatal {
                    what: "syncing".to_owned(),
                    source: failed(),
                })
            }
        }
    }
}

impl Read for Disk {
    fn tip(&self) -> Tip {
        self.lock().log.tip()
    }

    fn incarnations(&self) -> Incarnations {
        self.lock().log.incarnations()
    }

    fn read(&self, from: Position, count_max: usize) -> Result<Vec<Sequenced>, ReadError> {
        let held = self.reading()?;
        let mut found = held.log.read(from, count_max)?;
        let behind = held.unsynced.iter();
        let behind = behind.filter(|commit| commit.position() >= from);
        found.extend(behind.take(count_max - found.len()).cloned());
        Ok(found)
    }

    fn stream(
        &self,
        stream: &StreamId,
        from: Version,
        count_max: usize,
    ) -> Result<Vec<Sequenced>, ReadError> {
        self.reading()?.log.stream(stream, from, count_max)
    }

    fn locate(&self, stream: &StreamId, version: Version) -> Result<Option<Position>, ReadError> {
        self.reading()?.log.locate(stream, version)
    }

    fn stream_version(&self, stream: &StreamId) -> Result<Version, ReadError> {
        self.reading()?.log.stream_version(stream)
    }

    fn command(&self, tenant: &str, command: CommandKey) -> Result<Option<Position>, ReadError> {
        self.reading()?.log.command(tenant, command)
    }
}
