//! The log in memory under the suite of the port.

use std::sync::Arc;

use plansync_log::LogId;
use plansync_log::contract::{Adapter, Opened, holds};
use plansync_log::memory::MemoryLog;
use uuid::Uuid;

/// Memory is not left behind, so opening again means another handle on the same log.
struct InMemory {
    log: LogId,
    held: MemoryLog,
}

impl Adapter for InMemory {
    fn log(&self) -> LogId {
        self.log
    }

    fn open(&mut self) -> Opened {
        (Box::new(self.held.clone()), Arc::new(self.held.clone()))
    }
}

#[test]
fn the_log_in_memory_keeps_the_contract() {
    holds(|| {
        let log = LogId::new(Uuid::from_u128(5));
        InMemory {
            log,
            held: MemoryLog::new(log),
        }
    });
}
