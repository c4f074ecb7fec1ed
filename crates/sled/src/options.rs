//! The bounds of a log on disk. It refuses to know where they are configured.

use std::sync::Arc;

use plansync_log::LogId;
use uuid::Uuid;

use crate::{Medium, RealMedium};

/// How a log is opened. All bounds are in bytes or counts, and all have defaults for production.
#[derive(Debug, Clone)]
pub struct Options {
    /// The id that a log gets if the folder holds none yet.
    pub new_log: LogId,
    /// A volume takes about so many bytes of commits. Changing it affects later volumes only.
    pub volume_bytes: u64,
    /// sled keeps so many bytes of each open volume in memory.
    pub cache_bytes: u64,
    /// At most so many sealed volumes are open at once.
    pub open_volumes_max: usize,
    /// Filters of commands stay in memory up to so many bytes together, two bytes an id; beyond that,
    /// those of the oldest volumes are asked on the disk, a page at a time.
    pub command_filter_bytes_max: usize,
    /// The same for the filters of streams.
    pub stream_filter_bytes_max: usize,
    /// At most so many full volumes wait for their sealing; then an append seals one itself.
    pub full_volumes_max: usize,
    /// The newest commits stay in memory up to so many bytes, though sled has them: whoever reads the
    /// log as it grows finds them there.
    pub tail_bytes: usize,
    /// One read gives at most so many bytes of commits (and always at least one commit).
    pub read_bytes_max: usize,
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
            medium: Arc::new(RealMedium),
        }
    }
}
