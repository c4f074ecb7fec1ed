//! Appending: a group is written to the journal and synced; everything else follows. This is the only
//! place where a commit becomes durable. After a write or sync whose result is not known, nothing more
//! is appended: the disk may hold anything then.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use plansync_log::backend::StepError;
use plansync_log::{Append, AppendError, Sequenced};

use crate::Medium;
use crate::damage::{Failed, Fault, is_full};
use crate::index::Keys;
use crate::journal::{Writer, encoded_bytes};
use crate::pack::Packer;
use crate::shared::Shared;
use crate::unsealed::{Content, Unsealed};

/// The writing side of a log on disk. Dropping it writes `HEAD`, and logs an error if that fails;
/// [`close`](Self::close) returns the error.
#[derive(Debug)]
pub struct SledAppender {
    shared: Arc<Shared>,
    volume: Arc<Unsealed>,
    writer: Writer,
    packer: Packer,
}

impl SledAppender {
    pub(crate) fn new(shared: Arc<Shared>, writer: Writer) -> Self {
        let volume = Arc::clone(&shared.state().active.volume);
        Self {
            shared,
            volume,
            writer,
            packer: Packer::default(),
        }
    }

    /// Stops cleanly: `HEAD` is brought up to the tip, so that the next opening notices if anything is missing.
    pub fn close(self) -> Result<(), StepError> {
        if self.shared.is_poisoned() {
            return Ok(());
        }
        self.shared.write_head().map(drop)
    }

    fn check(&self, group: &[Sequenced]) -> Result<Vec<Keys>, AppendError> {
        let mut tip = self.shared.tip();
        let mut keys = Vec::with_capacity(group.len());
        for commit in group {
            let given = commit.position();
            if !tip.precedes(commit) {
                let tip = tip.position;
                return Err(AppendError::OutOfOrder { tip, given });
            }
            let skim = commit.skim().map_err(|error| {
                let what = format!("the commit {given} is not one that could be read back");
                self.fatal(&what, io::Error::new(io::ErrorKind::InvalidData, error))
            })?;
            keys.push(Keys::of(&skim));
            tip = tip.after(commit);
        }
        Ok(keys)
    }

    /// Writes and syncs the group. An error before the sync leaves nothing that counts.
    fn write(&mut self, group: &[Sequenced]) -> Result<(), AppendError> {
        let medium = Arc::clone(&self.shared.options.medium);
        let written = self.writer.write(group, &*medium);
        let written = written.map_err(|error| self.not_written(error))?;
        self.sync(&*medium)?;
        self.writer.keep(&written);
        Ok(())
    }

    /// Removes what a refused group left in the journal: the next opening would take it for damage once a
    /// later volume has groups.
    fn wipe(&mut self) -> Result<(), AppendError> {
        if !self.writer.has_remains() {
            return Ok(());
        }
        let medium = Arc::clone(&self.shared.options.medium);
        let wiped = self.writer.wipe(&*medium);
        wiped.map_err(|error| self.not_written(error))?;
        self.sync(&*medium)
    }

    fn sync(&self, medium: &dyn Medium) -> Result<(), AppendError> {
        let begun = Instant::now();
        self.writer
            .sync(medium)
            .map_err(|error| self.fatal("syncing the journal failed", error))?;
        let flushes = &self.shared.measures.flushes;
        flushes.record_duration(begun.elapsed());
        Ok(())
    }

    fn not_written(&self, error: io::Error) -> AppendError {
        if is_full(&error) {
            unavailable("the disk is full; free up space on it".to_owned(), error)
        } else {
            self.fatal("writing the journal failed", error)
        }
    }

    fn fatal(&self, what: &str, source: io::Error) -> AppendError {
        self.shared.poison();
        AppendError::Fatal {
            what: what.to_owned(),
            source,
        }
    }

    /// Writes full values to sled; the rest stays in memory.
    fn pack(&mut self, group: &[Sequenced]) {
        let mut pairs = Vec::new();
        for commit in group {
            self.packer.push(commit, &mut pairs);
        }
        if pairs.is_empty() {
            return;
        }
        self.volume.insert(pairs);
        let waiting = self.packer.waiting();
        let bytes_max = self.shared.options.tail_bytes;
        let mut state = self.shared.state_mut();
        state.active.tail.trim(waiting, bytes_max);
    }

    fn finish_packing(&mut self) {
        let mut pairs = Vec::new();
        self.packer.finish(&mut pairs);
        self.volume.insert(pairs);
        self.shared.state_mut().active.tail.clear();
    }

    /// Moves on to the next volume if the group does not fit into this one.
    fn make_room(&mut self, group: &[Sequenced]) -> Result<(), AppendError> {
        if self.writer.fits(group) {
            return Ok(());
        }
        self.wipe()?;
        while self.shared.state().full.len() >= self.shared.options.full_volumes_max {
            self.shared
                .seal_oldest(&mut |_| {})
                .map_err(|error| self.not_rotated(error))?;
        }
        self.finish_packing();
        let preparing = Arc::clone(&self.shared);
        let _one = preparing.preparing.lock();
        let room = encoded_bytes(group);
        let next = self
            .shared
            .take_next(room)
            .map_err(|fault| self.not_prepared(fault))?;
        self.writer = Writer::empty(Arc::clone(&next.journal));
        self.volume = Arc::clone(&next);
        let mut state = self.shared.state_mut();
        let empty = Content::empty(next, state.active.tip);
        let full = std::mem::replace(&mut state.active, empty);
        if !full.is_empty() {
            state.full.push(Arc::new(full));
        }
        drop(state);
        self.shared.rotated.ring();
        Ok(())
    }

    fn not_rotated(&self, error: StepError) -> AppendError {
        match error {
            StepError::Unavailable { source, .. } => unavailable(
                "no volume can be sealed; free up space on the disk".to_owned(),
                source,
            ),
            StepError::Corrupt { .. } => self.fatal("sealing failed", io::Error::other(error)),
            StepError::Fatal { source, .. } => self.fatal("sealing failed", source),
        }
    }

    fn not_prepared(&self, fault: Fault) -> AppendError {
        let Failed {
            doing,
            path,
            source,
        } = match fault {
            Fault::Failed(failed) => failed,
            Fault::Damage(damage) => {
                let damage = io::Error::other(damage.what);
                return self.fatal("creating the next volume failed", damage);
            }
        };
        if self.shared.is_poisoned() {
            return self.fatal("replacing the empty volume failed", source);
        }
        let remedy = match (is_full(&source), doing) {
            (true, _) => "free up space on the disk",
            (false, "sync") => return self.fatal("syncing the next volume failed", source),
            (false, _) => "check that its folder is writable",
        };
        let what = format!("cannot {doing} {}; {remedy}", path.display());
        unavailable(what, source)
    }
}

fn unavailable(what: String, source: io::Error) -> AppendError {
    AppendError::Unavailable { what, source }
}

impl Append for SledAppender {
    fn append(&mut self, group: &[Sequenced]) -> Result<(), AppendError> {
        if self.shared.is_poisoned() {
            return Err(AppendError::Poisoned);
        }
        if group.is_empty() {
            return Ok(());
        }
        let begun = Instant::now();
        let keys = self.check(group)?;
        self.make_room(group)?;
        self.write(group)?;
        let mut state = self.shared.state_mut();
        state.active.push(group, &keys, self.writer.end());
        state.active.tail.extend(group);
        drop(state);
        self.shared.appended.ring();
        self.pack(group);
        if self.shared.wants_next() {
            self.shared.rotated.ring();
        }
        let appends = &self.shared.measures.appends;
        appends.record_duration(begun.elapsed());
        Ok(())
    }
}

impl Drop for SledAppender {
    fn drop(&mut self) {
        if self.shared.is_poisoned() {
            return;
        }
        if let Err(error) = self.shared.write_head() {
            tracing::error!(%error, "HEAD could not be written at the end; no commit is lost, and the next start takes longer");
        }
    }
}
