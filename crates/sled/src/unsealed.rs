//! Volumes that are not sealed: the active one, the full ones before it and the empty one after it.
//! Their commits are in the journal, and in sled as well.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use plansync_log::merkle::CompactRange;
use plansync_log::{Position, Sequenced, Tip};

use crate::damage::{Damage, Fault};
use crate::index::{Index, Keys};
use crate::journal::{HEADER_BYTES, Journal, Next, Places};
use crate::manifest::VolumeNumber;
use crate::pack::Pair;
use crate::store::{Page, Store};
use crate::tail::Tail;

pub(crate) const COMMITS: &str = "commits";
pub(crate) const JOURNAL: &str = "journal";

/// The files of a volume that is not sealed.
#[derive(Debug)]
pub(crate) struct Unsealed {
    pub(crate) number: VolumeNumber,
    pub(crate) dir: PathBuf,
    pub(crate) journal: Arc<Journal>,
    /// `None` while sled does not have every commit that it should: it failed, an earlier process left it,
    /// or it is being sealed. Then commits are read from the journal.
    pub(crate) store: RwLock<Option<Store>>,
    /// The end of the groups in the journal that an earlier process left and that sled must be filled with;
    /// 0 if there is nothing to fill.
    pub(crate) to_fill: AtomicU64,
    /// The tree of its commits as far as somebody asked for it. It is locked before all other locks.
    pub(crate) tree: Mutex<Option<CompactRange>>,
}

impl Unsealed {
    pub(crate) fn new(
        number: VolumeNumber,
        dir: &Path,
        journal: Journal,
        store: Option<Store>,
    ) -> Self {
        Self {
            number,
            dir: dir.to_owned(),
            journal: Arc::new(journal),
            store: RwLock::new(store),
            to_fill: AtomicU64::new(0),
            tree: Mutex::new(None),
        }
    }

    /// Writes values to sled. If that fails, the database is closed: the journal has the commits, and
    /// sealing fills a new database from it.
    pub(crate) fn insert(&self, pairs: Vec<Pair>) {
        let held = self.store.read().unwrap_or_else(PoisonError::into_inner);
        let Some(store) = held.as_ref() else { return };
        if let Err(fault) = store.insert(pairs) {
            drop(held);
            tracing::warn!(volume = %self.number, ?fault, "sled accepts no more commits; none is lost: they are read from the journal until the volume is sealed");
            self.give_up_store();
        }
    }

    /// Drops the database, whatever state it is in.
    pub(crate) fn give_up_store(&self) {
        if let Some(store) = self.take_store()
            && let Err(fault) = store.close()
        {
            tracing::debug!(volume = %self.number, ?fault, "the database of an unsealed volume was closed with an error");
        }
    }

    /// Takes a database that has every commit that it should.
    pub(crate) fn give_store(&self, store: Store) {
        *self.store.write().unwrap_or_else(PoisonError::into_inner) = Some(store);
    }

    /// Takes a database after `catch_up` has written to it what was appended while it was filled. Appends
    /// in between wait before they write their values.
    pub(crate) fn hand_over(
        &self,
        store: Store,
        catch_up: impl FnOnce(&Store) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut held = self.store.write().unwrap_or_else(PoisonError::into_inner);
        catch_up(&store)?;
        *held = Some(store);
        Ok(())
    }

    pub(crate) fn take_store(&self) -> Option<Store> {
        self.store
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Adds commits to the page up to `until`, from sled or, if that fails, from the journal between two
    /// offsets.
    pub(crate) fn read(&self, page: &mut Page, span: &Span) -> Result<(), Fault> {
        let held = self.store.read().unwrap_or_else(PoisonError::into_inner);
        let answer = held.as_ref().map(|store| store.read(page, span.until));
        drop(held);
        match answer {
            Some(Ok(())) => Ok(()),
            Some(Err(fault)) => {
                tracing::warn!(volume = %self.number, ?fault, "sled cannot be read; no commit is lost: they are read from the journal");
                self.read_journal(page, span)
            }
            None => self.read_journal(page, span),
        }
    }

    fn read_journal(&self, page: &mut Page, span: &Span) -> Result<(), Fault> {
        self.journal
            .visit(span.from_offset, span.end, page.next, &mut |commit| {
                if commit.position() > span.until {
                    return Ok(Next::Stop);
                }
                let pushed = page.push(commit);
                pushed.map_err(|missing| self.missing(missing))?;
                Ok(if page.wants_more() {
                    Next::More
                } else {
                    Next::Stop
                })
            })?;
        if page.wants_more() && page.next <= span.until {
            return Err(self.missing(page.next));
        }
        Ok(())
    }

    fn missing(&self, position: Position) -> Fault {
        let what = format!("the commit {position} is missing");
        Damage::new(self.journal.path(), what).into()
    }
}

/// A part of an unsealed volume that may be read.
#[derive(Debug)]
pub(crate) struct Span {
    pub(crate) until: Position,
    pub(crate) from_offset: u64,
    pub(crate) end: u64,
}

/// An unsealed volume with what is known of its content.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) volume: Arc<Unsealed>,
    pub(crate) first: Position,
    /// The log's tip before the first commit of this volume.
    pub(crate) before: Tip,
    /// The log's tip at the end of this volume.
    pub(crate) tip: Tip,
    pub(crate) index: Index,
    places: Places,
    /// Where the journal's groups end.
    pub(crate) end: u64,
    /// Its newest commits.
    pub(crate) tail: Tail,
}

impl Content {
    /// The content of an empty volume after this tip.
    pub(crate) fn empty(volume: Arc<Unsealed>, tip: Tip) -> Self {
        let first = tip.position.next();
        Self {
            volume,
            first,
            before: tip,
            tip,
            index: Index::new(first),
            places: Places::default(),
            end: HEADER_BYTES,
            tail: Tail::default(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tip.position < self.first
    }

    /// Adds a durable group that begins at the current end.
    pub(crate) fn push(&mut self, group: &[Sequenced], keys: &[Keys], end: u64) {
        if let Some(first) = group.first() {
            self.places.push(first.position(), self.end);
        }
        for (commit, keys) in group.iter().zip(keys) {
            self.index.push(commit.position(), keys);
            self.tip = self.tip.after(commit);
        }
        self.end = end;
    }

    /// What may be read of it from this position on, apart from the tail.
    pub(crate) fn span(&self, from: Position) -> Span {
        let before_tail = self.tail.first().map(|first| first.get() - 1);
        Span {
            until: before_tail.map_or(self.tip.position, Position::new),
            from_offset: self.places.before(from),
            end: self.end,
        }
    }
}
