//! Background work as steps: making the next volume before it is needed, and sealing full ones. The
//! steps are taken by a thread of the caller, so that tests can take them in any order.

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use plansync_log::LogId;
use plansync_log::backend::StepError;

use crate::SealPhase;
use crate::damage::{Failed, Fault, While};
use crate::disk;
use crate::head::HeadWriter;
use crate::journal::Journal;
use crate::manifest::VolumeNumber;
use crate::merger::Merger;
use crate::shared::{Shared, volume_dir};
use crate::store::Store;
use crate::unsealed::{COMMITS, JOURNAL, Unsealed};

/// What a step of the background work did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stepped {
    /// There was nothing to do.
    Idle,
    /// `HEAD` is up to date.
    HeadWritten,
    /// The next volume is ready.
    Prepared,
    /// sled has the commits again that an earlier process left in the active volume.
    Filled,
    /// A full volume is sealed.
    Sealed,
    /// A filter was read into memory, or a part of one made for a group of sealed volumes.
    Filtered,
    /// The tree hashes of a volume were made that an earlier version had sealed.
    Hashed,
}

/// Makes and seals volumes. A thread of the caller owns it and calls [`step`](Self::step) and
/// [`wait`](Self::wait) in turn. Without it the log still works: appends do the work themselves.
#[derive(Debug)]
pub struct Sealer {
    shared: Arc<Shared>,
    /// Whether the last step failed for lack of room, so that the next one should wait.
    lacks_room: bool,
    merger: Merger,
    /// So many sealed volumes, the oldest first, are known to have their tree hashes.
    hashed: usize,
}

impl Sealer {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            lacks_room: false,
            merger: Merger::default(),
            hashed: 0,
        }
    }

    /// The writer of `HEAD`. It needs a thread of its own, because sealing takes longer than `HEAD` may be
    /// late.
    pub fn head_writer(&self) -> HeadWriter {
        HeadWriter::new(Arc::clone(&self.shared))
    }

    /// Makes the next volume, fills sled after a restart, seals the oldest full volume, or does a piece of
    /// the work on filters, if any of these is needed.
    ///
    /// # Errors
    ///
    /// [`StepError::Unavailable`] leaves the log as it was and the step can be taken again later;
    /// after the other errors the process must end.
    pub fn step(&mut self) -> Result<Stepped, StepError> {
        self.step_watched(&mut |_| {})
    }

    /// The same. `watch` is called after each phase of a sealing, for tests that cut the power there.
    #[doc(hidden)]
    pub fn step_watched(&mut self, watch: &mut dyn FnMut(SealPhase)) -> Result<Stepped, StepError> {
        if self.shared.is_poisoned() {
            return Ok(Stepped::Idle);
        }
        let stepped = self.shared.step(watch);
        self.lacks_room = matches!(stepped, Err(StepError::Unavailable { .. }));
        let stepped = stepped?;
        // The next volume may be sealed right after this one, and the filter of this one is read before.
        let may_filter = matches!(stepped, Stepped::Idle | Stepped::Sealed);
        if may_filter && self.filter() && stepped == Stepped::Idle {
            return Ok(Stepped::Filtered);
        }
        if stepped == Stepped::Idle && self.hash() {
            return Ok(Stepped::Hashed);
        }
        Ok(stepped)
    }

    /// Does a piece of the work on filters. Returns whether there was one.
    fn filter(&mut self) -> bool {
        let Shared { filters, open, .. } = &*self.shared;
        let sealed = Arc::clone(&self.shared.state().sealed);
        self.merger.step(filters, &sealed, open)
    }

    /// Makes the tree hashes of the next volume that lacks them. Returns whether there was one. An error is
    /// only logged: the hashes are made when somebody asks for them.
    fn hash(&mut self) -> bool {
        let sealed = Arc::clone(&self.shared.state().sealed);
        for volume in sealed.iter().skip(self.hashed) {
            self.hashed += 1;
            if !volume.has_tree().unwrap_or(true) {
                let made = volume.tree(|| self.shared.open.store(volume));
                if let Err(fault) = made {
                    tracing::warn!(volume = %volume.number(), ?fault, "the tree hashes of a volume could not be made");
                }
                return true;
            }
        }
        false
    }

    /// Blocks until there may be something to do, but not longer than `timeout`. After a step that found no
    /// room it waits the whole time, so that a loop of the two does not spin.
    pub fn wait(&self, timeout: Duration) {
        self.shared.rotated.wait(timeout, || {
            let filters = self.shared.filters.is_stale() || self.merger.is_busy();
            let hashes = self.hashed < self.shared.state().sealed.len();
            let is_idle =
                !self.shared.wants_next() && !self.shared.has_work() && !filters && !hashes;
            self.lacks_room || is_idle
        });
    }
}

impl Shared {
    fn step(&self, watch: &mut dyn FnMut(SealPhase)) -> Result<Stepped, StepError> {
        if self.prepare_next()? {
            return Ok(Stepped::Prepared);
        }
        if self.refill() {
            return Ok(Stepped::Filled);
        }
        let sealed = self.seal_oldest(watch)?;
        Ok(if sealed {
            Stepped::Sealed
        } else {
            Stepped::Idle
        })
    }

    fn has_work(&self) -> bool {
        let state = self.state();
        !state.full.is_empty() || state.active.volume.to_fill.load(Ordering::Acquire) > 0
    }

    /// Whether the active volume is so full that the next should be made. An idle log should not take twice
    /// the room on the disk.
    pub(crate) fn wants_next(&self) -> bool {
        let state = self.state();
        let room = state.active.volume.journal.room();
        state.next.is_none() && state.active.end >= room / 4
    }

    /// Makes the next volume if it is wanted.
    pub(crate) fn prepare_next(&self) -> Result<bool, StepError> {
        let _one = self
            .preparing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if !self.wants_next() {
            return Ok(false);
        }
        let (log, number) = self.after_active();
        let made = self.make(log, number, self.options.volume_bytes);
        let made = made.map_err(StepError::from).inspect_err(|error| {
            if matches!(error, StepError::Fatal { .. }) {
                self.poison();
            }
        })?;
        self.state_mut().next = Some(Arc::new(made));
        Ok(true)
    }

    /// The prepared volume if it has enough room, or a new one. The caller holds `preparing`.
    pub(crate) fn take_next(&self, room: u64) -> Result<Arc<Unsealed>, Fault> {
        let ready = self.state_mut().next.take();
        match ready {
            Some(next) if next.journal.room() >= room && !self.active_is_empty() => {
                return Ok(next);
            }
            Some(next) => next.give_up_store(),
            None => {}
        }
        if self.active_is_empty() {
            return self.replace_active(room).map(Arc::new);
        }
        let (log, number) = self.after_active();
        self.make(log, number, room.max(self.options.volume_bytes))
            .map(Arc::new)
    }

    /// Replaces the empty active volume with one that has room for a group larger than a volume.
    fn replace_active(&self, room: u64) -> Result<Unsealed, Fault> {
        let (log, next) = self.after_active();
        let active = Arc::clone(&self.state().active.volume);
        disk::discard_tree(&volume_dir(&self.volumes, next))?;
        let room = room.max(self.options.volume_bytes);
        let journal = begin_volume(&active.dir, log, active.number, room)?;
        active.give_up_store();
        // From here on, the active volume may be missing, and an append to it would be lost.
        name_volume(
            &active.dir,
            active.number,
            journal,
            self.options.cache_bytes,
        )
        .inspect_err(|_| self.poison())
    }

    fn active_is_empty(&self) -> bool {
        self.state().active.is_empty()
    }

    fn after_active(&self) -> (LogId, VolumeNumber) {
        let state = self.state();
        (state.active.tip.log, state.active.volume.number.next())
    }

    fn make(&self, log: LogId, number: VolumeNumber, room: u64) -> Result<Unsealed, Fault> {
        make_volume(&self.volumes, log, number, room, self.options.cache_bytes)
    }
}

/// Makes an empty volume. It gets its name only once its journal is whole and synced, so that a
/// journal with a bad header in a named volume is damage and not an interrupted beginning.
pub(crate) fn make_volume(
    volumes: &Path,
    log: LogId,
    number: VolumeNumber,
    room: u64,
    cache_bytes: u64,
) -> Result<Unsealed, Fault> {
    let dir = volume_dir(volumes, number);
    let journal = begin_volume(&dir, log, number, room)?;
    name_volume(&dir, number, journal, cache_bytes)
}

/// Makes the journal of a volume beside the place where the volume will be.
fn begin_volume(dir: &Path, log: LogId, number: VolumeNumber, room: u64) -> Result<Journal, Fault> {
    let unfinished = disk::unfinished(dir);
    write_journal(&unfinished, log, number, room).inspect_err(|_| {
        // An unfinished volume only takes room, which may be scarce.
        if let Err(Failed { source, .. }) = disk::remove_tree(&unfinished) {
            tracing::debug!(%source, "an unfinished volume was not removed; the next opening removes it");
        }
    })
}

fn write_journal(
    dir: &Path,
    log: LogId,
    number: VolumeNumber,
    room: u64,
) -> Result<Journal, Fault> {
    disk::remove_tree(dir)?;
    fs::create_dir_all(dir).while_doing("create", dir)?;
    let journal = Journal::create(&dir.join(JOURNAL), log, number, room)?;
    disk::sync_dir(dir)?;
    Ok(journal)
}

/// Gives a new volume its name. After an error, what had the name before may be missing.
fn name_volume(
    dir: &Path,
    number: VolumeNumber,
    journal: Journal,
    cache_bytes: u64,
) -> Result<Unsealed, Fault> {
    let unfinished = disk::unfinished(dir);
    disk::discard_tree(dir)?;
    fs::rename(&unfinished, dir).while_doing("rename", &unfinished)?;
    disk::sync_parent(dir)?;
    let journal = journal.renamed(&dir.join(JOURNAL));
    let store = new_store(dir, cache_bytes);
    Ok(Unsealed::new(number, dir, journal, store))
}

/// An empty database for a volume that is not sealed. Without one, commits are read from the journal, so
/// an error is no reason to stop.
pub(crate) fn new_store(dir: &Path, cache_bytes: u64) -> Option<Store> {
    let path = dir.join(COMMITS);
    // If a cut undoes the removal of the old one, the next opening removes it.
    let made = disk::drop_tree(&path)
        .map_err(Fault::from)
        .and_then(|_| Store::open(&path, cache_bytes));
    made.inspect_err(|fault| {
        tracing::warn!(
            ?fault,
            "sled could not create a database; no commit is lost: they are read from the journal"
        );
    })
    .ok()
}
