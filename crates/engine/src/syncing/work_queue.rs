//! The targets of running syncs that wait for a worker.
//!
//! Syncs take turns, batch by batch. A target that an earlier sync still has to do is held until it is done
//! there, so that the later sync has the last word.

use std::collections::{HashSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use plansync_domain::ids::{LearnerId, SyncId, TenantId};
use plansync_domain::progress::state::SyncState;
use plansync_log::Cause;

/// Targets of one sync: those that wait, or those that a worker took.
pub(super) struct Batch {
    pub(super) tenant: TenantId,
    pub(super) sync: SyncId,
    /// The cause of the sync's commits: the command that started it.
    pub(super) cause: Cause,
    pub(super) targets: VecDeque<LearnerId>,
}

impl Batch {
    fn is_of(&self, tenant: &TenantId, sync: SyncId) -> bool {
        self.sync == sync && self.tenant == *tenant
    }

    /// Other targets of the same sync.
    pub(super) fn with(&self, targets: VecDeque<LearnerId>) -> Self {
        Self {
            tenant: self.tenant.clone(),
            sync: self.sync,
            cause: self.cause.clone(),
            targets,
        }
    }
}

/// Targets that an earlier sync of the same tenant still has to do.
struct Held {
    behind: SyncId,
    batch: Batch,
}

#[derive(Default)]
struct Queue {
    /// One batch per sync.
    waiting: VecDeque<Batch>,
    held: Vec<Held>,
}

impl Queue {
    fn push(&mut self, batch: Batch) {
        let waiting = self.waiting.iter_mut();
        let mut same = waiting.filter(|waiting| waiting.is_of(&batch.tenant, batch.sync));
        match same.next() {
            Some(waiting) => waiting.targets.extend(batch.targets),
            None => self.waiting.push_back(batch),
        }
    }

    /// Moves targets that were held behind a sync to those that wait, if `is_free` says so. Returns whether
    /// there were any.
    fn release(
        &mut self,
        tenant: &TenantId,
        behind: SyncId,
        is_free: impl Fn(LearnerId) -> bool,
    ) -> bool {
        let mut freed = Vec::new();
        for held in &mut self.held {
            if held.behind == behind && held.batch.tenant == *tenant {
                let targets = std::mem::take(&mut held.batch.targets).into_iter();
                let (free, kept) = targets.partition(|target| is_free(*target));
                held.batch.targets = kept;
                freed.push(held.batch.with(free));
            }
        }
        self.held.retain(|held| !held.batch.targets.is_empty());
        freed.retain(|batch| !batch.targets.is_empty());
        let any = !freed.is_empty();
        for batch in freed {
            self.push(batch);
        }
        any
    }
}

/// How much waits.
pub(super) struct QueueSizes {
    pub(super) targets_waiting: usize,
    pub(super) targets_held: usize,
    pub(super) syncs_held: usize,
}

/// All targets that wait or are held. Their number is bounded by the running syncs that the domain allows.
#[derive(Default)]
pub(super) struct WorkQueue {
    queue: Mutex<Queue>,
    arrived: Condvar,
}

impl WorkQueue {
    /// Adds the targets of a sync that are not done yet.
    pub(super) fn add(&self, tenant: TenantId, sync: &SyncState, cause: Cause) {
        self.give_back(Batch {
            tenant,
            sync: sync.id(),
            cause,
            targets: sync.waiting().collect(),
        });
    }

    /// How many targets wait and are held, and how many syncs have only held ones. It looks at the batches, not at the
    /// targets.
    pub(super) fn sizes(&self) -> QueueSizes {
        let queue = self.lock();
        let waits = |held: &Held| {
            let mut waiting = queue.waiting.iter();
            waiting.any(|batch| batch.is_of(&held.batch.tenant, held.batch.sync))
        };
        let held = queue.held.iter().filter(|held| !waits(held));
        let held: HashSet<_> = held.map(|held| held.batch.sync).collect();
        let count = |targets: &VecDeque<LearnerId>| targets.len();
        QueueSizes {
            targets_waiting: queue.waiting.iter().map(|one| count(&one.targets)).sum(),
            targets_held: queue.held.iter().map(|one| count(&one.batch.targets)).sum(),
            syncs_held: held.len(),
        }
    }

    /// Whether no target waits; others may be held.
    pub(super) fn is_empty(&self) -> bool {
        self.lock().waiting.is_empty()
    }

    /// Takes the next batch. A sync that has more targets goes to the end, so that syncs take turns.
    pub(super) fn take(&self, count_max: usize) -> Option<Batch> {
        let mut queue = self.lock();
        let mut waiting = queue.waiting.pop_front()?;
        let count = waiting.targets.len().min(count_max);
        let targets = waiting.targets.drain(..count).collect();
        let batch = waiting.with(targets);
        if !waiting.targets.is_empty() {
            queue.waiting.push_back(waiting);
        }
        Some(batch)
    }

    /// Takes the targets that come next in the same sync.
    pub(super) fn take_along(&self, batch: &Batch, count_max: usize) -> Batch {
        let mut queue = self.lock();
        let mut waiting = queue.waiting.iter_mut();
        let same = waiting.find(|waiting| waiting.is_of(&batch.tenant, batch.sync));
        let targets = same.map(|waiting| {
            let count = waiting.targets.len().min(count_max);
            waiting.targets.drain(..count).collect()
        });
        batch.with(targets.unwrap_or_default())
    }

    /// Gives back targets, to be the next ones of their sync.
    pub(super) fn give_back_first(&self, batch: Batch) {
        let mut queue = self.lock();
        let mut waiting = queue.waiting.iter_mut();
        match waiting.find(|waiting| waiting.is_of(&batch.tenant, batch.sync)) {
            Some(waiting) => {
                let behind = std::mem::replace(&mut waiting.targets, batch.targets);
                waiting.targets.extend(behind);
            }
            None => queue.waiting.push_front(batch),
        }
        self.arrived.notify_all();
    }

    /// Gives back targets that could not be done now, to be the last ones of their sync.
    pub(super) fn give_back(&self, batch: Batch) {
        self.lock().push(batch);
        self.arrived.notify_all();
    }

    /// Holds targets until a sync has done them. The caller has the sequencer's lock, under which it saw that
    /// the sync still has to do them: so the sync cannot be reported done before they are held.
    pub(super) fn hold(&self, batch: Batch, behind: SyncId) {
        self.lock().held.push(Held { behind, batch });
    }

    /// Reports that a sync has done these targets: those that were held behind it wait again.
    pub(super) fn done(&self, tenant: &TenantId, sync: SyncId, targets: &[LearnerId]) {
        let mut queue = self.lock();
        if queue.held.is_empty() {
            return;
        }
        let done: HashSet<_> = targets.iter().collect();
        if queue.release(tenant, sync, |held| done.contains(&held)) {
            self.arrived.notify_all();
        }
    }

    /// Drops the targets of a sync that has ended; those that were held behind it wait again.
    pub(super) fn forget(&self, tenant: &TenantId, sync: SyncId) {
        let mut queue = self.lock();
        queue.waiting.retain(|batch| !batch.is_of(tenant, sync));
        queue.held.retain(|held| !held.batch.is_of(tenant, sync));
        if queue.release(tenant, sync, |_| true) {
            self.arrived.notify_all();
        }
    }

    /// Waits until there is work, or `patience` has passed.
    pub(super) fn wait(&self, patience: Duration) {
        let waited = self
            .arrived
            .wait_timeout_while(self.lock(), patience, |queue| queue.waiting.is_empty());
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
