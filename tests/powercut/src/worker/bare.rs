//! Owns the log as sled alone would keep it, with nothing of ours beside it: position → commit,
//! flushed, and the file synced once more before anything is acknowledged. It is what a canary
//! must find broken; no other crate may use sled like this.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use plansync_log::memory::MemoryLog;
use plansync_log::{Append, AppendError, LogId, Sequenced};
use uuid::Uuid;

use super::WorkError;

/// The file in which sled keeps its pages; it gives no handle of its own.
const PAGES: &str = "db";

/// So many folders, the log's and those around it, are made with it at most.
const FOLDERS: usize = 4;

/// A log in sled. Answers come from a copy in memory, which opening fills.
pub(super) struct BareLog {
    db: sled::Db,
    pages: File,
    pub(super) memory: MemoryLog,
}

impl BareLog {
    /// Opens what is in this folder, and takes every commit that sled still has.
    pub(super) fn open(dir: &Path) -> Result<Self, WorkError> {
        let refused = |error: &dyn std::error::Error| WorkError::refused("opening sled", error);
        let db = sled::open(dir).map_err(|error| refused(&error))?;
        let mut memory = MemoryLog::new(LogId::new(Uuid::from_u128(0xba2e)));
        for pair in db.iter() {
            let (_, value) = pair.map_err(|error| WorkError::refused("reading sled", &error))?;
            let commit = Sequenced::from_stored(Arc::from(&*value))
                .map_err(|error| WorkError::Wrong(error.to_string()))?;
            memory
                .append(&[commit])
                .map_err(|error| WorkError::Wrong(error.to_string()))?;
        }
        let pages = File::open(dir.join(PAGES)).map_err(|error| refused(&error))?;
        // The names must be durable too, before the first guarantee.
        for folder in dir.ancestors().take(FOLDERS) {
            let synced = File::open(folder).and_then(|folder| folder.sync_all());
            synced.map_err(|error| refused(&error))?;
        }
        Ok(Self { db, pages, memory })
    }

    fn write(&self, group: &[Sequenced]) -> io::Result<()> {
        for commit in group {
            let key = commit.position().get().to_be_bytes();
            self.db.insert(key, commit.stored())?;
        }
        self.db.flush()?;
        self.pages.sync_data()
    }
}

impl Append for BareLog {
    fn append(&mut self, group: &[Sequenced]) -> Result<(), AppendError> {
        self.write(group).map_err(|source| AppendError::Fatal {
            what: "sled".to_owned(),
            source,
        })?;
        self.memory.append(group)
    }
}
