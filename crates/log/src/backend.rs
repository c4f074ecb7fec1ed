//! A log backend: one way to keep a log, as a factory for everything that a program does with a log.
//!
//! The engine appends and reads through [`Append`] and [`Read`]. A program around it does more: it opens
//! the log, runs background work, checks it, backs it up and restores it. All of that goes through
//! [`Backend`], so that only the place that chooses a backend names an implementation. Reports, progress
//! and errors are plain types of this module, with one error enum per operation, so that a program can
//! derive messages and exit codes from them for every backend.

mod background;
mod backup;
mod open_error;
mod progress;
mod reindex;
mod report;
mod restore;
mod sealed_trees;
mod view;

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

pub use background::{BackgroundTask, Schedule, StepError, StepOutcome};
pub use backup::{BackedUp, BackupError, Existing};
pub use open_error::{GIVE_KEY, OpenError};
pub use progress::{Progress, unwatched};
pub use reindex::Reindexed;
pub use report::{Finding, FindingKind, Report};
pub use restore::{Prepare, RestoreError, RestoreKeys, RestorePoint, Restored, unprepared};
pub use sealed_trees::SealedTrees;
pub use view::LogView;

use crate::merkle::{CompactRange, Hash};
use crate::sealing::Keys;
use crate::{
    Append, Bodies, CheckpointError, Checkpoints, Incarnations, Position, Read, Sequenced, Tip,
};

/// A log at one place, closed or open: opening it, and the operations of an administrator.
///
/// A backend value names a place (a data folder, for example) and how a log is kept there. Creating one
/// neither reads nor writes anything. All functions block, and may be called from any thread.
/// [`memory::MemoryBackend`](crate::memory::MemoryBackend) is the simplest implementation;
/// `contract::holds_as_backend` (feature `contract`) tests everything that is stated here.
///
/// Functions that take `watch` call it now and then with the progress so far. If it answers
/// [`ControlFlow::Break`], they end soon, with an error that says so; nothing has changed then.
pub trait Backend: Send + Sync {
    /// Opens the log for serving, and begins a log if the place holds none. Everything that was ever
    /// acknowledged is there afterwards, whatever ended the process before.
    ///
    /// A log is open once at a time, from here until every part of the [`OpenLog`] is dropped. Its cost
    /// must not grow with the number of commits. Where a log exists, `watch` is called at least once
    /// before anything in the log is changed.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; no commit is lost or changed then. A log that may have lost acknowledged commits is
    /// refused and never shortened.
    fn open(
        &self,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<OpenLog, OpenError>;

    /// Looks at the log without changing it, whether or not it is open. If it is, the inspection may end
    /// before the last durable commit, but never after it.
    ///
    /// # Errors
    ///
    /// [`OpenError::NoLog`] if there is none, and whatever else keeps the log from being read.
    fn inspect(&self) -> Result<Box<dyn Inspection>, OpenError>;

    /// Opens the log for reading only, whether or not it is open. Nothing at its place changes and no lock
    /// is held. If no process has the log open, the view has everything that is durable; otherwise it has
    /// everything that was acknowledged before the call, unless the log cannot tell in time that it is
    /// durable.
    ///
    /// The cost does not grow with the number of commits. What the view needs beside the log is kept in the
    /// folder `temporary`, which exists; it is the caller's, who removes it after the view.
    ///
    /// # Errors
    ///
    /// [`OpenError::NoLog`] if there is none, and whatever else keeps all of the log from being read. What
    /// keeps a part of it from being read is told by [`LogView::wrong`], or by the read that meets it.
    fn view(&self, temporary: &Path) -> Result<LogView, OpenError>;

    /// The keys of texts about persons, for reading only, whether or not the log is open. They are those of
    /// the moment: what is destroyed later can still be opened with them.
    ///
    /// # Errors
    ///
    /// [`OpenError::NoLog`] if there is no log, and whatever keeps its keys from being read. A log of an
    /// earlier version that was not opened for writing since has no keys, which is no error.
    fn keys(&self) -> Result<Arc<Keys>, OpenError>;

    /// Checks every stored byte that the backend has of the log, every commit against the chain, and
    /// derived data against the commits, without changing anything. Every event is read by `bodies`. It
    /// continues after what it finds; whatever keeps it from checking something is a finding, too, also that
    /// `watch` ended it. The log may be open; then the check may end before the last durable commit.
    ///
    /// `each` gets the position and the leaf hash of every commit that was read and whose chain is right, in
    /// order; commits are missing there where the log is damaged.
    fn verify(
        &self,
        bodies: &dyn Bodies,
        each: &mut dyn FnMut(Position, Hash),
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Report;

    /// Writes an [archive](crate::archive) of every commit that was acknowledged before the call to
    /// `file`, reads it back with `bodies`, and gives it its name only then. The log may be open, and
    /// nothing in it is changed. The keys of texts about persons are not in the archive.
    ///
    /// # Errors
    ///
    /// [`BackupError`]; `file` is as it was then.
    fn backup(
        &self,
        file: &Path,
        existing: Existing,
        bodies: &dyn Bodies,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<BackedUp, BackupError>;

    /// Makes a log at this place, which must hold none, of the commits in an archive. The log begins its
    /// next incarnation. The archive is read to its end and every event that is restored is read by
    /// `bodies`; the log is verified before it gets its place. It gets the keys that `keys` says, or new
    /// ones.
    ///
    /// `prepare` gets the log before it gets its place, and may change it: nobody serves a log that was not
    /// prepared. `watch` is called for the reading first (the total is 0 unless `point` has a position), then
    /// for the verifying.
    ///
    /// # Errors
    ///
    /// [`RestoreError`]; the place holds no log then.
    fn restore(
        &self,
        archive: &mut dyn io::Read,
        point: RestorePoint,
        keys: RestoreKeys,
        bodies: &dyn Bodies,
        prepare: &mut Prepare<'_>,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Restored, RestoreError>;

    /// Makes everything again that is derived from commits, and removes stored state
    /// ([`Checkpoints`]). No commit changes and no answer either. It can be interrupted and run again.
    ///
    /// # Errors
    ///
    /// [`OpenError`], which is [`OpenError::Locked`] while the log is open.
    fn reindex(
        &self,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Reindexed, OpenError>;
}

/// An open log in its parts, each for another owner. The log is open until all of them are dropped.
pub struct OpenLog {
    /// The writing side, for one owner.
    pub append: Box<dyn Append>,
    /// The reading side, for many.
    pub read: Arc<dyn Read>,
    /// Where state that is derived from the log is stored. An error here is no reason not to serve: the
    /// log is folded instead.
    pub checkpoints: Result<Arc<dyn Checkpoints>, CheckpointError>,
    /// The keys of texts about persons. A log that has none yet gets them when it is opened.
    pub keys: Arc<Keys>,
    /// The background work. The program runs each task on a thread of its own.
    pub background: Vec<Box<dyn BackgroundTask>>,
}

impl std::fmt::Debug for OpenLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.background.iter().map(|task| task.name()).collect();
        f.debug_struct("OpenLog")
            .field("tip", &self.read.tip())
            .field("keys", &self.keys)
            .field("background", &names)
            .finish_non_exhaustive()
    }
}

/// A log as it was at one moment, read without opening it.
pub trait Inspection {
    /// The last commit that is known to be durable.
    fn tip(&self) -> Tip;

    /// All incarnations of the log.
    fn incarnations(&self) -> Incarnations;

    /// Whether the log was open. Then there may be durable commits after [`tip`](Self::tip).
    fn is_in_use(&self) -> bool;

    /// Gives every commit from this position up to the tip, in order and in pages, until `each` answers
    /// [`ControlFlow::Break`]. The chain of what is given was computed again.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the next commits are damaged or cannot be read; what was given before is right.
    fn commits(
        &self,
        from: Position,
        each: &mut dyn FnMut(&[Sequenced]) -> ControlFlow<()>,
    ) -> Result<(), OpenError>;

    /// The Merkle tree over the commits whose leaves have the indexes `from..to`; see
    /// [`Read::tree_range`]. Hashes that were derived from the commits may be used, so the result is no
    /// check of the log.
    fn tree_range(&self, from: u64, to: u64) -> Result<CompactRange, OpenError> {
        let mut range = CompactRange::new(from);
        push_leaves(self, &mut range, to)?;
        Ok(range)
    }
}

/// Adds the leaves that follow a range, up to the leaf before `to`, to it. The commits are read.
pub fn push_leaves<I: Inspection + ?Sized>(
    log: &I,
    range: &mut CompactRange,
    to: u64,
) -> Result<(), OpenError> {
    if range.to() >= to {
        return Ok(());
    }
    log.commits(Position::new(range.to()).next(), &mut |page| {
        for commit in page
            .iter()
            .take_while(|commit| commit.position().get() <= to)
        {
            range.push_leaf(Hash::of_leaf(commit.stored()));
        }
        if range.to() < to {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })
}
