//! A log that is only read: what a program gets that asks a log beside the engine, or after it.

use std::fmt;
use std::sync::Arc;

use super::OpenError;
use crate::sealing::Keys;
use crate::{Checkpoints, Read};

/// A log as it was at one moment, for reading at any place of it.
pub struct LogView {
    /// The reading side. It never changes, whatever is appended to the log.
    pub read: Arc<dyn Read>,
    /// Stored state to read, if the log has any; writing to it fails. It may be removed by whoever has the
    /// log open; then the log is folded instead.
    pub checkpoints: Option<Arc<dyn Checkpoints>>,
    /// The keys of texts about persons, for reading only. A log of an earlier version has none, and neither
    /// has a backup.
    pub keys: Arc<Keys>,
    /// Whether the log was open.
    pub is_in_use: bool,
    /// What was found wrong with the log, in order. The view ends before the first part that cannot be
    /// read. More may be wrong with what was not read yet: reading it fails then.
    pub wrong: Vec<OpenError>,
}

impl fmt::Debug for LogView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogView")
            .field("tip", &self.read.tip())
            .field("keys", &self.keys)
            .field("is_in_use", &self.is_in_use)
            .field("wrong", &self.wrong)
            .finish_non_exhaustive()
    }
}
