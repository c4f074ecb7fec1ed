//! Backups: everything that is durable in a data folder, written to one archive, whether or not a
//! process has the log open. The file gets its name only after it was read back, so that a file with
//! that name is always whole.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use plansync_log::archive::{ArchiveError, ArchiveReader, ArchiveWriter, NotArchived};
use plansync_log::backend::{BackedUp, BackupError, Existing, Progress};
use plansync_log::{Bodies, Opaque, Position, Sequenced};

use crate::Folder;
use crate::catching_up::{CaughtUp, caught_up};
use crate::damage::{Failed, While};
use crate::disk;
use crate::lock;

/// Writes everything that is durable in the data folder `dir` to `file`: at least every commit that
/// was acknowledged before the call. It is written to a file with `.partial` appended to the name, and
/// renamed when it is whole, synced and read back.
///
/// `watch` is told the progress, first of the writing and then of the reading.
/// Sealed volumes are copied to a temporary folder, one at a time (see [`std::env::temp_dir`]).
pub fn backup(
    dir: &Path,
    file: &Path,
    existing: Existing,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<BackedUp, BackupError> {
    backup_reading(dir, file, existing, &Opaque, watch)
}

/// The same, and every event is read by `bodies` when the file is read back.
pub(crate) fn backup_reading(
    dir: &Path,
    file: &Path,
    existing: Existing,
    bodies: &dyn Bodies,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<BackedUp, BackupError> {
    refuse_existing(file, existing)?;
    refuse_within(dir, file)?;
    let folder = everything(dir)?;
    let partial = Partial::begin(file)?;
    let commit_bytes = write(&folder, &partial, watch)?;
    read_back(&folder, &partial, bodies, watch)?;
    let path = &partial.path;
    let bytes = fs::metadata(path).while_doing("read the length of", path)?;
    refuse_existing(file, existing)?;
    partial.finish(file)?;
    Ok(BackedUp {
        tip: folder.tip(),
        bytes: bytes.len(),
        commit_bytes,
    })
}

fn refuse_existing(file: &Path, existing: Existing) -> Result<(), BackupError> {
    if existing == Existing::Keep && fs::symlink_metadata(file).is_ok() {
        return Err(BackupError::Exists {
            file: file.to_owned(),
        });
    }
    Ok(())
}

fn refuse_within(dir: &Path, file: &Path) -> Result<(), BackupError> {
    match (fs::canonicalize(disk::around(file)), fs::canonicalize(dir)) {
        (Ok(around), Ok(dir)) if around.starts_with(&dir) => Err(BackupError::Within {
            file: file.to_owned(),
        }),
        // Where one of them is missing, the next step says so.
        _ => Ok(()),
    }
}

/// Inspects the folder when `HEAD` covers everything that is in it now.
fn everything(dir: &Path) -> Result<Folder, BackupError> {
    let durable = |folder: &Folder| folder.is_in_use().then(|| folder.tip().position);
    let CaughtUp { seen, behind } = caught_up(dir, || Folder::look(dir), durable)?;
    match behind {
        Some(reached) => Err(BackupError::Behind {
            reached,
            head: seen.tip().position,
        }),
        None => Ok(seen),
    }
}

/// The unfinished file, which is removed unless it is finished.
struct Partial {
    path: PathBuf,
    /// Locked while it is written.
    file: File,
    is_finished: bool,
}

impl Partial {
    fn begin(file: &Path) -> Result<Self, BackupError> {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let path = file.with_file_name(name);
        let Some(file) = lock::claim(&path)? else {
            return Err(BackupError::Busy { file: path });
        };
        let partial = Self {
            path,
            file,
            is_finished: false,
        };
        partial
            .file
            .set_len(0)
            .while_doing("write", &partial.path)?;
        Ok(partial)
    }

    fn finish(mut self, file: &Path) -> Result<(), BackupError> {
        fs::rename(&self.path, file).while_doing("rename", &self.path)?;
        self.is_finished = true;
        Ok(disk::sync_parent(file)?)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_finished
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::debug!(%error, "an unfinished backup was not removed; the next backup replaces it");
        }
    }
}

/// Writes and syncs the archive. Returns how many bytes of commits are in it.
fn write(
    folder: &Folder,
    partial: &Partial,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<u64, BackupError> {
    let failed = |source| Failed {
        doing: "write",
        path: partial.path.clone(),
        source,
    };
    let (tip, incarnations) = (folder.tip(), folder.incarnations());
    let mut writer = ArchiveWriter::new(&partial.file, tip.log, &incarnations).map_err(failed)?;
    let mut progress = Progress {
        commits: 0,
        commits_total: tip.position.get(),
        bytes: 0,
    };
    let (mut refused, mut ended) = (Ok(()), ControlFlow::Continue(()));
    folder.commits(Position::FIRST, &mut |page| {
        refused = page.iter().try_for_each(|commit| writer.push(commit));
        if refused.is_err() {
            return ControlFlow::Break(());
        }
        let bytes: usize = page.iter().map(|commit| commit.stored().len()).sum();
        progress.bytes += u64::try_from(bytes).unwrap_or(u64::MAX);
        progress.commits = writer.tip().position.get();
        ended = watch(progress);
        ended
    })?;
    if ended.is_break() {
        return Err(BackupError::Interrupted);
    }
    refused.map_err(|refused| match refused {
        NotArchived::Io(source) => failed(source),
        // The folder gives commits in order, so this is not to be expected.
        NotArchived::OutOfOrder { .. } => failed(io::Error::other(refused)),
    })?;
    writer.finish().map_err(failed)?;
    let file = &partial.file;
    file.sync_all().while_doing("sync", &partial.path)?;
    Ok(progress.bytes)
}

/// Reads the archive to its end, which must be the tip of the folder.
fn read_back(
    folder: &Folder,
    partial: &Partial,
    bodies: &dyn Bodies,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<(), BackupError> {
    let path = &partial.path;
    let wrong = |source| BackupError::NotReadBack {
        file: path.clone(),
        source,
    };
    let file = BufReader::new(File::open(path).while_doing("open", path)?);
    let mut reader = ArchiveReader::new(file).map_err(wrong)?;
    let mut progress = Progress {
        commits: 0,
        commits_total: folder.tip().position.get(),
        bytes: 0,
    };
    for commit in reader.by_ref() {
        let commit = commit.map_err(wrong)?;
        unread(bodies, &commit)
            .map_err(|(position, problem)| BackupError::Unreadable { position, problem })?;
        progress.commits = commit.position().get();
        progress.bytes += u64::try_from(commit.stored().len()).unwrap_or(u64::MAX);
        if progress.commits.is_multiple_of(1_000) && watch(progress).is_break() {
            return Err(BackupError::Interrupted);
        }
    }
    if watch(progress).is_break() {
        return Err(BackupError::Interrupted);
    }
    let at = reader.bytes();
    let tip = reader.finish().map_err(wrong)?;
    if tip != folder.tip() {
        let what = "its end differs from that of the log";
        return Err(wrong(ArchiveError::Damaged { at, what }));
    }
    Ok(())
}

/// Fails if a commit of an archive cannot be decoded, with its position and the reason.
pub(crate) fn unread(bodies: &dyn Bodies, commit: &Sequenced) -> Result<(), (Position, String)> {
    let read = commit.read_with(bodies).map(drop);
    read.map_err(|problem| (commit.position(), problem))
}
