//! The one place that calls sled: a database of packed commits, made by one volume and read by
//! position. It refuses to promise durability; the journal and the sealing do.
//!
//! sled panics on some damage, so every call is fenced: what escapes is an error like any other.

use std::fs::{self, File, TryLockError};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use plansync_log::{Position, Sequenced};

use crate::damage::{Damage, Failed, Fault, While};
use crate::disk;
use crate::pack::{self, Pair, Unpacked};

/// A database that was just closed can find its own lock for a while; it is waited for so long.
const LOCK_WAIT_MAX: Duration = Duration::from_secs(5);
const LOCK_POLL: Duration = Duration::from_millis(2);

/// An open database.
pub(crate) struct Store {
    /// Empty only once it is being closed.
    db: Option<sled::Db>,
    path: PathBuf,
}

/// The commits that a read has gathered, and what it still wants.
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

    /// Takes the commit if it is the next one, and passes over earlier ones and over all once it is
    /// full.
    ///
    /// # Errors
    ///
    /// The position that is missing if the commit stands behind it.
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
            // sled does not open beside what it left behind when it was cut off in its opening.
            if entry
                .extension()
                .is_some_and(|extension| extension == "generating")
            {
                fs::remove_file(&entry).while_doing("remove", &entry)?;
            }
        }
        let begun = Instant::now();
        loop {
            let config = sled::Config::new().path(path).cache_capacity(cache_bytes);
            let config = config.flush_every_ms(None).mode(sled::Mode::HighThroughput);
            match fenced(path, || config.open()) {
                Ok(db) => {
                    return Ok(Self {
                        db: Some(db),
                        path: path.to_owned(),
                    });
                }
                Err(Fault::Failed(failed)) if is_locked(&failed) => {
                    if begun.elapsed() > LOCK_WAIT_MAX {
                        return Err(Fault::Failed(failed));
                    }
                    thread::sleep(LOCK_POLL);
                }
                Err(fault) => return Err(fault),
            }
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
        let mut pairs = fenced(&self.path, || pairs_from(db, page.next))?;
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

    /// The commits that are whole with this pair; parts of a large one gather in `large`.
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

    /// Closes the database: everything is in its files then, though not yet on the disk. sled's
    /// own threads may hold on to it for a while after it is dropped, and write; they are done
    /// when its lock is free.
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
            tracing::debug!(?fault, "sled was let go of");
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

/// The pairs from the one that may hold this position.
fn pairs_from(db: &sled::Db, position: Position) -> sled::Result<sled::Iter> {
    let last = db
        .range(..=pack::key(position, 0))
        .next_back()
        .transpose()?;
    let first = last
        .and_then(|(key, _)| pack::first_of(&key))
        .unwrap_or_default();
    Ok(db.range(pack::key(first, 0)..))
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

fn is_locked(failed: &Failed) -> bool {
    failed.source.to_string().contains("could not acquire lock")
}

fn fenced<T>(path: &Path, call: impl FnOnce() -> sled::Result<T>) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(sled::Error::Io(source))) => Err(failed(path, source)),
        Ok(Err(sled::Error::Corruption { .. })) => {
            Err(Damage::new(path, "sled found it corrupt").into())
        }
        Ok(Err(other)) => Err(failed(path, io::Error::other(other))),
        Err(_) => Err(Damage::new(path, "sled gave up on it").into()),
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
