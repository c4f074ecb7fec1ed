//! File operations whose effect survives a loss of power once they return.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::damage::{Failed, While};

/// Zeros are written and synced in pieces of this size, so that appends need not wait long for the disk.
const PIECE_BYTES: usize = 1 << 20;

/// Makes renames, creations and removals in a folder durable.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), Failed> {
    File::open(dir)
        .and_then(|dir| dir.sync_all())
        .while_doing("sync", dir)
}

/// The folder that contains a path; for a name alone, the working directory.
pub(crate) fn around(path: &Path) -> &Path {
    match path.parent() {
        Some(around) if around == Path::new("") => Path::new("."),
        Some(around) => around,
        None => path,
    }
}

/// Makes the entry of a file or folder in its parent durable.
pub(crate) fn sync_parent(path: &Path) -> Result<(), Failed> {
    sync_dir(around(path))
}

/// Makes a folder and missing folders around it, durably: a file is lost with its folder.
pub(crate) fn create_dirs(dir: &Path) -> Result<(), Failed> {
    if dir.is_dir() {
        return Ok(());
    }
    let around = around(dir);
    if around != dir {
        create_dirs(around)?;
        // It may stem from a process that was killed before its name was durable. Who may not read
        // the folder that it stands in did not make it there.
        match sync_parent(around) {
            Err(failed) if failed.source.kind() == io::ErrorKind::PermissionDenied => {}
            synced => synced?,
        }
    }
    match fs::create_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => {}
        made => made.while_doing("create", dir)?,
    }
    sync_parent(dir)
}

/// Makes a new file of this size: `head`, then zeros. The zeros are written and not only reserved: a
/// write to a hole would make each later sync wait for the journal of the file system.
pub(crate) fn create_zeroed(path: &Path, head: &[u8], bytes: u64) -> Result<File, Failed> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(path);
    let file = file.while_doing("create", path)?;
    let zeros = vec![0; PIECE_BYTES];
    let mut left = bytes.saturating_sub(u64::try_from(head.len()).unwrap_or(u64::MAX));
    (&file).write_all(head).while_doing("write", path)?;
    while left > 0 {
        let piece = usize::try_from(left)
            .unwrap_or(PIECE_BYTES)
            .min(PIECE_BYTES);
        (&file)
            .write_all(&zeros[..piece])
            .while_doing("write", path)?;
        file.sync_data().while_doing("sync", path)?;
        left -= u64::try_from(piece).unwrap_or(left);
    }
    file.sync_all().while_doing("sync", path)?;
    Ok(file)
}

/// The name under which the new content of a file is written before it is renamed.
pub(crate) fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

/// Replaces the content of a file: after a cut, it has the old or the new content and never parts of both.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failed> {
    let new = unfinished(path);
    let mut file = File::create(&new).while_doing("create", &new)?;
    file.write_all(bytes).while_doing("write", &new)?;
    file.sync_all().while_doing("sync", &new)?;
    fs::rename(&new, path).while_doing("rename", &new)?;
    sync_parent(path)
}

/// The mode of a file that only its owner may read.
const PRIVATE: u32 = 0o600;

/// Makes a file that only its owner may read, and syncs it, but not its name. What had the name before is
/// removed: it may be a link, or a file that others can read.
pub(crate) fn create_private(path: &Path, bytes: &[u8]) -> Result<(), Failed> {
    remove_file(path)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(PRIVATE);
    let mut file = options.open(path).while_doing("create", path)?;
    file.write_all(bytes).while_doing("write", path)?;
    file.sync_all().while_doing("sync", path)
}

/// Overwrites a file with other bytes of the same number where it is, and syncs it. Whatever the file system
/// keeps of the old bytes elsewhere stays there.
pub(crate) fn overwrite(path: &Path, bytes: &[u8]) -> Result<(), Failed> {
    let file = OpenOptions::new().write(true).open(path);
    let mut file = file.while_doing("open", path)?;
    file.write_all(bytes).while_doing("overwrite", path)?;
    file.sync_all().while_doing("sync", path)
}

/// Gives a file the place of another one in its folder, durably, and overwrites the bytes that the other one
/// had. Whatever the file system keeps of them elsewhere stays there.
pub(crate) fn supersede(from: &Path, to: &Path) -> Result<(), Failed> {
    let old = match OpenOptions::new().write(true).open(to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        opened => Some(opened.while_doing("open", to)?),
    };
    rename(from, to)?;
    let Some(old) = old else {
        return Ok(());
    };
    let bytes = old.metadata().while_doing("read the length of", to)?.len();
    let zeros = vec![0; usize::try_from(bytes).unwrap_or_default()];
    (&old).write_all(&zeros).while_doing("overwrite", to)?;
    old.sync_all().while_doing("sync", to)
}

/// Gives a file another name in its folder, durably.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), Failed> {
    fs::rename(from, to).while_doing("rename", from)?;
    sync_parent(to)
}

/// Syncs every file and folder below and including `dir`, the innermost first.
pub(crate) fn sync_tree(dir: &Path) -> Result<(), Failed> {
    for path in entries(dir)? {
        if path.is_dir() {
            sync_tree(&path)?;
        } else {
            File::open(&path)
                .and_then(|file| file.sync_all())
                .while_doing("sync", &path)?;
        }
    }
    sync_dir(dir)
}

/// Whether a path is a file or a folder; `None` only if it does not exist.
pub(crate) fn find(path: &Path) -> Result<Option<fs::FileType>, Failed> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => Ok(Some(found.while_doing("look at", path)?.file_type())),
    }
}

/// The entries of a folder in the order of their names; none if there is no such folder.
pub(crate) fn entries(dir: &Path) -> Result<Vec<PathBuf>, Failed> {
    let listing = match fs::read_dir(dir) {
        Ok(listing) => listing,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).while_doing("list", dir),
    };
    let paths: io::Result<Vec<PathBuf>> = listing
        .map(|entry| entry.map(|entry| entry.path()))
        .collect();
    let mut paths = paths.while_doing("list", dir)?;
    paths.sort();
    Ok(paths)
}

/// Removes a folder and everything in it, durably, if it exists.
pub(crate) fn remove_tree(dir: &Path) -> Result<(), Failed> {
    if drop_tree(dir)? {
        return sync_parent(dir);
    }
    Ok(())
}

/// Removes a folder and everything in it, but not durably. Returns whether there was one.
pub(crate) fn drop_tree(dir: &Path) -> Result<bool, Failed> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        removed => removed.map(|()| true).while_doing("remove", dir),
    }
}

/// Removes a folder and everything in it, durably, if it exists. It is renamed first, so that a cut
/// leaves no part of it under its name.
pub(crate) fn discard_tree(dir: &Path) -> Result<(), Failed> {
    let aside = unfinished(&unfinished(dir));
    remove_tree(&aside)?;
    match fs::rename(dir, &aside) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        renamed => renamed.while_doing("rename", dir)?,
    }
    sync_parent(dir)?;
    remove_tree(&aside)
}

/// Removes a file, durably, if it exists.
pub(crate) fn remove_file(path: &Path) -> Result<(), Failed> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => {
            removed.while_doing("remove", path)?;
            sync_parent(path)
        }
    }
}

/// The content of a file, or `None` if there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, Failed> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some).while_doing("read", path),
    }
}

/// Whether the last component of the path is this name.
pub(crate) fn is_called(path: &Path, name: &str) -> bool {
    path.file_name() == Some(OsStr::new(name))
}
