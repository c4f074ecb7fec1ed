//! Where an export is written before it has its name: a folder beside its place, which is removed with everything in it.
//!
//! A process that is killed leaves its folder. The next export to the same place removes it: the lock on it says that
//! its process is gone. If the process was killed while it replaced an export, the old one is put back first.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirEntry, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use crate::durable::sync_folder;

/// The beginning of the name of the file that an export is read into.
const TABLES: &str = "tables-";
/// The folder that becomes the export, where that is a folder.
const FILES: &str = "files";
/// The export that is replaced.
const REPLACED: &str = "replaced";

/// A folder for an export that has no name yet.
pub(super) struct Unfinished {
    folder: TempDir,
    // Let go after the folder is removed.
    _lock: File,
}

impl Unfinished {
    /// A new one, for its owner only, beside the place of an export with this name.
    pub(super) fn begin(parent: &Path, name: &OsStr) -> io::Result<Self> {
        let prefix = prefix_of(name);
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(fs::Permissions::from_mode(0o700));
        }
        loop {
            let folder = builder.tempdir_in(parent)?;
            let lock = File::open(folder.path())?;
            match lock.try_lock() {
                // Until it was locked, another export may have taken it for one that was left.
                Ok(()) if !folder.path().exists() => {}
                Err(TryLockError::WouldBlock) => {}
                // Where there are no locks, nobody removes what was left.
                Ok(()) | Err(TryLockError::Error(_)) => {
                    return Ok(Self {
                        folder,
                        _lock: lock,
                    });
                }
            }
        }
    }

    /// An empty file to read the export into.
    pub(super) fn tables(&self) -> io::Result<NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(TABLES).tempfile_in(self.folder.path())
    }

    /// An empty folder that becomes the export, for its owner only.
    pub(super) fn files(&self) -> io::Result<PathBuf> {
        let files = self.folder.path().join(FILES);
        fs::create_dir(&files)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&files, fs::Permissions::from_mode(0o700))?;
        }
        Ok(files)
    }

    /// Gives the folder of files its name. The export that has it is moved aside first, and is removed after the new one
    /// has its name for good.
    pub(super) fn put(self, files: &Path, path: &Path, parent: &Path) -> io::Result<()> {
        sync_folder(files)?;
        let replaced = self.folder.path().join(REPLACED);
        let has_old = path.is_dir();
        if has_old {
            fs::rename(path, &replaced)?;
        }
        let named = fs::rename(files, path).and_then(|()| sync_folder(parent));
        if named.is_err() && has_old && !path.exists() && fs::rename(&replaced, path).is_err() {
            // The old export is worth more than a tidy folder.
            let _ = self.folder.keep();
        }
        named
    }
}

/// Removes what killed exports left beside a place, and puts back the export that one of them was replacing.
pub(super) fn clear(path: &Path, parent: &Path, name: &OsStr) -> io::Result<()> {
    let prefix = prefix_of(name);
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        if is_unfinished(&entry, &prefix)
            && let Err(error) = clear_one(&entry.path(), path, parent)
        {
            let left = entry.path();
            tracing::warn!(folder = %left.display(), %error, "what an earlier export left could not be removed");
        }
    }
    Ok(())
}

fn clear_one(left: &Path, path: &Path, parent: &Path) -> io::Result<()> {
    let lock = File::open(left)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(()),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    for entry in fs::read_dir(left)? {
        let name = entry?.file_name();
        let is_ours = name == FILES || name == REPLACED || is_tables(&name);
        if !is_ours {
            return Ok(());
        }
    }
    let replaced = left.join(REPLACED);
    if replaced.exists() && path.symlink_metadata().is_err() {
        fs::rename(&replaced, path)?;
        sync_folder(parent)?;
    }
    fs::remove_dir_all(left)
}

fn is_tables(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(TABLES.as_bytes())
}

/// Whether a folder has a name that [`Unfinished::begin`] gives.
fn is_unfinished(entry: &DirEntry, prefix: &OsStr) -> bool {
    let name = entry.file_name();
    let rest = name
        .as_encoded_bytes()
        .strip_prefix(prefix.as_encoded_bytes());
    rest.is_some_and(|rest| !rest.is_empty() && rest.iter().all(u8::is_ascii_alphanumeric))
        && entry.file_type().is_ok_and(|kind| kind.is_dir())
}

fn prefix_of(name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".partial-");
    prefix
}
