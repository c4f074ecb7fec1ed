//! Owns how the log is opened here: with volumes small enough that many are made and sealed in a
//! session, and bounds small enough that they are met.

use std::path::Path;
use std::sync::Arc;

use plansync_sled::{Options, Sealer, SledAppender, SledLog, SledReader};

use super::WorkError;

/// Smaller than the largest groups, so that some of them need a volume of their own.
const VOLUME_BYTES_MIN: u64 = 48 << 10;
const VOLUME_BYTES_MAX: u64 = 300 << 10;

/// An open log.
pub(super) struct Opened {
    pub(super) appender: SledAppender,
    pub(super) reader: Arc<SledReader>,
    pub(super) sealer: Sealer,
}

/// Opens the log in this folder.
pub(super) fn open(dir: &Path, rng: &mut fastrand::Rng) -> Result<Opened, WorkError> {
    let options = Options {
        volume_bytes: rng.u64(VOLUME_BYTES_MIN..VOLUME_BYTES_MAX),
        cache_bytes: 2 << 20,
        open_volumes_max: rng.usize(1..12),
        full_volumes_max: rng.usize(1..4),
        tail_bytes: rng.usize(0..1 << 16),
        read_bytes_max: rng.usize(1..1 << 20),
        ..Options::default()
    };
    let (appender, reader, sealer) =
        SledLog::open(dir, options).map_err(|error| WorkError::refused("opening", &error))?;
    Ok(Opened {
        appender,
        reader,
        sealer,
    })
}
