//! The work of accepted syncs: which targets wait, and one batch of them judged and committed.
//!
//! A worker judges away from the lock, on one snapshot, and states what it read; a target of which
//! any of that has moved meanwhile is judged again. Syncs take turns, batch by batch; a target that
//! an earlier sync has still to do is held until it has, so that the later sync has the last word.

use std::collections::{HashSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use plansync_domain::ids::{LearnerId, SyncId, TenantId};
use plansync_domain::progress::state::SyncState;
use plansync_log::Cause;

/// Some targets of one sync: what waits of it, or what one worker has taken.
pub(crate) struct Batch {
    pub(crate) tenant: TenantId,
    pub(crate) sync: SyncId,
    /// The command that asked for the sync: what its commits were caused by.
    pub(crate) cause: Cause,
    pub(crate) targets: VecDeque<LearnerId>,
}

impl Batch {
    fn is_of(&self, tenant: &TenantId, sync: SyncId) -> bool {
        self.sync == sync && self.tenant == *tenant
    }

    /// Others of the same sync.
    pub(crate) fn with(&self, targets: VecDeque<LearnerId>) -> Self {
        Self {
            tenant: self.tenant.clone(),
            sync: self.sync,
            cause: self.cause.clone(),
            targets,
        }
    }
}

/// Targets that an earlier sync of the same tenant has still to do.
struct Held {
    behind: SyncId,
    batch: Batch,
}

#[derive(Default)]
struct Queue {
    /// One a sync.
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

    /// What was held behind a sync waits again, where `is_free` says so.
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

/// Every target that waits or is held; bounded by the running syncs that the domain allows.
#[derive(Default)]
pub(crate) struct WorkQueue {
    queue: Mutex<Queue>,
    arrived: Condvar,
}

impl WorkQueue {
    /// Adds the targets of a sync that are not done.
    pub(crate) fn add(&self, tenant: TenantId, sync: &SyncState, cause: Cause) {
        self.give_back(Batch {
            tenant,
            sync: sync.id(),
            cause,
            targets: sync.waiting().collect(),
        });
    }

    /// Whether no target waits; others may be held.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().waiting.is_empty()
    }

    /// The next batch: a sync that has more goes to the end, so that syncs take turns.
    pub(crate) fn take(&self, count_max: usize) -> Option<Batch> {
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

    /// Those that would come next of the same sync.
    pub(crate) fn take_along(&self, batch: &Batch, count_max: usize) -> Batch {
        let mut queue = self.lock();
        let mut waiting = queue.waiting.iter_mut();
        let same = waiting.find(|waiting| waiting.is_of(&batch.tenant, batch.sync));
        let targets = same.map(|waiting| {
            let count = waiting.targets.len().min(count_max);
            waiting.targets.drain(..count).collect()
        });
        batch.with(targets.unwrap_or_default())
    }

    /// Gives back targets that are to come next of their sync.
    pub(crate) fn give_back_first(&self, batch: Batch) {
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

    /// Gives back targets that could not be done now.
    pub(crate) fn give_back(&self, batch: Batch) {
        self.lock().push(batch);
        self.arrived.notify_all();
    }

    /// Holds targets until a sync has done them. The caller has the sequencer's lock, under which it
    /// saw that the sync has them still to do: so nobody can say before that it has.
    pub(crate) fn hold(&self, batch: Batch, behind: SyncId) {
        self.lock().held.push(Held { behind, batch });
    }

    /// A sync has done these targets: those that were held behind it wait again.
    pub(crate) fn done(&self, tenant: &TenantId, sync: SyncId, targets: &[LearnerId]) {
        let mut queue = self.lock();
        if queue.held.is_empty() {
            return;
        }
        let done: HashSet<_> = targets.iter().collect();
        if queue.release(tenant, sync, |held| done.contains(&held)) {
            self.arrived.notify_all();
        }
    }

    /// Drops what waits of a sync that has ended; what was held behind it waits again.
    pub(crate) fn forget(&self, tenant: &TenantId, sync: SyncId) {
        let mut queue = self.lock();
        queue.waiting.retain(|batch| !batch.is_of(tenant, sync));
        queue.held.retain(|held| !held.batch.is_of(tenant, sync));
        if queue.release(tenant, sync, |_| true) {
            self.arrived.notify_all();
        }
    }

    /// Waits until there is work, or `patience` has passed.
    pub(crate) fn wait(&self, patience: Duration) {
        let waited = self
            .arrived
            .wait_timeout_while(self.lock(), patience, |queue| queue.waiting.is_empty());
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
