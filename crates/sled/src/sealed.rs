//! A sealed volume: its commits in sled and its rows beside them, both opened when they are first
//! needed. Damaged rows are made again; commits never change.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use plansync_log::merkle::CompactRange;
use plansync_log::{LogId, Sequenced, Tip};

use crate::damage::{Damage, Failed, Fault};
use crate::derived::{self, Derived, Owner};
use crate::disk;
use crate::files::{self, Listed};
use crate::index::{Index, Keys};
use crate::manifest::{Manifest, VolumeNumber};
use crate::store::{Page, Store};
use crate::tree;
use crate::unsealed::COMMITS;

/// Rows are made again from so many commits at a time.
const REBUILD_COUNT: usize = 10_000;
const REBUILD_BYTES: usize = 4 << 20;

/// One sealed volume.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) dir: PathBuf,
    pub(crate) owner: Owner,
    /// The log's tip before its first commit.
    pub(crate) before: Tip,
    /// The log's tip at its last commit.
    pub(crate) tip: Tip,
    files_crc: u32,
    /// Whether the files were compared with their checksums, which each process does once.
    checked: AtomicBool,
    derived: Mutex<Option<Arc<Derived>>>,
    /// The tree of all its commits.
    whole_tree: OnceLock<CompactRange>,
}

impl Sealed {
    pub(crate) fn new(
        volumes: &Path,
        owner: Owner,
        (before, tip): (Tip, Tip),
        files_crc: u32,
    ) -> Self {
        Self {
            dir: volumes.join(owner.volume.to_string()),
            owner,
            before,
            tip,
            files_crc,
            checked: AtomicBool::new(false),
            derived: Mutex::new(None),
            whole_tree: OnceLock::new(),
        }
    }

    /// Every sealed volume of a log, in order.
    pub(crate) fn all(volumes: &Path, manifest: &Manifest) -> Vec<Self> {
        let mut before = Manifest::new(manifest.log, manifest.incarnations.clone()).tip();
        let numbered = manifest.sealed.iter().zip(1..);
        numbered
            .map(|(entry, number)| {
                let owner = Owner {
                    log: manifest.log,
                    volume: VolumeNumber::new(number),
                    first: before.position.next(),
                    last: entry.last,
                    chain: entry.chain,
                };
                let tip = Tip {
                    position: entry.last,
                    chain: entry.chain,
                    at: entry.at,
                    ..before
                };
                let sealed = Self::new(volumes, owner, (before, tip), entry.files_crc);
                before = tip;
                sealed
            })
            .collect()
    }

    /// The list of the files of its database, which the manifest names.
    pub(crate) fn files(&self) -> Result<Vec<Listed>, Fault> {
        files::list(&self.dir, self.log(), self.number(), self.files_crc)
    }

    pub(crate) fn number(&self) -> VolumeNumber {
        self.owner.volume
    }

    pub(crate) fn log(&self) -> LogId {
        self.owner.log
    }

    /// Opens the database, for the first time only if it is byte for byte what was sealed.
    pub(crate) fn open_store(&self, cache_bytes: u64) -> Result<Store, Fault> {
        let path = self.dir.join(COMMITS);
        if !disk::find(&path)?.is_some_and(|found| found.is_dir()) {
            return Err(Damage::new(&path, "it is missing").into());
        }
        if !self.checked.load(Ordering::Acquire) {
            files::check(&self.dir, &path, self.log(), self.number(), self.files_crc)?;
            self.checked.store(true, Ordering::Release);
        }
        Store::open(&path, cache_bytes)
    }

    /// The rows. `open` gives the store in case they have to be made again.
    pub(crate) fn derived(
        &self,
        open: impl FnOnce() -> Result<Arc<Store>, Fault>,
    ) -> Result<Arc<Derived>, Fault> {
        let mut held = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(derived) = held.as_ref() {
            return Ok(Arc::clone(derived));
        }
        let derived = match Derived::open(&self.dir, &self.owner) {
            Ok(derived) => derived,
            Err(fault) => {
                tracing::warn!(volume = %self.number(), ?fault, "the index rows of a volume are rebuilt from its commits");
                let (index, _) = self.derive(&*open()?, &mut |_, _| {})?;
                self.write_derived(&index)?;
                Derived::open(&self.dir, &self.owner)?
            }
        };
        let derived = Arc::new(derived);
        *held = Some(Arc::clone(&derived));
        Ok(derived)
    }

    /// Has the rows made again at the next search, because a page of them is damaged.
    pub(crate) fn discard_derived(&self) -> Result<(), Fault> {
        let mut held = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        *held = None;
        Ok(disk::remove_file(&self.dir.join(derived::NAME))?)
    }

    /// Writes the rows of a volume with this index.
    pub(crate) fn write_derived(&self, index: &Index) -> Result<(), Fault> {
        let content = derived::encode(&self.owner, index);
        Ok(disk::replace(&self.dir.join(derived::NAME), &content)?)
    }

    /// The tree of its commits. `open` gives the store in case it has to be made again.
    pub(crate) fn tree(
        &self,
        open: impl FnOnce() -> Result<Arc<Store>, Fault>,
    ) -> Result<CompactRange, Fault> {
        match tree::read(&self.dir, &self.owner) {
            Ok(Some(tree)) => return Ok(tree),
            Ok(None) => {}
            Err(fault) => {
                tracing::warn!(volume = %self.number(), ?fault, "the tree hashes of a volume are rebuilt from its commits");
            }
        }
        let (_, tree) = self.derive(&*open()?, &mut |_, _| {})?;
        if let Err(fault) = self.write_tree(&tree) {
            tracing::warn!(volume = %self.number(), ?fault, "the tree hashes of a volume were not stored; they are rebuilt when they are next needed");
        }
        Ok(tree)
    }

    /// The same, in the fewest nodes, which stay in memory: about 1 KiB.
    pub(crate) fn whole_tree(
        &self,
        open: impl FnOnce() -> Result<Arc<Store>, Fault>,
    ) -> Result<&CompactRange, Fault> {
        if let Some(whole) = self.whole_tree.get() {
            return Ok(whole);
        }
        let tree = self.tree(open)?;
        Ok(self.whole_tree.get_or_init(|| {
            let mut whole = CompactRange::new(tree.from());
            tree.nodes().for_each(|(_, node)| whole.push(node));
            whole
        }))
    }

    /// Whether the file with the tree is there.
    pub(crate) fn has_tree(&self) -> Result<bool, Failed> {
        Ok(disk::find(&self.dir.join(tree::NAME))?.is_some())
    }

    /// Writes the tree of a volume.
    pub(crate) fn write_tree(&self, tree: &CompactRange) -> Result<(), Fault> {
        let content = tree::encode(&self.owner, tree);
        Ok(disk::replace(&self.dir.join(tree::NAME), &content)?)
    }

    /// The index and the tree that its commits give, if they are a whole part of the chain. `watch` is
    /// called with the number of commits and bytes of each page.
    pub(crate) fn derive(
        &self,
        store: &Store,
        watch: &mut dyn FnMut(u64, u64),
    ) -> Result<(Index, CompactRange), Fault> {
        let mut index = Index::new(self.owner.first);
        let mut tree = tree::before(self.owner.first);
        let mut tip = self.before;
        while tip.position < self.owner.last {
            let mut page = Page::new(tip.position.next(), REBUILD_COUNT, REBUILD_BYTES);
            store.read(&mut page, self.owner.last)?;
            let mut bytes = 0;
            for commit in &page.commits {
                tip = self.index_commit(tip, commit, &mut index)?;
                tree::push(&mut tree, commit);
                bytes += u64::try_from(commit.stored().len()).unwrap_or_default();
            }
            watch(u64::try_from(page.commits.len()).unwrap_or_default(), bytes);
        }
        if tip == self.tip {
            return Ok((index, tree));
        }
        Err(Damage::new(&self.dir, "it does not end as it was sealed").into())
    }

    fn index_commit(&self, tip: Tip, commit: &Sequenced, index: &mut Index) -> Result<Tip, Fault> {
        let position = commit.position();
        if !tip.precedes(commit) {
            let what = format!("the chain breaks at commit {}", tip.position.next());
            return Err(Damage::new(&self.dir, what).into());
        }
        let skim = commit.skim().map_err(|error| {
            let what = format!("the commit {position}: {error}");
            Damage::new(&self.dir, what)
        })?;
        index.push(position, &Keys::of(&skim));
        Ok(tip.after(commit))
    }
}
