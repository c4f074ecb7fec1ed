//! The options of a log on disk: sizes, bounds of memory, and the medium.

use std::sync::Arc;

use plansync_log::LogId;
use plansync_log::sealing::WrappingKey;
use uuid::Uuid;

use crate::{Medium, RealMedium};

/// How a log is opened. The defaults are for production.
#[derive(Debug, Clone)]
pub struct Options {
    /// The id of the log that begins if the folder holds none.
    pub new_log: LogId,
    /// The size of a volume in bytes of commits, approximately. A change affects later volumes only.
    pub volume_bytes: u64,
    /// The cache of sled for each open volume, in bytes.
    pub cache_bytes: u64,
    /// The most sealed volumes that are open at once.
    pub open_volumes_max: usize,
    /// The most memory for filters of commands, in bytes; an id takes two bytes. Beyond that, filters of the
    /// oldest volumes are read from the disk, one page for a search.
    pub command_filter_bytes_max: usize,
    /// The same for the filters of streams.
    pub stream_filter_bytes_max: usize,
    /// The most full volumes that wait to be sealed. If there are more, an append seals one itself.
    pub full_volumes_max: usize,
    /// The size of the newest commits that stay in memory although sled has them, in bytes, for readers that
    /// follow the end of the log.
    pub tail_bytes: usize,
    /// The most bytes of commits that one read returns; it returns at least one commit.
    pub read_bytes_max: usize,
    /// The key that encrypts the keys of texts about persons, which the operator keeps elsewhere. Without one,
    /// a key is made and lies beside them.
    pub erasure_key: Option<WrappingKey>,
    /// What journals are written through.
    pub medium: Arc<dyn Medium>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            new_log: LogId::new(Uuid::new_v4()),
            volume_bytes: 64 << 20,
            cache_bytes: 16 << 20,
            open_volumes_max: 4,
            command_filter_bytes_max: 64 << 20,
            stream_filter_bytes_max: 16 << 20,
            full_volumes_max: 3,
            tail_bytes: 2 << 20,
            read_bytes_max: 4 << 20,
            erasure_key: None,
            medium: Arc::new(RealMedium),
        }
    }
}
