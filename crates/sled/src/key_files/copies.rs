//! Copies of the keys of a log, and another wrapping key for them, while the log is not being opened.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use plansync_log::backend::{BackupError, Existing, OpenError};
use plansync_log::sealing::{KeyStore as _, WrappedBy, WrappedKeys, WrappingKey};

use super::writing::key_file;
use super::{
    KeyFiles, NAME, PUT_BACK, TRIES_MAX, TRY_PAUSE, key_of, read, read_key, unread, unstored, wrong,
};
use crate::disk;
use crate::folder_inspection::{must_be_folder, read_manifest};
use crate::lock::{self, Lock};

/// Copies the keys of the log in a folder to a file: `KEYS`, and unless the operator keeps the wrapping key, `KEYS.key`
/// to a file with `.key` added to the name. The log may be open. Returns the files that were written.
///
/// # Errors
///
/// [`BackupError::Exists`] if one of them exists and is to be kept, [`BackupError::Folder`] if the keys cannot
/// be read or the log has none, and [`BackupError::Io`].
pub fn copy_keys(dir: &Path, file: &Path, existing: Existing) -> Result<Vec<PathBuf>, BackupError> {
    must_be_folder(dir)?;
    read_manifest(dir)?;
    let (keys, key) = pair(dir)?;
    let beside = key_of(file);
    let mut copies = vec![(file.to_owned(), keys)];
    copies.extend(key.map(|key| (beside, key)));
    for (file, _) in &copies {
        if existing == Existing::Keep && disk::find(file)?.is_some() {
            let file = file.clone();
            return Err(BackupError::Exists { file });
        }
    }
    // All are written before any gets its name, and the keys get theirs first: whoever reads them finds their
    // key under either name of it, so that a crash leaves the old pair or the new one.
    for (file, bytes) in copies.iter().rev() {
        disk::create_private(&disk::unfinished(file), bytes)?;
    }
    for (file, _) in &copies {
        disk::supersede(&disk::unfinished(file), file)?;
    }
    Ok(copies.into_iter().map(|(file, _)| file).collect())
}

/// Encrypts the keys of the log in a folder with another key: `to`, or a key that is made and lies beside them.
/// The log must not be open. `from` is the key of the operator, if it is encrypted with one.
///
/// # Errors
///
/// [`OpenError`]; the keys are as they were then, or encrypted with the other key.
pub fn rekey(
    dir: &Path,
    from: Option<&WrappingKey>,
    to: Option<WrappingKey>,
) -> Result<(), OpenError> {
    must_be_folder(dir)?;
    let manifest = read_manifest(dir)?;
    let lock = Arc::new(Lock::take(dir)?);
    let seen = read(dir, manifest.log, manifest.keys, from)?;
    let seen = seen.ok_or_else(|| wrong(dir.join(NAME), "the log has no keys yet"))?;
    let before = KeyFiles::new(
        dir,
        manifest.log,
        from.cloned().filter(|_| seen.is_of_operator()),
        Some(Arc::clone(&lock)),
    );
    let tree = before.settle(seen).map_err(|error| unstored(dir, error))?;
    let after = KeyFiles::new(dir, manifest.log, to, Some(lock));
    after.replace(&tree).map_err(|error| unstored(dir, error))
}

/// The bytes of `KEYS`, and of the key that opens it if it is beside it.
fn pair(dir: &Path) -> Result<(Vec<u8>, Option<Vec<u8>>), OpenError> {
    let mut tries = 1;
    loop {
        let pair = pair_once(&dir.join(NAME));
        if pair.is_ok() || tries >= TRIES_MAX || !lock::is_held(dir) {
            return pair;
        }
        tries += 1;
        thread::sleep(TRY_PAUSE);
    }
}

fn pair_once(path: &Path) -> Result<(Vec<u8>, Option<Vec<u8>>), OpenError> {
    let bytes = disk::read(path)?;
    let bytes = bytes.ok_or_else(|| wrong(path.to_owned(), "it is missing"))?;
    let wrapped = WrappedKeys::parse(&bytes).map_err(|error| unread(path, error, PUT_BACK))?;
    match wrapped.by {
        WrappedBy::Operator => Ok((bytes, None)),
        WrappedBy::Generated => {
            let beside = key_of(path);
            for file in [&beside, &disk::unfinished(&beside)] {
                if let Some(key) = read_key(file)?.filter(|key| wrapped.is_by(key)) {
                    return Ok((bytes, Some(key_file(&key).to_vec())));
                }
            }
            let what = "it is missing, or not the key with which KEYS was encrypted";
            Err(wrong(beside, what))
        }
    }
}
