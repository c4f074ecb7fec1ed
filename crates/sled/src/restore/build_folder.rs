//! The place where a restore builds the log: a folder beside the target with a mark in it, by which the
//! next restore recognises what an interrupted one left. A folder without the mark is not touched.

use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use plansync_log::backend::RestoreError;

use crate::damage::{Failed, While};
use crate::disk;
use crate::lock;

const MARK: &str = "RESTORING";
const LOG: &str = "log";

/// The folder of one restore. It is removed with whatever is in it, unless the process is killed.
#[derive(Debug)]
pub(super) struct BuildFolder {
    dir: PathBuf,
    target: PathBuf,
    /// Locked during the restore.
    _mark: File,
}

impl BuildFolder {
    /// Prepares a place to build a log for `target`, which must be missing or an empty folder.
    pub(super) fn prepare(target: &Path) -> Result<Self, RestoreError> {
        let target = vacant(target)?;
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(".restoring");
        let dir = target.with_file_name(name);
        disk::create_dirs(disk::around(&dir))?;
        match fs::create_dir(&dir) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => must_be_ours(&dir)?,
            made => made.while_doing("create", &dir)?,
        }
        let mark = claim(&dir)?;
        let folder = Self {
            dir,
            target,
            _mark: mark,
        };
        disk::remove_tree(&folder.log())?;
        disk::sync_dir(&folder.dir)?;
        Ok(folder)
    }

    /// Where the log is built.
    pub(super) fn log(&self) -> PathBuf {
        self.dir.join(LOG)
    }

    /// Syncs what was built and renames it to the target.
    pub(super) fn finish(self) -> Result<(), RestoreError> {
        let log = self.log();
        disk::sync_tree(&log)?;
        // A rename replaces only an empty folder, and fails if it is not empty any more.
        match fs::rename(&log, &self.target) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
                let dir = self.target.clone();
                return Err(RestoreError::NotEmpty { dir });
            }
            renamed => renamed.while_doing("rename", &log)?,
        }
        disk::sync_parent(&self.target)?;
        Ok(())
    }
}

impl Drop for BuildFolder {
    fn drop(&mut self) {
        // The mark is removed last, so that leftovers can still be recognised as ours.
        let removed = disk::remove_tree(&self.log())
            .and_then(|()| disk::remove_file(&self.dir.join(MARK)))
            .and_then(|()| disk::remove_tree(&self.dir));
        if let Err(Failed { path, source, .. }) = removed {
            tracing::debug!(path = %path.display(), %source, "leftovers of a restore were not removed; the next restore removes them");
        }
    }
}

/// The path of the target without links, if it is missing or an empty folder.
fn vacant(target: &Path) -> Result<PathBuf, RestoreError> {
    let found = match fs::metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return named(std::path::absolute(target).while_doing("find", target)?);
        }
        found => found.while_doing("look into", target)?,
    };
    let is_empty = found.is_dir() && disk::entries(target)?.is_empty();
    if !is_empty {
        return Err(RestoreError::NotEmpty {
            dir: target.to_owned(),
        });
    }
    let target = named(fs::canonicalize(target).while_doing("find", target)?)?;
    if let Some(parent) = target.parent() {
        let around = fs::metadata(parent).while_doing("look into", parent)?;
        if around.dev() != found.dev() || is_mounted_on(&target) {
            return Err(RestoreError::MountPoint { dir: target });
        }
    }
    Ok(target)
}

/// Whether something is mounted there, including a part of the same file system, as far as Linux says.
fn is_mounted_on(target: &Path) -> bool {
    let mounts = fs::read("/proc/self/mountinfo").unwrap_or_default();
    let mut places = mounts.split(|byte| *byte == b'\n').filter_map(place);
    places.any(|place| place == target.as_os_str().as_bytes())
}

/// The place of a mount from its line: the fifth word, in which blanks and the like are octal numbers.
fn place(line: &[u8]) -> Option<Vec<u8>> {
    let mut rest = line.split(|byte| *byte == b' ').nth(4)?;
    let mut place = Vec::new();
    while let Some((byte, behind)) = rest.split_first() {
        let octal = behind.get(..3).filter(|_| *byte == b'\\');
        let octal =
            octal.and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 8).ok());
        place.push(octal.unwrap_or(*byte));
        rest = behind.get(octal.map_or(0, |_| 3)..).unwrap_or_default();
    }
    Some(place)
}

fn named(dir: PathBuf) -> Result<PathBuf, RestoreError> {
    if dir.file_name().is_none() || fs::symlink_metadata(&dir).is_ok_and(|found| found.is_symlink())
    {
        return Err(RestoreError::NoName { dir });
    }
    Ok(dir)
}

/// Fails unless the folder has the mark of an interrupted restore, or is empty.
fn must_be_ours(dir: &Path) -> Result<(), RestoreError> {
    let in_the_way = || RestoreError::InTheWay {
        dir: dir.to_owned(),
    };
    let is_folder = fs::symlink_metadata(dir).while_doing("look into", dir)?;
    if !is_folder.is_dir() {
        return Err(in_the_way());
    }
    let within = disk::entries(dir)?;
    let is_ours = within.is_empty() || within.iter().any(|path| disk::is_called(path, MARK));
    let strange = |path: &PathBuf| !disk::is_called(path, MARK) && !disk::is_called(path, LOG);
    if !is_ours || within.iter().any(strange) {
        return Err(in_the_way());
    }
    Ok(())
}

fn claim(dir: &Path) -> Result<File, RestoreError> {
    lock::claim(&dir.join(MARK))?.ok_or_else(|| RestoreError::Busy {
        dir: dir.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn the_place_of_a_mount_is_read_with_its_blanks() {
        let line = b"36 35 98:0 /data /mnt/my\\040log\\134x rw shared:1 - ext4 /dev/sda1 rw";
        assert_eq!(place(line).as_deref(), Some(&b"/mnt/my log\\x"[..]));
        assert_eq!(place(b"36 35"), None);
    }
}
