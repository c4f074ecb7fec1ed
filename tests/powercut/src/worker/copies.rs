//! Owns backing a closed log up and restoring the backup, both on the disk that may lose them, and
//! the look at what an earlier attempt left. Knows nothing of what was promised; the campaign does.

use std::fs::{self, File};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use plansync_log::backend::{Existing, unwatched};
use plansync_log::{Chain, Position, Sequenced, Tip};
use plansync_sled::{Folder, Options, backup, restore_with, verify};

use super::{Reporter, WorkError};
use crate::line::Line;

/// Small enough that a restore seals volumes.
const VOLUME_BYTES: u64 = 100 << 10;

/// Looks at the copies that are there, and makes them again.
pub(super) fn make<W: Write>(log: &Path, reporter: &Reporter<W>) -> Result<(), WorkError> {
    let copies = Copies::beside(log);
    copies.look(log, reporter)?;
    reporter.say(&Line::Copying)?;
    let saved = backup(log, &copies.file, Existing::Replace, &mut unwatched)
        .map_err(|error| WorkError::refused("backing up", &error))?;
    reporter.say(&Line::BackedUp(saved.tip.position))?;
    copies.restore()?;
    reporter
        .say(&Line::Restored(saved.tip.position))
        .map_err(WorkError::Alone)
}

/// Where the copies are.
struct Copies {
    file: PathBuf,
    restored: PathBuf,
    discarded: PathBuf,
}

impl Copies {
    fn beside(log: &Path) -> Self {
        Self {
            file: log.with_file_name("backup"),
            restored: log.with_file_name("restored"),
            discarded: log.with_file_name("discarded"),
        }
    }

    /// A copy is there as a whole or not at all, and is the beginning of the log.
    fn look<W: Write>(&self, log: &Path, reporter: &Reporter<W>) -> Result<(), WorkError> {
        let restored = if self.restored.exists() {
            Some(self.check_restored(log)?)
        } else {
            None
        };
        let at = restored.map_or(Position::ZERO, |tip| tip.position);
        reporter.say(&Line::CopiesFound {
            backup: self.file.exists(),
            restored: at,
        })?;
        if restored.is_some() {
            reporter.say(&Line::Removing)?;
            self.remove_restored()
                .map_err(|error| WorkError::refused("removing a restored log", &error))?;
        }
        if self.file.exists() {
            reporter.say(&Line::Copying)?;
            self.restore()?;
            let tip = self.check_restored(log)?;
            reporter.say(&Line::Restored(tip.position))?;
            reporter.say(&Line::Removing)?;
            self.remove_restored()
                .map_err(|error| WorkError::refused("removing a restored log", &error))?;
        }
        Ok(())
    }

    fn restore(&self) -> Result<(), WorkError> {
        let archive = File::open(&self.file)
            .map_err(|error| WorkError::refused("opening a backup", &error))?;
        let options = Options {
            volume_bytes: VOLUME_BYTES,
            ..Options::default()
        };
        restore_with(&self.restored, archive, None, None, options, &mut unwatched)
            .map_err(|error| WorkError::refused("restoring", &error))?;
        Ok(())
    }

    fn check_restored(&self, log: &Path) -> Result<Tip, WorkError> {
        let report = verify(&self.restored, &mut unwatched);
        if !report.is_whole() {
            let text = format!("a restored log is not whole: {:?}", report.findings);
            return Err(WorkError::Wrong(text));
        }
        let folder = look(&self.restored)?;
        let tip = folder.tip();
        if chain_at(log, tip.position)? == Some(tip.chain) {
            Ok(tip)
        } else {
            let text = format!("a restored log ends at {} with another chain", tip.position);
            Err(WorkError::Wrong(text))
        }
    }

    /// Its name goes first, durably, so that half of it is never taken for a log.
    fn remove_restored(&self) -> std::io::Result<()> {
        self.discard()?;
        fs::rename(&self.restored, &self.discarded)?;
        if let Some(folder) = self.restored.parent() {
            File::open(folder)?.sync_all()?;
        }
        self.discard()
    }

    fn discard(&self) -> std::io::Result<()> {
        if self.discarded.exists() {
            fs::remove_dir_all(&self.discarded)?;
        }
        Ok(())
    }
}

fn look(dir: &Path) -> Result<Folder, WorkError> {
    Folder::look(dir).map_err(|error| WorkError::refused("looking at a folder", &error))
}

/// The chain of a log at a position; of an empty one at its beginning.
fn chain_at(dir: &Path, position: Position) -> Result<Option<Chain>, WorkError> {
    let folder = look(dir)?;
    if position == Position::ZERO {
        return Ok(Some(
            Tip::empty(folder.tip().log, folder.tip().incarnation).chain,
        ));
    }
    let mut found = None;
    let read = folder.commits(position, &mut |page| {
        found = page.first().map(Sequenced::chain);
        ControlFlow::Break(())
    });
    read.map_err(|error| WorkError::refused("reading a folder", &error))?;
    Ok(found)
}
