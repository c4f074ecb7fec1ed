//! Stored state in the data folder: folded states, and images that are read one by one. All of it is
//! derived data: a damaged file counts as a missing one, and no error here keeps a log from being
//! opened.
//!
//! ```text
//! checkpoints/state-<position>    one state, compressed; written once, and replaced by a later one
//! checkpoints/images-<number>     images, written once; removed when no state names the file
//! ```

mod images;
mod seen;
mod state;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;

use plansync_log::{Checkpoint, CheckpointError, Checkpoints, ImagePlace, LogId};

pub(crate) use seen::CheckpointsSeen;

use crate::damage::{Failed, While};
use crate::disk;

pub(crate) const NAME: &str = "checkpoints";

/// Stored state in a data folder. Only the process that has the log open may use it.
#[derive(Debug)]
pub struct CheckpointFolder {
    dir: PathBuf,
    log: LogId,
    /// The number of the next file of images. Locked by whoever writes.
    next: Mutex<u64>,
}

impl CheckpointFolder {
    /// Opens the stored state of this log in its data folder. Unfinished files of an earlier process are
    /// removed.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] if the folder cannot be made or listed. The log does not depend on it.
    pub fn open(data: &Path, log: LogId) -> Result<Self, CheckpointError> {
        let dir = data.join(NAME);
        let open = || -> Result<u64, Failed> {
            disk::create_dirs(&dir)?;
            let mut next = 1;
            for path in disk::entries(&dir)? {
                if path.extension().is_some_and(|extension| extension == "new") {
                    fs::remove_file(&path).while_doing("remove", &path)?;
                } else if let Some(number) = images::number(&path) {
                    next = next.max(number.saturating_add(1));
                }
            }
            Ok(next)
        };
        let next = open().map_err(unavailable)?;
        Ok(Self {
            dir,
            log,
            next: Mutex::new(next),
        })
    }

    /// Removes everything but these. A cut may undo that; then it is removed later.
    fn clear(&self, state: &Path, live_files: &BTreeSet<u64>) -> Result<(), Failed> {
        for path in disk::entries(&self.dir)? {
            let is_dead = match images::number(&path) {
                Some(number) => !live_files.contains(&number),
                None => path != state && state::position(&path).is_some(),
            };
            if is_dead {
                fs::remove_file(&path).while_doing("remove", &path)?;
            }
        }
        Ok(())
    }
}

impl Checkpoints for CheckpointFolder {
    fn newest(&self) -> Result<Option<Checkpoint>, CheckpointError> {
        for path in newest_first(&self.dir).map_err(unavailable)? {
            let bytes = disk::read(&path).map_err(unavailable)?.unwrap_or_default();
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

    fn write_images(&self, images: &[Vec<u8>]) -> Result<Vec<ImagePlace>, CheckpointError> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let number = *next;
        let (bytes, places) = images::encode(self.log, number, images).map_err(refused)?;
        // Even a number whose file was not finished is not used again.
        *next = number.saturating_add(1);
        let path = self.dir.join(images::name(number));
        disk::replace(&path, &bytes).map_err(unavailable)?;
        Ok(places)
    }

    fn image(&self, place: ImagePlace) -> Result<Vec<u8>, CheckpointError> {
        read_image(&self.dir.join(images::name(place.file)), place)
    }

    fn write(
        &self,
        checkpoint: &Checkpoint,
        live_files: &BTreeSet<u64>,
    ) -> Result<(), CheckpointError> {
        let _writing = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = state::encode(checkpoint).map_err(refused)?;
        let path = self.dir.join(state::name(checkpoint.tip.position));
        disk::replace(&path, &bytes).map_err(unavailable)?;
        self.clear(&path, live_files).map_err(unavailable)
    }
}

/// The files of states in a folder, the newest first.
fn newest_first(dir: &Path) -> Result<Vec<PathBuf>, Failed> {
    let mut paths = disk::entries(dir)?;
    paths.retain(|path| state::position(path).is_some());
    paths.sort_by_key(|path| std::cmp::Reverse(state::position(path)));
    Ok(paths)
}

/// The image at this place of the file.
fn read_image(path: &Path, place: ImagePlace) -> Result<Vec<u8>, CheckpointError> {
    let read = images::read(path, place).while_doing("read", path);
    let bytes = read.map_err(unavailable)?;
    bytes.ok_or_else(|| refused(format!("an image in {} is damaged", path.display())))
}

/// The damaged files of the stored state of a folder, each with what is wrong. Nothing is changed.
pub(crate) fn damaged(data: &Path, log: LogId) -> Result<Vec<(PathBuf, String)>, Failed> {
    let mut damaged = Vec::new();
    for path in disk::entries(&data.join(NAME))? {
        // The process that has the log open may have replaced it.
        let Some(bytes) = disk::read(&path)? else {
            continue;
        };
        let problem = if state::position(&path).is_some() {
            state::decode(&bytes, log).err()
        } else if let Some(number) = images::number(&path) {
            images::check(&bytes, log, number).err()
        } else {
            None
        };
        damaged.extend(problem.map(|problem| (path, problem)));
    }
    Ok(damaged)
}

/// Whether a file in the folder has the name of stored state.
pub(crate) fn is_known(path: &Path) -> bool {
    state::position(path).is_some() || images::number(path).is_some()
}

/// Removes the stored state of a folder. It is made again from the log.
pub(crate) fn remove(data: &Path) -> Result<(), Failed> {
    let dir = data.join(NAME);
    for path in disk::entries(&dir)? {
        disk::remove_file(&path)?;
    }
    Ok(())
}

fn unavailable(failed: Failed) -> CheckpointError {
    CheckpointError {
        what: format!("cannot {} {}", failed.doing, failed.path.display()),
        source: Some(failed.source),
    }
}

fn refused(what: String) -> CheckpointError {
    CheckpointError { what, source: None }
}
