//! The port for derived state: what a fold made of the log up to a position, kept so that it need not
//! be made again. It refuses to know what the bytes mean, and nothing is lost with it: whoever misses
//! a checkpoint folds the log instead.

use std::collections::BTreeSet;

use crate::Tip;

/// Why a checkpoint was not written, or an image not read. Never a reason to stop: the log has all.
#[derive(Debug, thiserror::Error)]
#[error("derived state is not to be had: {what}")]
pub struct CheckpointError {
    /// What failed, or what is damaged.
    pub what: String,
    /// What the storage said; none where the bytes are at fault.
    #[source]
    pub source: Option<std::io::Error>,
}

/// A whole state, as one fold made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last commit that was folded in. A checkpoint of another chain is none of this log's.
    pub tip: Tip,
    /// Which version of the fold made it; another one cannot read it.
    pub fold: u32,
    /// What it made, in that fold's own encoding.
    pub state: Vec<u8>,
}

/// Where an image is kept: a part of a state that is read by itself, when it is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImagePlace {
    /// The file, numbered upwards and never used twice.
    pub file: u64,
    /// Where in the file, in bytes.
    pub offset: u64,
    /// How long, in bytes.
    pub bytes: u32,
}

/// Derived state beside a log. Images are written first; the checkpoint that names their places
/// comes after them, and makes everything that it does not name superfluous.
pub trait Checkpoints: Send + Sync {
    /// The newest checkpoint that is whole; none where there is none, or where all are damaged
    /// (which is told in the implementation's own log).
    fn newest(&self) -> Result<Option<Checkpoint>, CheckpointError>;

    /// Writes images into one new file, and syncs it: their places, in the order given.
    fn write_images(&self, images: &[Vec<u8>]) -> Result<Vec<ImagePlace>, CheckpointError>;

    /// An image, compared with its checksum.
    fn image(&self, place: ImagePlace) -> Result<Vec<u8>, CheckpointError>;

    /// Writes a checkpoint, whole or not at all whatever happens meanwhile, and then removes older
    /// ones and the image files that are not among `live_files`.
    fn write(
        &self,
        checkpoint: &Checkpoint,
        live_files: &BTreeSet<u64>,
    ) -> Result<(), CheckpointError>;
}
