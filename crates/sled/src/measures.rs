//! What an open log counts, and how much of the disk it takes.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use plansync_log::LogMeasured;
use plansync_measures::{Counter, Histogram, LATENCIES_NS};

use crate::shared::Shared;

/// What the file system counts in, whatever the size of its blocks is.
const BLOCK_BYTES: u64 = 512;

/// What an open log counts. Durations are in nanoseconds.
#[derive(Debug)]
pub(crate) struct Measures {
    pub(crate) appends: Histogram,
    pub(crate) flushes: Histogram,
    pub(crate) sealings: Histogram,
    /// Volumes that were sealed since the opening are not in here until somebody asks.
    sealed: Mutex<SealedBytes>,
}

/// The bytes of the oldest sealed volumes, which do not change any more.
#[derive(Debug, Default)]
struct SealedBytes {
    volumes: usize,
    bytes: u64,
}

impl Default for Measures {
    fn default() -> Self {
        Self {
            appends: Histogram::new(LATENCIES_NS),
            flushes: Histogram::new(LATENCIES_NS),
            sealings: Histogram::new(LATENCIES_NS),
            sealed: Mutex::default(),
        }
    }
}

/// How often something was found in memory.
#[derive(Debug, Default)]
pub(crate) struct Lookups {
    pub(crate) hits: Counter,
    pub(crate) misses: Counter,
}

impl Lookups {
    pub(crate) fn get(&self) -> plansync_log::Lookups {
        plansync_log::Lookups {
            hits: self.hits.get(),
            misses: self.misses.get(),
        }
    }
}

impl Shared {
    pub(crate) fn measured(&self) -> LogMeasured {
        let state = self.state();
        let (sealed, full) = (state.sealed.len(), state.full.len());
        drop(state);
        let count = |number| u64::try_from(number).unwrap_or(u64::MAX);
        LogMeasured {
            appends: self.measures.appends.get(),
            flushes: self.measures.flushes.get(),
            sealings: self.measures.sealings.get(),
            volumes_sealed: count(sealed),
            volumes_full: count(full),
            volume_lookups: self.open.lookups.get(),
        }
    }

    /// The bytes of the disk that the volumes take. Each sealed volume is looked at once.
    pub(crate) fn disk_bytes(&self) -> io::Result<u64> {
        let state = self.state();
        let sealed = Arc::clone(&state.sealed);
        let full = state.full.iter().map(|full| full.volume.dir.clone());
        let next = state.next.iter().map(|next| next.dir.clone());
        let others: Vec<_> = full
            .chain(next)
            .chain([state.active.volume.dir.clone()])
            .collect();
        drop(state);
        let known = self.measures.sealed.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        for volume in sealed.iter().skip(known.volumes) {
            known.bytes += bytes_of(&volume.dir)?;
            known.volumes += 1;
        }
        let others: u64 = others
            .iter()
            .map(|dir| bytes_of(dir))
            .sum::<io::Result<_>>()?;
        Ok(known.bytes + others)
    }
}

/// The bytes of all files in a folder. A file that is removed meanwhile counts as nothing.
fn bytes_of(path: &Path) -> io::Result<u64> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut bytes = found.blocks() * BLOCK_BYTES;
    if found.is_dir() {
        for entry in fs::read_dir(path)? {
            bytes += bytes_of(&entry?.path())?;
        }
    }
    Ok(bytes)
}
