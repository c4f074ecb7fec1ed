//! What the appender, the readers and the sealer of one log share, and the order of its locks.
//!
//! Locks are taken in this order and no other: the tree of an unsealed volume, `sealing`, `preparing`, `manifest`, `head`, the
//! database of an unsealed volume, `state`. No file is touched while `state` is held.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use plansync_log::sealing::Keys;
use plansync_log::{Incarnations, Tip};

use crate::Options;
use crate::cache::OpenVolumes;
use crate::filters::Filters;
use crate::head::HeadFile;
use crate::lock::Lock;
use crate::manifest::{Manifest, VolumeNumber};
use crate::measures::Measures;
use crate::sealed::Sealed;
use crate::unsealed::{Content, Unsealed};

/// One open log.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) volumes: PathBuf,
    pub(crate) dir: PathBuf,
    pub(crate) options: Options,
    pub(crate) state: RwLock<State>,
    /// No incarnation begins while the log is open.
    pub(crate) incarnations: Incarnations,
    pub(crate) manifest: Mutex<Manifest>,
    pub(crate) head: Mutex<HeadFile>,
    pub(crate) open: OpenVolumes,
    pub(crate) filters: Filters,
    /// Locked while a volume is sealed, so that only one is at a time.
    pub(crate) sealing: Mutex<()>,
    /// Locked while the next volume is made or taken.
    pub(crate) preparing: Mutex<()>,
    pub(crate) appended: Bell,
    pub(crate) rotated: Bell,
    pub(crate) measures: Measures,
    poisoned: AtomicBool,
    /// The keys of texts about persons.
    pub(crate) keys: Arc<Keys>,
    _lock: Arc<Lock>,
}

/// The volumes. Positions rise from `sealed` over `full` to `active`.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) sealed: Arc<Vec<Arc<Sealed>>>,
    pub(crate) full: Vec<Arc<Content>>,
    pub(crate) active: Content,
    /// The volume after the active one, ready to take commits.
    pub(crate) next: Option<Arc<Unsealed>>,
}

impl Shared {
    pub(crate) fn new(
        dir: &Path,
        options: Options,
        lock: Arc<Lock>,
        manifest: Manifest,
        head: HeadFile,
        keys: Keys,
        state: State,
    ) -> Self {
        Self {
            volumes: volumes(dir),
            dir: dir.to_owned(),
            incarnations: manifest.incarnations.clone(),
            manifest: Mutex::new(manifest),
            head: Mutex::new(head),
            open: OpenVolumes::new(options.open_volumes_max, options.cache_bytes),
            filters: Filters::open(
                dir,
                state.sealed.len(),
                options.command_filter_bytes_max,
                options.stream_filter_bytes_max,
            ),
            state: RwLock::new(state),
            options,
            sealing: Mutex::default(),
            preparing: Mutex::default(),
            appended: Bell::default(),
            rotated: Bell::default(),
            measures: Measures::default(),
            poisoned: AtomicBool::new(false),
            keys: Arc::new(keys),
            _lock: lock,
        }
    }

    pub(crate) fn state(&self) -> RwLockReadGuard<'_, State> {
        // A poisoned lock is used all the same: no change of the state can panic, so it is whole.
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tip(&self) -> Tip {
        self.state().active.tip
    }

    /// Ends all writing, because what is on the disk is not known.
    pub(crate) fn poison(&self) {
        self.poisoned.store(true, Ordering::Release);
    }

    pub(crate) fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::Acquire)
    }
}

/// The name of the folder of the volumes of a log.
pub(crate) const VOLUMES: &str = "volumes";

/// The folder of the volumes of a log.
pub(crate) fn volumes(dir: &Path) -> PathBuf {
    dir.join(VOLUMES)
}

/// The folder of one volume.
pub(crate) fn volume_dir(volumes: &Path, number: VolumeNumber) -> PathBuf {
    volumes.join(number.to_string())
}

/// Wakes a waiting thread because there may be work.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    waiting: Mutex<()>,
    rung: Condvar,
}

impl Bell {
    pub(crate) fn ring(&self) {
        // With the lock, this comes after the check of a thread that is about to wait.
        drop(self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        self.rung.notify_one();
    }

    /// Blocks while there is nothing to do, but not longer than `timeout`.
    pub(crate) fn wait(&self, timeout: Duration, mut idle: impl FnMut() -> bool) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.rung.wait_timeout_while(waiting, timeout, |()| idle());
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}
