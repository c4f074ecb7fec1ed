//! `KEYS`: the keys of texts about persons, encrypted with a *wrapping key*; and `KEYS.key`, which is this key
//! unless the operator keeps one elsewhere. Both are small, and are read and replaced as a whole.
//!
//! `KEYS` is written before the manifest says that the log has keys, and the manifest before any commit can be
//! sealed with them. So a log whose manifest names keys is not opened without them, and whatever cannot be read
//! is never overwritten.
//!
//! After a key was destroyed, `KEYS` is written under a new wrapping key, and the old one is overwritten: then
//! whatever is left of the old `KEYS` on the disk is of no use. In this order:
//!
//! 1. `KEYS.key.new` with the new wrapping key is made durable;
//! 2. `KEYS` is replaced, durably;
//! 3. `KEYS.key` is overwritten with zeros, and replaced by `KEYS.key.new`.
//!
//! Whichever step was the last before a crash, one of the two key files opens `KEYS`. With a key of the
//! operator, only step 2 is done. In both cases the bytes of the replaced `KEYS` are overwritten. `writing` has
//! these steps, and `copies` what is done with keys beside the log. May import: `damage`, `disk`, `folder_inspection`, `lock`, `manifest` of this crate.

mod copies;
mod writing;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use plansync_log::LogId;
use plansync_log::backend::OpenError;
use plansync_log::sealing::{
    KeyStoreError, KeyTree, Keys, TreeId, WrappedBy, WrappedError, WrappedKeys, WrappingKey,
};
use zeroize::Zeroizing;

use crate::damage::{Failed, NEWER, While};
use crate::disk;
use crate::lock;
use crate::manifest::Manifest;

pub use copies::{copy_keys, rekey};
pub(crate) use writing::{KeyFiles, seed};

pub(crate) const NAME: &str = "KEYS";
pub(crate) const KEY_NAME: &str = "KEYS.key";

/// How often files are read that a process replaces meanwhile.
const TRIES_MAX: u32 = 40;
const TRY_PAUSE: Duration = Duration::from_millis(5);

/// What to do if the keys of a log cannot be read.
const PUT_BACK: &str = "put back KEYS and KEYS.key from their latest copies; without them, only a restore of a backup `--without-keys` is possible, after which all text about persons reads as erased";
const OTHER_KEY: &str = "give the file with the key with which it was encrypted by `--erasure-key` or PLANSYNC_ERASURE_KEY";
const COPY: &str = "give a copy of the file KEYS of the log, with a copy of KEYS.key beside it that is called as it is with `.key` at the end, or with `--erasure-key`";

/// The keys in a folder, and where the key is that encrypts them.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) tree: KeyTree,
    pub(crate) key: KeyPlace,
}

impl Seen {
    pub(crate) fn is_of_operator(&self) -> bool {
        self.key == KeyPlace::Operator
    }
}

/// Where a wrapping key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyPlace {
    /// The operator has it.
    Operator,
    /// In `KEYS.key`.
    Beside,
    /// In `KEYS.key.new`: a replacement was interrupted after its second step.
    Unfinished,
}

/// Reads the keys of a log; `None` if it has none. `expected` are those that the manifest names.
pub(crate) fn read(
    dir: &Path,
    log: LogId,
    expected: Option<TreeId>,
    operator: Option<&WrappingKey>,
) -> Result<Option<Seen>, OpenError> {
    let path = dir.join(NAME);
    let Some(bytes) = disk::read(&path)? else {
        return match expected {
            None => Ok(None),
            Some(_) => Err(wrong(path, "it is missing, though the log has keys")),
        };
    };
    let wrapped = WrappedKeys::parse(&bytes).map_err(|error| unread(&path, error, PUT_BACK))?;
    let found = wrapped.log;
    if found != log {
        let expected = log;
        return Err(OpenError::Foreign {
            path,
            found,
            expected,
        });
    }
    let tree = wrapped.tree;
    if let Some(expected) = expected.filter(|expected| *expected != tree) {
        let what =
            format!("it has the keys {tree}, and the log was written with the keys {expected}");
        return Err(wrong(path, what));
    }
    let (tree, key) = opened(&wrapped, &path, operator)?;
    Ok(Some(Seen { tree, key }))
}

/// The same, while another process may replace the keys.
pub(crate) fn read_beside(
    dir: &Path,
    log: LogId,
    expected: Option<TreeId>,
    operator: Option<&WrappingKey>,
) -> Result<Option<Seen>, OpenError> {
    let mut tries = 1;
    loop {
        let read = read(dir, log, expected, operator);
        if read.is_ok() || tries >= TRIES_MAX || !lock::is_held(dir) {
            return read;
        }
        tries += 1;
        thread::sleep(TRY_PAUSE);
    }
}

/// Reads a copy of `KEYS`, and the log that it belongs to. Its wrapping key is `operator`, or is in a copy of
/// `KEYS.key` beside it that has the name of the copy with `.key` at the end.
///
/// # Errors
///
/// [`OpenError::Keys`], [`OpenError::NoErasureKey`], [`OpenError::Newer`] or [`OpenError::Io`].
pub fn read_keys(
    file: &Path,
    operator: Option<&WrappingKey>,
) -> Result<(LogId, KeyTree), OpenError> {
    let bytes = std::fs::read(file).while_doing("read", file)?;
    let wrapped = WrappedKeys::parse(&bytes).map_err(|error| unread(file, error, COPY))?;
    let (tree, _) = opened(&wrapped, file, operator)?;
    Ok((wrapped.log, tree))
}

/// The keys of a log for reading only, whether or not a process has it open.
pub(crate) fn view(
    dir: &Path,
    manifest: &Manifest,
    operator: Option<&WrappingKey>,
) -> Result<Arc<Keys>, OpenError> {
    let seen = read_beside(dir, manifest.log, manifest.keys, operator)?;
    Ok(Arc::new(Keys::only_read(seen.map(|seen| seen.tree))))
}

/// The keys in a folder without a manifest that a beginning of the log with this `HEAD` did not make.
pub(crate) fn not_of(dir: &Path, head: Option<LogId>) -> Result<Option<PathBuf>, OpenError> {
    let path = dir.join(NAME);
    let Some(bytes) = disk::read(&path)? else {
        let key = key_of(&path);
        let is_there = disk::find(&key)?.is_some();
        return Ok((is_there && head.is_none()).then_some(key));
    };
    let is_ours = WrappedKeys::parse(&bytes).is_ok_and(|keys| Some(keys.log) == head);
    Ok((!is_ours).then_some(path))
}

/// Removes the keys that an interrupted beginning of a log made.
pub(crate) fn remove(dir: &Path) -> Result<(), OpenError> {
    Ok(disk::remove_file(&dir.join(NAME))?)
}

/// The error of an opening whose keys could not be stored.
pub(crate) fn unstored(dir: &Path, error: KeyStoreError) -> OpenError {
    match error {
        KeyStoreError::Io {
            doing,
            path,
            source,
        } => OpenError::Io {
            doing,
            path,
            source,
        },
        KeyStoreError::Refused(_) => OpenError::Keys {
            path: dir.join(NAME),
            what: error.to_string(),
            remedy: NEWER,
        },
    }
}

/// The keys in a file, and where the key is with which it was opened.
fn opened(
    wrapped: &WrappedKeys,
    path: &Path,
    operator: Option<&WrappingKey>,
) -> Result<(KeyTree, KeyPlace), OpenError> {
    match wrapped.by {
        WrappedBy::Operator => {
            let key = operator.ok_or_else(|| OpenError::NoErasureKey {
                path: path.to_owned(),
            })?;
            let tree = wrapped.unwrap(key);
            let tree = tree.map_err(|error| unread(path, error, OTHER_KEY))?;
            Ok((tree, KeyPlace::Operator))
        }
        WrappedBy::Generated => {
            let beside = key_of(path);
            let unfinished = disk::unfinished(&beside);
            for (file, place) in [
                (&beside, KeyPlace::Beside),
                (&unfinished, KeyPlace::Unfinished),
            ] {
                let key = read_key(file)?.filter(|key| wrapped.is_by(key));
                if let Some(key) = key {
                    let tree = wrapped.unwrap(&key);
                    let tree = tree.map_err(|error| unread(path, error, PUT_BACK))?;
                    return Ok((tree, place));
                }
            }
            let what = if disk::find(&beside)?.is_some() {
                "it is not the key with which KEYS was encrypted"
            } else {
                "it is missing, and KEYS was encrypted with it"
            };
            Err(wrong(beside, what))
        }
    }
}

/// The file with the key that encrypts the keys in this file.
fn key_of(keys: &Path) -> PathBuf {
    let mut name = keys.file_name().unwrap_or_default().to_owned();
    name.push(".key");
    keys.with_file_name(name)
}

/// The key in a file; `None` if there is no file, or no key in it, as while it is overwritten.
fn read_key(file: &Path) -> Result<Option<WrappingKey>, Failed> {
    let bytes = Zeroizing::new(disk::read(file)?.unwrap_or_default());
    let text = std::str::from_utf8(&bytes).ok();
    Ok(text.and_then(|text| WrappingKey::parse(text).ok()))
}

fn wrong(path: PathBuf, what: impl Into<String>) -> OpenError {
    OpenError::Keys {
        path,
        what: what.into(),
        remedy: PUT_BACK,
    }
}

fn unread(path: &Path, error: WrappedError, remedy: &'static str) -> OpenError {
    let path = path.to_owned();
    let remedy = match error {
        WrappedError::Newer { format } => return OpenError::Newer { path, format },
        WrappedError::OtherKey | WrappedError::Damaged | WrappedError::NotKeys => remedy,
        WrappedError::NotAuthentic => PUT_BACK,
        WrappedError::Refused(_) => NEWER,
    };
    OpenError::Keys {
        path,
        what: error.to_string(),
        remedy,
    }
}
