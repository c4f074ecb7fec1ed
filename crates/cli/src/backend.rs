//! Chooses the log backend. This is the only file of the program that names an implementation; everything
//! else uses the traits and types of `plansync_log`.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plansync_log::LogId;
use plansync_log::backend::{
    Backend, BackupError, Existing, LogView, OpenError, Progress, RestoreError,
};
use plansync_log::sealing::{KeyTree, WrappingKey};
pub use plansync_sled::Medium;
use plansync_sled::{Options, RealMedium, SledBackend};

use crate::exit::NotUnderstood;
use crate::paths;

/// How the log of an engine is stored.
#[derive(Debug, Clone)]
pub(crate) struct LogOptions {
    /// The size of a volume; the default of the backend otherwise.
    volume_bytes: Option<u64>,
    /// The key that encrypts the keys of texts about persons; otherwise, one is made.
    erasure_key: Option<WrappingKey>,
    /// What journals are written through.
    medium: Arc<dyn Medium>,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self::on(Arc::new(RealMedium))
    }
}

impl LogOptions {
    /// Journals are written through this medium.
    pub(crate) fn on(medium: Arc<dyn Medium>) -> Self {
        Self {
            volume_bytes: None,
            erasure_key: None,
            medium,
        }
    }

    /// The same with volumes of this size.
    pub(crate) fn with_volume_bytes(self, bytes: u64) -> Self {
        Self {
            volume_bytes: Some(bytes),
            ..self
        }
    }

    /// The same with the key of the operator, if there is one.
    pub(crate) fn with_erasure_key(self, erasure_key: Option<WrappingKey>) -> Self {
        Self {
            erasure_key,
            ..self
        }
    }
}

/// The log of an engine, in its data folder.
pub(crate) fn for_serving(data: &Path, options: LogOptions) -> Box<dyn Backend> {
    let default = Options::default();
    let options = Options {
        volume_bytes: options.volume_bytes.unwrap_or(default.volume_bytes),
        medium: options.medium,
        erasure_key: options.erasure_key,
        ..default
    };
    Box::new(SledBackend::new(data, options))
}

/// A backup that is only read, whichever backend wrote it.
pub(crate) fn view_archive(
    file: &Path,
    temporary: &Path,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<LogView, RestoreError> {
    plansync_sled::view_archive(file, temporary, watch)
}

/// A copy of the keys of a log, and the log that they belong to.
pub(crate) fn read_keys(
    file: &Path,
    erasure_key: Option<&WrappingKey>,
) -> Result<(LogId, KeyTree), OpenError> {
    plansync_sled::read_keys(file, erasure_key)
}

/// Copies the keys of the log in a data folder; returns the files that were written.
pub(crate) fn copy_keys(
    data: &Path,
    file: &Path,
    existing: Existing,
) -> Result<Vec<PathBuf>, BackupError> {
    plansync_sled::copy_keys(data, file, existing)
}

/// Encrypts the keys of the log in a data folder with another key, or with one that is made.
pub(crate) fn rekey(
    data: &Path,
    from: Option<&WrappingKey>,
    to: Option<WrappingKey>,
) -> Result<(), OpenError> {
    plansync_sled::rekey(data, from, to)
}

/// Whether this is the data folder of a log, of which one file may be lost.
pub(crate) fn is_data_folder(folder: &Path) -> bool {
    plansync_sled::is_data_folder(folder)
}

/// Whether a folder without a log has files that keep one from being begun there.
pub(crate) fn has_strangers(folder: &Path) -> bool {
    plansync_sled::stranger_in(folder).is_some()
}

/// Refuses to write a file of an administrator into the data folder of a log.
pub(crate) fn refuse_data_folder(file: &Path) -> Result<(), NotUnderstood> {
    match plansync_sled::data_folder_around(file) {
        None => Ok(()),
        Some(folder) => Err(NotUnderstood(format!(
            "{} would be in the data folder {}, which must hold nothing but the log; give a place outside it",
            paths::shown(file),
            paths::shown(&folder),
        ))),
    }
}

/// The log in a data folder, for the commands of an administrator.
pub(crate) fn of_folder(data: &Path, erasure_key: Option<WrappingKey>) -> Box<dyn Backend> {
    for_serving(data, LogOptions::default().with_erasure_key(erasure_key))
}
