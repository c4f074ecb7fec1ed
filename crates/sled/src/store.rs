//! The only file that calls sled: a database of packed commits, written by one volume and read by
//! position. Durability does not depend on it; the journal and the sealing provide it.
//!
//! sled panics on some damaged files, so panics are caught and returned as errors.

use std::fs::{self, File, TryLockError};
use std::io;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use plansync_log::environment;
use plansync_log::{Position, Sequenced};

use crate::damage::{Damage, Failed, Fault, While};
use crate::disk;
use crate::pack::{self, Pair, Unpacked};

/// How long an opening waits for the lock of a database that was just closed.
const LOCK_WAIT_MAX: Duration = Duration::from_secs(30);
const LOCK_POLL: Duration = Duration::from_millis(2);

/// An open database.
pub(crate) struct Store {
    /// `None` only while it is being closed.
    db: Option<sled::Db>,
    path: PathBuf,
}

/// The commits that a read has collected, and what it still needs.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) commits: Vec<Sequenced>,
    pub(crate) next: Position,
    count_left: usize,
    bytes_left: usize,
}

impl Page {
    pub(crate) fn new(from: Position, count_max: usize, bytes_max: usize) -> Self {
        let next = from.max(Position::FIRST);
        Self {
            commits: Vec::new(),
            next,
            count_left: count_max,
            bytes_left: bytes_max,
        }
    }

    pub(crate) fn wants_more(&self) -> bool {
        self.count_left > 0 && (self.bytes_left > 0 || self.commits.is_empty())
    }

    /// Takes the commit if it is the next one. Skips earlier ones, and all when the page is full.
    ///
    /// # Errors
    ///
    /// The missing position if the commit comes after it.
    pub(crate) fn push(&mut self, commit: Sequenced) -> Result<(), Position> {
        if !self.wants_more() || commit.position() < self.next {
            return Ok(());
        }
        if commit.position() > self.next {
            return Err(self.next);
        }
        self.count_left -= 1;
        self.bytes_left = self.bytes_left.saturating_sub(commit.stored().len());
        self.next = self.next.next();
        self.commits.push(commit);
        Ok(())
    }
}

impl Store {
    /// Opens the database in this folder, or makes one.
    pub(crate) fn open(path: &Path, cache_bytes: u64) -> Result<Self, Fault> {
        for entry in disk::entries(path)? {
            // sled does not open a folder with the leftovers of an interrupted opening.
            if entry
                .extension()
                .is_some_and(|extension| extension == "generating")
            {
                fs::remove_file(&entry).while_doing("remove", &entry)?;
            }
        }
        let begun = Instant::now();
        let mut may_be_locked = true;
        loop {
            let config = sled::Config::new().path(path).cache_capacity(cache_bytes);
            let config = config.flush_every_ms(None).mode(sled::Mode::HighThroughput);
            let refused = match fenced(path, || config.open()) {
                Ok(db) => {
                    return Ok(Self {
                        db: Some(db),
                        path: path.to_owned(),
                    });
                }
                Err(fault) => fault,
            };
            // sled reports a held lock only in the text of its error, so the lock is tried here. It may
            // have been released meanwhile, so the opening is tried once more.
            let is_locked = is_locked(&path.join("db"));
            let is_worth_it = matches!(refused, Fault::Failed(_)) && (is_locked || may_be_locked);
            if !is_worth_it || begun.elapsed() > LOCK_WAIT_MAX {
                return Err(refused);
            }
            may_be_locked = is_locked;
            thread::sleep(LOCK_POLL);
        }
    }

    pub(crate) fn insert(&self, pairs: Vec<Pair>) -> Result<(), Fault> {
        let db = self.db()?;
        fenced(&self.path, || {
            pairs
                .into_iter()
                .try_for_each(|(key, value)| db.insert(key, value).map(drop))
        })
    }

    /// Adds commits to the page, up to the position `until`, which the store is known to reach.
    pub(crate) fn read(&self, page: &mut Page, until: Position) -> Result<(), Fault> {
        let mut large = Vec::new();
        let db = self.db()?;
        // The pair that may hold the first position is mostly all that is wanted: then there is one look.
        let holding = fenced(&self.path, || pair_holding(db, page.next))?;
        let after = if let Some((key, value)) = holding {
            for commit in self.commits(&key, &value, &mut large)? {
                page.push(commit).map_err(|missing| self.missing(missing))?;
            }
            Bound::Excluded(key)
        } else {
            Bound::Unbounded
        };
        if !page.wants_more() || page.next > until {
            return Ok(());
        }
        let mut pairs = fenced(&self.path, || Ok(db.range((after, Bound::Unbounded))))?;
        while page.wants_more() && page.next <= until {
            let pair = fenced(&self.path, || pairs.next().transpose())?;
            let Some((key, value)) = pair else {
                return Err(self.missing(page.next));
            };
            for commit in self.commits(&key, &value, &mut large)? {
                page.push(commit).map_err(|missing| self.missing(missing))?;
            }
        }
        Ok(())
    }

    /// The commits that this pair completes; parts of a large one are collected in `large`.
    fn commits(
        &self,
        key: &[u8],
        value: &[u8],
        large: &mut Vec<u8>,
    ) -> Result<Vec<Sequenced>, Fault> {
        let damaged = || {
            let place = pack::first_of(key).unwrap_or_default();
            Fault::from(Damage::new(
                &self.path,
                format!("the commits at {place} are changed"),
            ))
        };
        let number = key.get(8..).unwrap_or_default();
        match pack::unpack(key, value).ok_or_else(damaged)? {
            Unpacked::Commits(commits) => Ok(commits),
            Unpacked::Part { bytes, count } => {
                if number == [0, 0] {
                    large.clear();
                }
                large.extend_from_slice(bytes);
                if number != count.saturating_sub(1).to_be_bytes() {
                    return Ok(Vec::new());
                }
                let whole = Sequenced::from_stored(std::mem::take(large).into());
                whole.map(|commit| vec![commit]).map_err(|_| damaged())
            }
        }
    }

    fn missing(&self, position: Position) -> Fault {
        Damage::new(&self.path, format!("the commit {position} is missing")).into()
    }

    fn db(&self) -> Result<&sled::Db, Fault> {
        self.db
            .as_ref()
            .ok_or_else(|| failed(&self.path, io::ErrorKind::NotConnected.into()))
    }

    /// Closes the database: everything is in its files then, but not yet synced. Threads of sled may keep it
    /// open for a while after it is dropped, and write; they have ended when its lock is free.
    pub(crate) fn close(mut self) -> Result<(), Fault> {
        let db = self.db()?;
        fenced(&self.path, || db.flush().map(drop))?;
        self.let_go()?;
        wait_until_unlocked(&self.path.join("db"))
    }

    fn let_go(&mut self) -> Result<(), Fault> {
        let db = self.db.take();
        fenced(&self.path, || {
            drop(db);
            Ok(())
        })
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // sled syncs when it is dropped and panics if that fails. Nothing relies on that sync: a
        // volume that is not sealed has its journal, and a sealed one has nothing to sync.
        if let Err(fault) = self.let_go() {
            tracing::debug!(?fault, "an error of sled while a database was dropped");
        }
    }
}

fn wait_until_unlocked(path: &Path) -> Result<(), Fault> {
    let begun = Instant::now();
    loop {
        let file = File::open(path).while_doing("open", path)?;
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(source)) => return Err(source).while_doing("lock", path)?,
            Err(TryLockError::WouldBlock) if begun.elapsed() > LOCK_WAIT_MAX => {
                return Err(io::Error::from(io::ErrorKind::TimedOut)).while_doing("lock", path)?;
            }
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_POLL),
        }
    }
}

/// The pair that may hold this position; of a large commit, the first part.
fn pair_holding(
    db: &sled::Db,
    position: Position,
) -> sled::Result<Option<(sled::IVec, sled::IVec)>> {
    let last = db
        .range(..=pack::key(position, 0))
        .next_back()
        .transpose()?;
    match last {
        Some((key, _)) if key.get(8..) != Some(&[0, 0]) => {
            let first = pack::first_of(&key).unwrap_or_default();
            let key = pack::key(first, 0);
            Ok(db
                .get(key)?
                .map(|value| (sled::IVec::from(&key[..]), value)))
        }
        last => Ok(last),
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Whether the lock of this file is held.
fn is_locked(path: &Path) -> bool {
    let locked = File::open(path).map(|file| file.try_lock());
    matches!(locked, Ok(Err(TryLockError::WouldBlock)))
}

fn fenced<T>(path: &Path, call: impl FnOnce() -> sled::Result<T>) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(sled::Error::Io(source))) => Err(failed(path, source)),
        Ok(Err(sled::Error::Corruption { .. })) => {
            Err(Damage::new(path, "sled found it corrupt").into())
        }
        Ok(Err(other)) => Err(failed(path, io::Error::other(other))),
        // It also fails if too many files are open.
        Err(_) => match File::open(path) {
            Err(source) if environment::remedy(&source).is_some() => Err(failed(path, source)),
            Ok(_) | Err(_) => Err(Damage::new(path, "sled could not open it").into()),
        },
    }
}

fn failed(path: &Path, source: io::Error) -> Fault {
    Failed {
        doing: "use the database",
        path: path.to_owned(),
        source,
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_whose_lock_is_held_is_waited_for_and_opened() {
        let dir = tempfile::tempdir().unwrap();
        Store::open(dir.path(), 1 << 20).unwrap().close().unwrap();
        let held = File::open(dir.path().join("db")).unwrap();
        held.lock().unwrap();
        let path = dir.path().to_owned();
        let opening = thread::spawn(move || Store::open(&path, 1 << 20).map(drop));
        while !is_locked(&dir.path().join("db")) {
            thread::yield_now();
        }
        drop(held);
        opening.join().unwrap().unwrap();
    }
}
