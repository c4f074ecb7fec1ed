//! Owns the model of a disk under power loss: what a program reads back at once, what would
//! survive a cut, and the changes in between. Knows neither FUSE nor the log.

mod file;
mod loss;
mod tree;
mod trigger;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

pub use file::{File, SECTOR_BYTES};
pub use loss::{Fate, Loss, Lost};
pub use tree::Tree;
pub use trigger::{Accident, Operation, Trigger};

/// The number of a file or directory. The root is [`Inode::ROOT`]; numbers are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Inode(u64);

impl Inode {
    /// The directory that is mounted.
    pub const ROOT: Inode = Inode(1);

    /// An inode as the kernel numbers it.
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number that the kernel is told.
    pub fn get(self) -> u64 {
        self.0
    }
}

/// The order in which changes were made, over all files and directories of one disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sequence(u64);

/// Why an operation was refused; the adapter turns it into the errno of the same meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An accident has happened: nothing reaches the disk any more.
    #[error("the disk has stopped")]
    Stopped,
    /// No entry of that name, or no such inode.
    #[error("no such file or directory")]
    NotFound,
    /// An entry of that name is there already.
    #[error("the name is taken")]
    Exists,
    /// The directory still has entries.
    #[error("the directory is not empty")]
    NotEmpty,
    /// A file was named where a directory is needed.
    #[error("not a directory")]
    NotADirectory,
    /// An offset or length beyond what this disk holds.
    #[error("beyond the largest file of this disk")]
    TooLarge,
}

/// A disk whose unsynced changes can be lost.
#[derive(Debug)]
pub struct Disk {
    files: BTreeMap<Inode, File>,
    tree: Tree,
    next_inode: u64,
    sequence: u64,
    /// False from an accident on: nothing is read or changed until the disk starts again.
    running: bool,
    trigger: Trigger,
    /// Files whose name contains this text have their `fdatasync` answered and not done.
    deaf: Option<OsString>,
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

impl Disk {
    /// An empty disk, running, whose trigger never fires.
    pub fn new() -> Self {
        Self {
            files: BTreeMap::new(),
            tree: Tree::new(),
            next_inode: Inode::ROOT.0 + 1,
            sequence: 0,
            running: true,
            trigger: Trigger::never(),
            deaf: None,
        }
    }

    /// Makes the disk answer `fdatasync` on files whose name contains `fragment` without doing
    /// it: the fault that a campaign must be able to find.
    pub fn ignore_data_syncs_on(&mut self, fragment: &OsStr) {
        self.deaf = Some(fragment.to_owned());
    }

    /// Replaces the condition on which the power goes.
    pub fn arm(&mut self, trigger: Trigger) {
        self.trigger = trigger;
    }

    /// The accident that stopped the disk, if one has.
    pub fn accident(&self) -> Option<Accident> {
        self.trigger.fired()
    }

    /// Draws how the changes that are unsynced now will fall.
    pub fn draw_loss(&self, rng: fastrand::Rng) -> Loss {
        let oldest = self
            .files
            .values()
            .filter_map(File::oldest_unsynced)
            .chain(self.tree.oldest_unsynced())
            .min()
            .unwrap_or(Sequence(self.sequence));
        Loss::draw(rng, oldest, Sequence(self.sequence))
    }

    /// Applies a loss to everything unsynced, and starts the disk again.
    pub fn lose(&mut self, loss: &mut Loss) -> Lost {
        let mut tally = Lost::default();
        self.tree.lose(loss, &mut tally);
        let reachable = self.tree.reachable();
        self.files.retain(|inode, _| reachable.contains(inode));
        for file in self.files.values_mut() {
            file.lose(loss, &mut tally);
        }
        self.restart();
        tally
    }

    /// Starts the disk again with nothing lost: what a killed process leaves behind is still in
    /// the page cache, and its unsynced changes can be lost later.
    pub fn restart(&mut self) {
        self.running = true;
        self.trigger = Trigger::never();
    }

    /// The names of directories and files as they are now.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// A file's contents as they are now.
    pub fn file(&self, inode: Inode) -> Result<&File, Refusal> {
        self.files.get(&inode).ok_or(Refusal::NotFound)
    }

    /// Finds an entry of a directory.
    pub fn lookup(&self, directory: Inode, name: &OsStr) -> Result<Inode, Refusal> {
        self.tree.lookup(directory, name)
    }

    /// Reads at most `count` bytes; fewer at the end of the file.
    pub fn read(&self, inode: Inode, offset: u64, count: usize) -> Result<&[u8], Refusal> {
        self.check_running()?;
        Ok(self.file(inode)?.read(offset, count))
    }

    /// Creates an empty file.
    pub fn create(&mut self, directory: Inode, name: &OsStr) -> Result<Inode, Refusal> {
        self.make(directory, name, |disk, inode| {
            disk.files.insert(inode, File::default());
        })
    }

    /// Creates an empty directory.
    pub fn make_directory(&mut self, parent: Inode, name: &OsStr) -> Result<Inode, Refusal> {
        self.make(parent, name, |disk, inode| disk.tree.add_directory(inode))
    }

    /// Removes a file's name; its contents stay readable to whoever holds it open.
    pub fn unlink(&mut self, directory: Inode, name: &OsStr) -> Result<(), Refusal> {
        self.lookup(directory, name)?;
        self.change(Operation::Name, |disk, sequence| {
            disk.tree.unlink(sequence, directory, name)
        })
    }

    /// Removes an empty directory.
    pub fn remove_directory(&mut self, parent: Inode, name: &OsStr) -> Result<(), Refusal> {
        let inode = self.lookup(parent, name)?;
        match self.tree.entries(inode) {
            None => Err(Refusal::NotADirectory),
            Some(entries) if !entries.is_empty() => Err(Refusal::NotEmpty),
            Some(_) => self.change(Operation::Name, |disk, sequence| {
                disk.tree.unlink(sequence, parent, name)
            }),
        }
    }

    /// Renames within or between directories, replacing what had the new name.
    pub fn rename(&mut self, from: (Inode, &OsStr), to: (Inode, &OsStr)) -> Result<(), Refusal> {
        self.lookup(from.0, from.1)?;
        self.change(Operation::Name, |disk, sequence| {
            disk.tree.rename(sequence, from, to)
        })
    }

    /// Writes bytes, growing the file with zeros up to `offset` if it is shorter.
    pub fn write(&mut self, inode: Inode, offset: u64, bytes: &[u8]) -> Result<(), Refusal> {
        self.file(inode)?;
        let offset = File::bounded(offset, bytes.len())?;
        self.change_file(Operation::Write, inode, |file, sequence| {
            file.write(sequence, offset, bytes);
        })
    }

    /// Cuts a file to `bytes_count`, or grows it with zeros.
    pub fn resize(&mut self, inode: Inode, bytes_count: u64) -> Result<(), Refusal> {
        self.file(inode)?;
        let bytes_count = File::bounded(bytes_count, 0)?;
        self.change_file(Operation::Write, inode, |file, sequence| {
            file.resize(sequence, bytes_count);
        })
    }

    /// Makes a file's contents and length durable; its name is its directory's affair.
    pub fn sync_file(&mut self, inode: Inode, data_only: bool) -> Result<(), Refusal> {
        self.file(inode)?;
        let deaf = data_only && self.is_deaf(inode);
        self.change_file(Operation::Sync, inode, |file, _| {
            if !deaf {
                file.sync();
            }
        })
    }

    /// Makes the entries of a directory durable, but not what they point to.
    pub fn sync_directory(&mut self, inode: Inode) -> Result<(), Refusal> {
        if self.tree.entries(inode).is_none() {
            return Err(Refusal::NotADirectory);
        }
        self.change(Operation::Sync, |disk, _| {
            disk.tree.sync(inode);
            Ok(())
        })
    }

    fn is_deaf(&self, inode: Inode) -> bool {
        let Some(fragment) = &self.deaf else {
            return false;
        };
        let fragment = fragment.to_string_lossy();
        self.tree
            .name_of(inode)
            .is_some_and(|name| name.to_string_lossy().contains(&*fragment))
    }

    fn make(
        &mut self,
        directory: Inode,
        name: &OsStr,
        add: impl FnOnce(&mut Self, Inode),
    ) -> Result<Inode, Refusal> {
        match self.lookup(directory, name) {
            Ok(_) => return Err(Refusal::Exists),
            Err(Refusal::NotFound) => {}
            Err(other) => return Err(other),
        }
        let inode = Inode(self.next_inode);
        self.next_inode += 1;
        self.change(Operation::Name, |disk, sequence| {
            add(disk, inode);
            disk.tree.link(sequence, directory, name, inode);
            Ok(())
        })?;
        Ok(inode)
    }

    fn change_file(
        &mut self,
        operation: Operation,
        inode: Inode,
        change: impl FnOnce(&mut File, Sequence),
    ) -> Result<(), Refusal> {
        self.change(operation, |disk, sequence| {
            let file = disk.files.get_mut(&inode).ok_or(Refusal::NotFound)?;
            change(file, sequence);
            Ok(())
        })
    }

    /// Does one change. If it is the one that meets the accident, a write or a name is under way
    /// and may still land, whole or in part, but a sync has promised nothing; either way the
    /// caller never hears that it was done.
    fn change(
        &mut self,
        operation: Operation,
        change: impl FnOnce(&mut Self, Sequence) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        self.check_running()?;
        if self.trigger.count(operation) {
            self.running = false;
        }
        if self.running || operation != Operation::Sync {
            let sequence = Sequence(self.sequence);
            self.sequence += 1;
            change(self, sequence)?;
        }
        self.check_running()
    }

    fn check_running(&self) -> Result<(), Refusal> {
        if self.running {
            Ok(())
        } else {
            Err(Refusal::Stopped)
        }
    }
}

#[cfg(test)]
mod tests;
