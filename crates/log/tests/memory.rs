//! The log in memory under the suite of the port.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::sync::Arc;

use plansync_log::backend::Backend;
use plansync_log::contract::{
    Adapter, Keeps, Opened, Places, Restores, holds, holds_as_backend, holds_restored, keeps,
};
use plansync_log::memory::{MemoryBackend, MemoryCheckpoints, MemoryLog};
use plansync_log::{Checkpoints, LogId, Position, Read};
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

impl Restores for InMemory {
    fn restore(&mut self, to: Position) {
        let next = self.held.tip().incarnation.next();
        self.held = self.held.restored(to, next).unwrap();
    }
}

fn empty() -> InMemory {
    let log = LogId::new(Uuid::from_u128(5));
    InMemory {
        log,
        held: MemoryLog::new(log),
    }
}

#[test]
fn the_log_in_memory_keeps_the_contract() {
    holds(empty);
}

#[test]
fn a_restored_log_in_memory_keeps_the_contract() {
    holds_restored(empty);
}

struct Kept(MemoryCheckpoints);

impl Keeps for Kept {
    fn open(&mut self, _log: LogId) -> Arc<dyn Checkpoints> {
        Arc::new(self.0.clone())
    }
}

#[test]
fn derived_state_in_memory_keeps_its_contract() {
    keeps(|| Kept(MemoryCheckpoints::new()));
}

struct InMemoryPlaces {
    log: LogId,
    places: [MemoryBackend; 2],
    folder: tempfile::TempDir,
}

impl Places for InMemoryPlaces {
    fn log(&self) -> LogId {
        self.log
    }

    fn first(&self) -> Box<dyn Backend> {
        Box::new(self.places[0].clone())
    }

    fn second(&self) -> Box<dyn Backend> {
        Box::new(self.places[1].clone())
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("backup")
    }
}

#[test]
fn the_backend_in_memory_keeps_the_contract() {
    holds_as_backend(|| {
        let log = LogId::new(Uuid::from_u128(5));
        InMemoryPlaces {
            log,
            places: [MemoryBackend::new(log), MemoryBackend::new(log)],
            folder: tempfile::tempdir().unwrap(),
        }
    });
}
