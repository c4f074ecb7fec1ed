//! The stored state of a data folder for reading only, while another process may replace it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use plansync_log::{Checkpoint, CheckpointError, Checkpoints, ImagePlace, LogId};

use super::{NAME, images, newest_first, read_image, state, unavailable};
use crate::damage::While;

/// Stored state as it was at one moment. The files of states are kept open, so that they can be read after
/// another process has removed them. Files of images are opened when they are read.
#[derive(Debug)]
pub(crate) struct CheckpointsSeen {
    dir: PathBuf,
    log: LogId,
    states: Vec<(PathBuf, File)>,
}

impl CheckpointsSeen {
    /// The files of the states in a data folder that can be opened, the newest first.
    pub(crate) fn files(data: &Path) -> Vec<(PathBuf, File)> {
        let paths = newest_first(&data.join(NAME))
            .unwrap_or_default()
            .into_iter();
        // Whatever cannot be opened is derived data, which the log replaces.
        let opened = paths.filter_map(|path| Some((File::open(&path).ok()?, path)));
        opened.map(|(file, path)| (path, file)).collect()
    }

    /// The stored state of this log with these files of states.
    pub(crate) fn new(data: &Path, log: LogId, states: Vec<(PathBuf, File)>) -> Self {
        Self {
            dir: data.join(NAME),
            log,
            states,
        }
    }
}

impl Checkpoints for CheckpointsSeen {
    fn newest(&self) -> Result<Option<Checkpoint>, CheckpointError> {
        for (path, file) in &self.states {
            let mut bytes = Vec::new();
            let mut file = file;
            let read = file
                .seek(SeekFrom::Start(0))
                .and_then(|_| file.read_to_end(&mut bytes));
            read.while_doing("read", path).map_err(unavailable)?;
            match state::decode(&bytes, self.log) {
                Ok(checkpoint) => return Ok(Some(checkpoint)),
                Err(problem) => tracing::warn!(
                    path = %path.display(),
                    problem,
                    "a checkpoint cannot be used; the state is rebuilt from the log"
                ),
            }
        }
        Ok(None)
    }

    fn write_images(&self, _images: &[Vec<u8>]) -> Result<Vec<ImagePlace>, CheckpointError> {
        Err(CheckpointError::only_read())
    }

    fn image(&self, place: ImagePlace) -> Result<Vec<u8>, CheckpointError> {
        read_image(&self.dir.join(images::name(place.file)), place)
    }

    fn write(
        &self,
        _checkpoint: &Checkpoint,
        _live_files: &BTreeSet<u64>,
    ) -> Result<(), CheckpointError> {
        Err(CheckpointError::only_read())
    }
}
