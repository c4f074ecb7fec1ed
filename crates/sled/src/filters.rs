//! The filters of sealed volumes and of groups of them: in memory within a bound, on the disk beyond
//! it. A search for a key begins at the few largest groups, and continues only in those parts whose
//! filter does not exclude the key.
//!
//! # What an id that is new costs
//!
//! A filter has 16 bits a key and one or two false positives in a thousand. A search asks at most three
//! filters of each level (see `Group::roots`). One that is in memory costs nothing, and one on the disk
//! a read of one page. After a false positive, the four filters of the parts are asked, and so on.
//!
//! Filters of commands are in memory up to 64 MiB by default, which is 33 million ids, the newest first.
//! So a level is on the disk only if a group of it has more than 8 million ids, and each level has four
//! times as many as the one before, whatever the size of commits and volumes:
//!
//! | ids | all filters, one level | of that in memory | reads for a new id |
//! | --- | --- | --- | --- |
//! | 10 million | 20 MB | 20 MB | 0 |
//! | 100 million | 200 MB | ≤ 64 MiB | ≤ 6 |
//! | 1 billion | 2 GB | ≤ 64 MiB | ≤ 12 |
//!
//! A few searches in a hundred meet a false positive, which costs four reads more. An id that is known costs
//! at most four for each level below the root that has it, and those of one volume's rows. The header of
//! a file is read once a process.
//!
//! Each level has a bit pattern for all ids once more: with volumes of 130,000 commits, a billion have six
//! levels, and the files take 12 bytes a commit for ids, and as much for a commit on a stream of its own.

mod loading;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::damage::{Failed, Fault};
use crate::derived::{Derived, Of};
use crate::disk;
use crate::filter::{self, Block};
use crate::groups::VolumeGroup;
use crate::index::Key;
use crate::merged::{Merged, Whose};
use crate::sealed::Sealed;

pub(crate) const NAME: &str = "filters";

type FilterSlot = (Of, VolumeGroup);

/// The filter of a group.
#[derive(Debug)]
enum MergedState {
    /// Its file was not read yet.
    Closed,
    Open(Arc<Merged>),
    /// It was damaged, made again, and damaged again.
    GivenUp,
}

/// Which filters there are, and those that are in memory.
#[derive(Debug)]
pub(crate) struct Filters {
    dir: PathBuf,
    command_bytes_max: usize,
    stream_bytes_max: usize,
    held: RwLock<BTreeMap<FilterSlot, Arc<Vec<Block>>>>,
    /// The filters of groups that have a file.
    merged: RwLock<BTreeMap<FilterSlot, MergedState>>,
    /// The groups whose filter was made again, which is done once: the disk may lose it every time.
    made_again: Mutex<BTreeSet<FilterSlot>>,
    /// Whether there may be something to read into memory, or to merge.
    is_stale: AtomicBool,
}

impl Filters {
    /// The filters in this data folder, whose log has `volumes` sealed volumes. Unfinished files and those
    /// of other logs are removed. A folder that cannot be read counts as empty: filters only save time.
    pub(crate) fn open(
        data: &Path,
        volumes: usize,
        command_bytes_max: usize,
        stream_bytes_max: usize,
    ) -> Self {
        let dir = data.join(NAME);
        let merged = find(&dir, volumes).unwrap_or_else(|failed| {
            tracing::warn!(?failed, "filters cannot be used; no commit is lost, and each volume is searched without them");
            BTreeMap::new()
        });
        Self {
            dir,
            command_bytes_max,
            stream_bytes_max,
            held: RwLock::default(),
            merged: RwLock::new(merged),
            made_again: Mutex::default(),
            is_stale: AtomicBool::new(true),
        }
    }

    /// Notes that a volume was sealed or a filter was lost.
    pub(crate) fn changed(&self) {
        self.is_stale.store(true, Ordering::Release);
    }

    pub(crate) fn is_stale(&self) -> bool {
        self.is_stale.load(Ordering::Acquire)
    }

    /// Whether something changed since the last call.
    pub(crate) fn take_stale(&self) -> bool {
        self.is_stale.swap(false, Ordering::AcqRel)
    }

    /// Gives the volumes that may have the key to `ask`, the newest first, until it has an answer.
    pub(crate) fn search<T, E>(
        &self,
        sealed: &[Arc<Sealed>],
        of: Of,
        key: Key,
        ask: &mut dyn FnMut(&Sealed) -> Result<Option<T>, E>,
    ) -> Result<Option<T>, E> {
        let mut open = VolumeGroup::roots(sealed.len());
        while let Some(group) = open.pop() {
            if group.level > 0 {
                if self.group_may_hold(sealed, (of, group), key) {
                    open.extend(group.parts());
                }
                continue;
            }
            let volumes = sealed.get(group.places()).unwrap_or_default();
            for volume in volumes {
                let found = ask(volume)?;
                if found.is_some() {
                    return Ok(found);
                }
            }
        }
        Ok(None)
    }

    /// Whether a volume may have the key.
    pub(crate) fn may_hold(&self, derived: &Derived, of: Of, key: Key) -> Result<bool, Fault> {
        let slot = (of, VolumeGroup::single(derived.place()));
        match self.in_memory(slot, key) {
            Some(answer) => Ok(answer),
            None => derived.may_hold(of, key),
        }
    }

    /// Whether none of `volumes` volumes has the key, as far as the filters in memory can tell.
    pub(crate) fn surely_lack(&self, volumes: usize, of: Of, key: Key) -> bool {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let mut open = VolumeGroup::roots(volumes);
        while let Some(group) = open.pop() {
            match held.get(&(of, group)) {
                Some(blocks) if !filter::among(blocks, key) => {}
                // Its parts are what was in memory before it was made.
                _ if group.level > 0 => open.extend(group.parts()),
                _ => return false,
            }
        }
        true
    }

    fn in_memory(&self, slot: FilterSlot, key: Key) -> Option<bool> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.get(&slot).map(|blocks| filter::among(blocks, key))
    }

    /// Whether a group may have the key: it may unless a filter excludes it.
    fn group_may_hold(&self, sealed: &[Arc<Sealed>], slot: FilterSlot, key: Key) -> bool {
        if let Some(answer) = self.in_memory(slot, key) {
            return answer;
        }
        let Some(merged) = self.merged(sealed, slot) else {
            return true;
        };
        merged.may_hold(key).unwrap_or_else(|fault| {
            self.unusable(slot, &fault);
            true
        })
    }

    /// The filter of a group, if there is one that can be used.
    fn merged(&self, sealed: &[Arc<Sealed>], slot: FilterSlot) -> Option<Arc<Merged>> {
        let merged = self.merged.read().unwrap_or_else(PoisonError::into_inner);
        match merged.get(&slot)? {
            MergedState::Open(known) => return Some(Arc::clone(known)),
            MergedState::GivenUp => return None,
            MergedState::Closed => {}
        }
        drop(merged);
        let whose = Whose::new(slot.0, sealed.get(slot.1.places())?)?;
        match Merged::open(&self.path(slot), &whose) {
            Ok(opened) => {
                let opened = Arc::new(opened);
                let mut merged = self.merged.write().unwrap_or_else(PoisonError::into_inner);
                merged.insert(slot, MergedState::Open(Arc::clone(&opened)));
                Some(opened)
            }
            Err(fault) => {
                self.unusable(slot, &fault);
                None
            }
        }
    }

    /// A filter that is damaged or gone is made again, once; one that cannot be read at the moment stays.
    fn unusable(&self, slot: FilterSlot, fault: &Fault) {
        let path = self.path(slot);
        tracing::warn!(path = %path.display(), ?fault, "a filter cannot be used; no commit is lost, and its volumes are searched without it");
        let is_lost = match fault {
            Fault::Damage(_) => true,
            Fault::Failed(failed) => failed.source.kind() == io::ErrorKind::NotFound,
        };
        if is_lost {
            self.lose(slot);
        }
    }

    fn lose(&self, slot: FilterSlot) {
        let made_again = self.made_again.lock();
        let is_first = made_again
            .unwrap_or_else(PoisonError::into_inner)
            .insert(slot);
        let mut merged = self.merged.write().unwrap_or_else(PoisonError::into_inner);
        if is_first {
            merged.remove(&slot);
        } else {
            merged.insert(slot, MergedState::GivenUp);
        }
        if let Err(failed) = disk::remove_file(&self.path(slot)) {
            tracing::warn!(
                ?failed,
                "a damaged filter was not removed; it is replaced later"
            );
        }
        drop(merged);
        self.changed();
    }

    /// The file of the filter of a group.
    pub(crate) fn path(&self, (of, group): FilterSlot) -> PathBuf {
        self.dir.join(group.name(of))
    }

    /// A group of so many volumes whose filter has no file.
    pub(crate) fn lacking(&self, volumes: usize) -> Option<FilterSlot> {
        let merged = self.merged.read().unwrap_or_else(PoisonError::into_inner);
        let slots = VolumeGroup::all(volumes).flat_map(|group| Of::ALL.map(|of| (of, group)));
        slots.into_iter().find(|slot| !merged.contains_key(slot))
    }

    /// Adds the filter of a group that was made.
    pub(crate) fn made(&self, slot: FilterSlot) {
        let mut merged = self.merged.write().unwrap_or_else(PoisonError::into_inner);
        merged.insert(slot, MergedState::Closed);
        drop(merged);
        self.changed();
    }
}

fn find(dir: &Path, volumes: usize) -> Result<BTreeMap<FilterSlot, MergedState>, Failed> {
    let mut merged = BTreeMap::new();
    for path in disk::entries(dir)? {
        let is_unfinished = path.extension().is_some_and(|extension| extension == "new");
        match slot(&path) {
            Some((of, group)) if group.places().end <= volumes => {
                merged.insert((of, group), MergedState::Closed);
            }
            None if !is_unfinished => {}
            _ => disk::remove_file(&path)?,
        }
    }
    Ok(merged)
}

/// What a file in the folder is the filter of, by its name.
pub(crate) fn slot(path: &Path) -> Option<FilterSlot> {
    VolumeGroup::parse(path.file_name()?.to_str()?)
}
