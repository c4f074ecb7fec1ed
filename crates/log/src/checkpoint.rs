//! The port for stored state: what a fold made of the log up to a position, so that a start need not
//! fold the whole log. The bytes are opaque. Stored state is derived data: if a checkpoint is missing
//! or damaged, the log is folded instead.

use std::collections::BTreeSet;

use crate::Tip;

/// Why a checkpoint was not written, or an image not read. It is never a reason to stop, because the log
/// has everything.
#[derive(Debug, thiserror::Error)]
#[error("a checkpoint cannot be read or written: {what}")]
pub struct CheckpointError {
    /// What failed, or what is damaged.
    pub what: String,
    /// The error of the storage; `None` if the bytes are wrong.
    #[source]
    pub source: Option<std::io::Error>,
}

impl CheckpointError {
    /// The error of writing to stored state that is only read.
    pub fn only_read() -> Self {
        Self {
            what: "the log is open for reading only".to_owned(),
            source: None,
        }
    }
}

/// A whole state, as a fold made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last commit that was folded in. If its chain is not the log's, the checkpoint does not belong to the
    /// log.
    pub tip: Tip,
    /// The version of the fold that made it. Other versions cannot read it.
    pub fold: u32,
    /// The state in the encoding of that fold.
    pub state: Vec<u8>,
}

/// Where an image is stored: a part of a state that is read by itself when it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImagePlace {
    /// The number of the file. Numbers rise and are not used twice.
    pub file: u64,
    /// The offset in the file, in bytes.
    pub offset: u64,
    /// The length in bytes.
    pub bytes: u32,
}

/// Stored state beside a log. Images are written first. The checkpoint that names their places is written
/// after them, and whatever it does not name can be removed.
pub trait Checkpoints: Send + Sync {
    /// The newest checkpoint that is whole; `None` if there is none, or if all are damaged, which the
    /// implementation logs.
    fn newest(&self) -> Result<Option<Checkpoint>, CheckpointError>;

    /// Writes images to one new file and syncs it. Returns their places in the given order.
    fn write_images(&self, images: &[Vec<u8>]) -> Result<Vec<ImagePlace>, CheckpointError>;

    /// Reads an image and compares it with its checksum.
    fn image(&self, place: ImagePlace) -> Result<Vec<u8>, CheckpointError>;

    /// Writes a checkpoint, completely or not at all, and then removes older ones and the image files that
    /// are not in `live_files`.
    fn write(
        &self,
        checkpoint: &Checkpoint,
        live_files: &BTreeSet<u64>,
    ) -> Result<(), CheckpointError>;
}
