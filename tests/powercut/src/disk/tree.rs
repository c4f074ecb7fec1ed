//! Owns the names: directories as read back and as durable, and the name changes between the
//! two. Knows nothing of what files hold.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};

use super::{Fate, Inode, Loss, Lost, Refusal, Sequence};

type Entries = BTreeMap<OsString, Inode>;

/// All directories of a disk.
#[derive(Debug)]
pub struct Tree {
    live: BTreeMap<Inode, Entries>,
    durable: BTreeMap<Inode, Entries>,
    pending: Vec<Pending>,
}

#[derive(Debug)]
struct Pending {
    sequence: Sequence,
    change: Change,
}

/// A change of names. A rename is one change even between directories: file systems write it in
/// one transaction, so it lands whole or not at all.
#[derive(Debug)]
enum Change {
    Link {
        at: Place,
        inode: Inode,
    },
    Unlink {
        at: Place,
        inode: Inode,
    },
    Rename {
        from: Place,
        to: Place,
        inode: Inode,
    },
}

#[derive(Debug, Clone)]
struct Place {
    directory: Inode,
    name: OsString,
}

impl Place {
    fn new(directory: Inode, name: &OsStr) -> Self {
        Self {
            directory,
            name: name.to_owned(),
        }
    }
}

impl Change {
    fn touches(&self, directory: Inode) -> bool {
        match self {
            Change::Link { at, .. } | Change::Unlink { at, .. } => at.directory == directory,
            Change::Rename { from, to, .. } => {
                from.directory == directory || to.directory == directory
            }
        }
    }

    fn apply(&self, directories: &mut BTreeMap<Inode, Entries>) {
        match self {
            Change::Link { at, inode } => put(directories, at, *inode),
            Change::Unlink { at, inode } => take(directories, at, *inode),
            Change::Rename { from, to, inode } => {
                take(directories, from, *inode);
                put(directories, to, *inode);
            }
        }
    }
}

fn put(directories: &mut BTreeMap<Inode, Entries>, at: &Place, inode: Inode) {
    directories
        .entry(at.directory)
        .or_default()
        .insert(at.name.clone(), inode);
}

/// Removes a name only while it stands for that inode: when changes land out of order it may
/// already stand for another.
fn take(directories: &mut BTreeMap<Inode, Entries>, at: &Place, inode: Inode) {
    let Some(entries) = directories.get_mut(&at.directory) else {
        return;
    };
    if entries.get(&at.name) == Some(&inode) {
        entries.remove(&at.name);
    }
}

impl Tree {
    pub(super) fn new() -> Self {
        let root = BTreeMap::from([(Inode::ROOT, Entries::new())]);
        Self {
            live: root.clone(),
            durable: root,
            pending: Vec::new(),
        }
    }

    /// A directory's entries as they are now, or nothing if it is no directory.
    pub fn entries(&self, directory: Inode) -> Option<&BTreeMap<OsString, Inode>> {
        self.live.get(&directory)
    }

    pub(super) fn lookup(&self, directory: Inode, name: &OsStr) -> Result<Inode, Refusal> {
        let entries = self.entries(directory).ok_or(Refusal::NotADirectory)?;
        entries.get(name).copied().ok_or(Refusal::NotFound)
    }

    /// A name that an inode has now, if it has one.
    pub fn name_of(&self, inode: Inode) -> Option<&OsStr> {
        self.live
            .values()
            .flatten()
            .find_map(|(name, entry)| (*entry == inode).then_some(name.as_os_str()))
    }

    /// A new directory holds nothing, and holds it durably; whether it is found again is a
    /// question of its own name.
    pub(super) fn add_directory(&mut self, inode: Inode) {
        self.live.insert(inode, Entries::new());
        self.durable.insert(inode, Entries::new());
    }

    pub(super) fn link(
        &mut self,
        sequence: Sequence,
        directory: Inode,
        name: &OsStr,
        inode: Inode,
    ) {
        let at = Place::new(directory, name);
        self.change(sequence, Change::Link { at, inode });
    }

    pub(super) fn unlink(
        &mut self,
        sequence: Sequence,
        directory: Inode,
        name: &OsStr,
    ) -> Result<(), Refusal> {
        let inode = self.lookup(directory, name)?;
        let at = Place::new(directory, name);
        self.change(sequence, Change::Unlink { at, inode });
        Ok(())
    }

    pub(super) fn rename(
        &mut self,
        sequence: Sequence,
        from: (Inode, &OsStr),
        to: (Inode, &OsStr),
    ) -> Result<(), Refusal> {
        let inode = self.lookup(from.0, from.1)?;
        let from = Place::new(from.0, from.1);
        let to = Place::new(to.0, to.1);
        self.change(sequence, Change::Rename { from, to, inode });
        Ok(())
    }

    fn change(&mut self, sequence: Sequence, change: Change) {
        change.apply(&mut self.live);
        self.pending.push(Pending { sequence, change });
    }

    pub(super) fn oldest_unsynced(&self) -> Option<Sequence> {
        self.pending.first().map(|pending| pending.sequence)
    }

    /// Makes every change of one directory durable.
    pub(super) fn sync(&mut self, directory: Inode) {
        let pending = std::mem::take(&mut self.pending);
        for pending in pending {
            if pending.change.touches(directory) {
                pending.change.apply(&mut self.durable);
            } else {
                self.pending.push(pending);
            }
        }
    }

    pub(super) fn lose(&mut self, loss: &mut Loss, tally: &mut Lost) {
        for pending in std::mem::take(&mut self.pending) {
            let fate = loss.fate_of_name(pending.sequence);
            tally.count_name(fate);
            if fate != Fate::Gone {
                pending.change.apply(&mut self.durable);
            }
        }
        let reachable = reachable(&self.durable);
        self.durable.retain(|inode, _| reachable.contains(inode));
        self.live.clone_from(&self.durable);
    }

    /// Every inode that a path leads to.
    pub(super) fn reachable(&self) -> BTreeSet<Inode> {
        reachable(&self.live)
    }
}

fn reachable(directories: &BTreeMap<Inode, Entries>) -> BTreeSet<Inode> {
    let mut found = BTreeSet::from([Inode::ROOT]);
    let mut open = vec![Inode::ROOT];
    while let Some(directory) = open.pop() {
        for inode in directories
            .get(&directory)
            .into_iter()
            .flat_map(Entries::values)
        {
            if found.insert(*inode) {
                open.push(*inode);
            }
        }
    }
    found
}
