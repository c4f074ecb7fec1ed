//! Sealing one volume: from commits that its journal protects to a whole database on the disk. The
//! journal is removed last, so that a power cut loses nothing. sled is not trusted: what is
//! sealed was read back and its chain computed again.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use plansync_log::Position;
use plansync_log::backend::StepError;
use plansync_log::merkle::CompactRange;

use crate::damage::{Damage, Failed, Fault};
use crate::derived::{self, Owner};
use crate::disk;
use crate::files;
use crate::journal::{Journal, Next};
use crate::manifest::{Entry, Manifest};
use crate::pack::Packer;
use crate::sealed::Sealed;
use crate::sealer;
use crate::shared::Shared;
use crate::store::{Page, Store};
use crate::tree;
use crate::unsealed::{COMMITS, Content, Unsealed};

/// Commits are read and filled in pieces of this size, in bytes.
const PIECE_BYTES: usize = 1 << 20;
/// The most openings until sled must leave a database unchanged: far more than it was seen to need.
const SETTLE_TRIES_MAX: u32 = 8;

/// The phases of a sealing, each named for what is done. A cut after any of them loses nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealPhase {
    /// sled has every commit and is closed.
    Closed,
    /// Its files and folders are synced.
    Synced,
    /// It was opened again, and every commit read and checked.
    Verified,
    /// It is closed and synced again, and its rows are written.
    Described,
    /// The manifest has it.
    Entered,
    /// Its journal is gone.
    Done,
}

impl Shared {
    /// Seals the oldest full volume, if there is one.
    pub(crate) fn seal_oldest(&self, watch: &mut dyn FnMut(SealPhase)) -> Result<bool, StepError> {
        let _one = self.sealing.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = self.state().full.first().cloned();
        let Some(full) = oldest else { return Ok(false) };
        let begun = Instant::now();
        let sealed = self.seal(&full, watch);
        if sealed.is_ok() {
            self.measures.sealings.record_duration(begun.elapsed());
        }
        if matches!(
            sealed,
            Err(StepError::Fatal { .. } | StepError::Corrupt { .. })
        ) {
            self.poison();
        }
        sealed.map(|()| true)
    }

    /// Fills sled again with the commits that an earlier process left in the active volume; what sled has of
    /// them is not trusted. Meanwhile, appends go on and commits are read from the journal.
    pub(crate) fn refill(&self) -> bool {
        let _one = self.sealing.lock().unwrap_or_else(PoisonError::into_inner);
        let volume = Arc::clone(&self.state().active.volume);
        let end = volume.to_fill.swap(0, Ordering::AcqRel);
        if end == 0 {
            return false;
        }
        let Some(store) = sealer::new_store(&volume.dir, self.options.cache_bytes) else {
            return true;
        };
        let filled = fill(&volume.journal, 0, end, &store)
            .and_then(|()| volume.hand_over(store, |store| self.catch_up(&volume, end, store)));
        if let Err(fault) = filled {
            tracing::warn!(
                ?fault,
                "commits could not be copied to sled; none is lost: they are read from the journal until the volume is sealed"
            );
        }
        true
    }

    /// Writes to sled what was appended since the opening, in the same values that the appender makes:
    /// packed from the same commit on, and finished only with the volume. Values with other bounds would
    /// overlap those of the appender, and a search would find the wrong one.
    fn catch_up(&self, volume: &Unsealed, from: u64, store: &Store) -> Result<(), Fault> {
        let (end, is_full) = self.end_of(volume);
        let mut packer = Packer::default();
        pack(&volume.journal, from, end, store, &mut packer)?;
        if is_full {
            finish(packer, store)?;
        }
        Ok(())
    }

    /// The current end of the groups of an unsealed volume, and whether it is full.
    fn end_of(&self, volume: &Unsealed) -> (u64, bool) {
        let state = self.state();
        let full = state
            .full
            .iter()
            .find(|full| full.volume.number == volume.number);
        full.map_or((state.active.end, false), |full| (full.end, true))
    }

    fn seal(&self, full: &Content, watch: &mut dyn FnMut(SealPhase)) -> Result<(), StepError> {
        let tree = match self.close(full).and_then(|()| self.verify(full, watch)) {
            Ok(tree) => tree,
            Err(fault) => {
                let fault = refuse_failed_sync(fault)?;
                tracing::warn!(volume = %full.volume.number, ?fault, "the database of a volume is made again from its journal");
                self.fill(full).map_err(not_filled)?;
                self.verify(full, watch).map_err(not_filled)?
            }
        };
        let (sealed, entry) = self.describe(full, &tree)?;
        watch(SealPhase::Described);
        self.enter(sealed, entry)?;
        watch(SealPhase::Entered);
        remove_leftovers(&full.volume.dir)?;
        watch(SealPhase::Done);
        Ok(())
    }

    /// Closes the database, or makes it if there is none that has every commit.
    fn close(&self, full: &Content) -> Result<(), Fault> {
        match full.volume.take_store() {
            Some(store) => store.close(),
            None => self.fill(full),
        }
    }

    /// Makes the database from the journal.
    fn fill(&self, full: &Content) -> Result<(), Fault> {
        let path = full.volume.dir.join(COMMITS);
        disk::remove_tree(&path)?;
        let store = Store::open(&path, self.options.cache_bytes)?;
        fill(&full.volume.journal, 0, full.end, &store)?;
        store.close()
    }

    /// Reads back what the database has. Gives the tree of its commits.
    fn verify(
        &self,
        full: &Content,
        watch: &mut dyn FnMut(SealPhase),
    ) -> Result<CompactRange, Fault> {
        watch(SealPhase::Closed);
        let path = full.volume.dir.join(COMMITS);
        disk::sync_tree(&path)?;
        disk::sync_dir(&full.volume.dir)?;
        watch(SealPhase::Synced);
        let store = Store::open(&path, self.options.cache_bytes)?;
        let tree = check_chain(full, &store)?;
        watch(SealPhase::Verified);
        store.close()?;
        self.settle(full, &path)?;
        disk::sync_tree(&path)?;
        Ok(tree)
    }

    /// Opens and closes the database until that changes none of its files: after writes, sled makes one
    /// more snapshot, sometimes two, and a sealed database must not change.
    fn settle(&self, full: &Content, path: &Path) -> Result<(), Fault> {
        let describe = || files::describe(path, full.tip.log, full.volume.number);
        let mut before = describe()?;
        for _ in 0..SETTLE_TRIES_MAX {
            Store::open(path, self.options.cache_bytes)?.close()?;
            let now = describe()?;
            if now == before {
                return Ok(());
            }
            before = now;
        }
        Err(Damage::new(path, "sled changed it after it was closed").into())
    }

    /// Writes the rows, the tree and the list of files.
    fn describe(&self, full: &Content, tree: &CompactRange) -> Result<(Sealed, Entry), StepError> {
        let (volume, tip) = (&full.volume, full.tip);
        let owner = Owner {
            log: tip.log,
            volume: volume.number,
            first: full.first,
            last: tip.position,
            chain: tip.chain,
        };
        let store = volume.dir.join(COMMITS);
        let (files, files_crc) = files::describe(&store, tip.log, volume.number)?;
        disk::replace(&volume.dir.join(files::NAME), &files)?;
        let sealed = Sealed::new(&self.volumes, owner, (full.before, tip), files_crc);
        sealed.write_derived(&full.index)?;
        sealed.write_tree(tree)?;
        let entry = Entry {
            last: tip.position,
            chain: tip.chain,
            at: tip.at,
            files_crc,
        };
        Ok((sealed, entry))
    }

    /// Enters the volume into the manifest and makes it visible to readers.
    fn enter(&self, sealed: Sealed, entry: Entry) -> Result<(), StepError> {
        let mut manifest = self.manifest.lock().unwrap_or_else(PoisonError::into_inner);
        let mut longer = Manifest::clone(&manifest);
        longer.sealed.push(entry);
        longer
            .write(&self.dir)
            .map_err(|failed| self.not_entered(failed))?;
        *manifest = longer;
        drop(manifest);
        let mut state = self.state_mut();
        let mut all = Vec::clone(&state.sealed);
        all.push(Arc::new(sealed));
        state.sealed = Arc::new(all);
        state.full.remove(0);
        drop(state);
        self.filters.changed();
        Ok(())
    }

    /// If the folder of the manifest could not be synced, even for lack of room, it is not known whether
    /// the volume is entered: it must not be changed any more.
    fn not_entered(&self, failed: Failed) -> StepError {
        if failed.path != self.dir {
            return failed.into();
        }
        let Failed {
            doing,
            path,
            source,
        } = failed;
        StepError::Fatal {
            doing,
            path,
            source,
        }
    }
}

/// Writes the commits between two offsets of a journal to a database, including the last value.
fn fill(journal: &Journal, from: u64, to: u64, store: &Store) -> Result<(), Fault> {
    let mut packer = Packer::default();
    pack(journal, from, to, store, &mut packer)?;
    finish(packer, store)
}

/// Writes the values that are filled by the commits between two offsets of a journal. The rest stays in
/// the packer.
fn pack(
    journal: &Journal,
    from: u64,
    to: u64,
    store: &Store,
    packer: &mut Packer,
) -> Result<(), Fault> {
    let mut pairs = Vec::new();
    journal.visit(from, to, Position::FIRST, &mut |commit| {
        packer.push(&commit, &mut pairs);
        if pairs.len() >= 64 {
            store.insert(std::mem::take(&mut pairs))?;
        }
        Ok(Next::More)
    })?;
    store.insert(pairs)
}

fn finish(mut packer: Packer, store: &Store) -> Result<(), Fault> {
    let mut pairs = Vec::new();
    packer.finish(&mut pairs);
    store.insert(pairs)
}

fn check_chain(full: &Content, store: &Store) -> Result<CompactRange, Fault> {
    let mut tip = full.before;
    let mut tree = tree::before(full.first);
    while tip.position < full.tip.position {
        let mut page = Page::new(tip.position.next(), usize::MAX, PIECE_BYTES);
        store.read(&mut page, full.tip.position)?;
        for commit in &page.commits {
            if !tip.precedes(commit) {
                let what = format!("the chain breaks at commit {}", commit.position());
                return Err(Damage::new(&full.volume.dir, what).into());
            }
            tip = tip.after(commit);
            tree::push(&mut tree, commit);
        }
    }
    if tip == full.tip {
        return Ok(tree);
    }
    Err(Damage::new(&full.volume.dir, "it does not end as it was appended").into())
}

/// Removes everything that a sealed volume does not need, mainly the journal.
pub(crate) fn remove_leftovers(dir: &Path) -> Result<(), Failed> {
    for path in disk::entries(dir)? {
        let kept = [COMMITS, derived::NAME, tree::NAME, files::NAME];
        if !kept.iter().any(|name| disk::is_called(&path, name)) {
            disk::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Other faults of a database are repaired by filling a new one. A failed sync is not repeated, because the
/// next one may succeed without having written anything.
fn refuse_failed_sync(fault: Fault) -> Result<Fault, StepError> {
    match fault {
        Fault::Failed(failed) if failed.doing == "sync" => Err(failed.into()),
        Fault::Failed(_) | Fault::Damage(_) => Ok(fault),
    }
}

/// A database that cannot be filled loses nothing while the journal is there, but a failed sync is final.
fn not_filled(fault: Fault) -> StepError {
    match fault {
        Fault::Failed(failed) if failed.doing == "sync" => failed.into(),
        Fault::Failed(Failed {
            doing,
            path,
            source,
        }) => StepError::Unavailable {
            doing,
            path,
            source,
        },
        Fault::Damage(damage) => damage.into(),
    }
}
