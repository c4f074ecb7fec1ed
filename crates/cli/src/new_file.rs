//! Writes new files, or text to standard output, and never overwrites a file.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;

use crate::durable::{parent_of, sync_folder};
use crate::exit::NotUnderstood;
use crate::{backend, output, paths};

/// Everybody may read it, unless the process says otherwise.
const MODE: u32 = 0o666;

/// Writes a text of whole lines.
///
/// # Errors
///
/// The file is there already, or cannot be written.
pub(crate) fn write(file: Option<&Path>, text: &str) -> anyhow::Result<()> {
    match file {
        None => Ok(output::line(text.trim_end_matches('\n'))?),
        Some(path) => create(path, MODE, text.as_bytes()),
    }
}

/// Refuses the name of a file that is there already, or would be in a data folder.
pub(crate) fn check(path: &Path) -> Result<(), NotUnderstood> {
    match path.symlink_metadata() {
        Ok(_) => Err(exists(path)),
        Err(_) => backend::refuse_data_folder(path),
    }
}

/// Writes a file that only the owner may read.
///
/// # Errors
///
/// The file is there already, or cannot be written.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    create(path, 0o600, bytes)
}

/// Writes a file. It is durable afterwards.
///
/// # Errors
///
/// The file is there already, or cannot be written.
pub(crate) fn write_bytes(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    create(path, MODE, bytes)
}

fn create(path: &Path, mode: u32, bytes: &[u8]) -> anyhow::Result<()> {
    backend::refuse_data_folder(path)?;
    let name = paths::shown(path);
    let mut options = OpenOptions::new();
    let created = options.write(true).create_new(true).mode(mode).open(path);
    let mut file = created.map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            exists(path)
        } else {
            NotUnderstood(format!("the file {name} could not be created: {error}"))
        }
    })?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| sync_folder(parent_of(path)));
    written.with_context(|| format!("the file {name} was created, but could not be written"))
}

fn exists(path: &Path) -> NotUnderstood {
    NotUnderstood(format!(
        "{} already exists and was not changed; give another file name",
        paths::shown(path)
    ))
}
