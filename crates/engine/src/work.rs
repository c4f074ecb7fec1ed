//! The work of accepted syncs: which targets wait, and one batch of them judged and committed.
//!
//! A worker judges away from the lock, on one snapshot, and states what it read; a target of which
//! any of that has moved meanwhile is judged again. Syncs take turns, batch by batch.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use plansync_domain::ids::{LearnerId, SyncId, TenantId};
use plansync_domain::sync_state::SyncState;
use plansync_log::Cause;

/// A sync whose targets wait.
struct Job {
    tenant: TenantId,
    sync: SyncId,
    cause: Cause,
    targets: VecDeque<LearnerId>,
}

/// Some targets of one sync, taken by one worker.
pub(crate) struct Batch {
    pub(crate) tenant: TenantId,
    pub(crate) sync: SyncId,
    /// The command that asked for the sync: what its commits were caused by.
    pub(crate) cause: Cause,
    pub(crate) targets: Vec<LearnerId>,
}

/// Every target that waits; bounded by the running syncs that the domain allows.
#[derive(Default)]
pub(crate) struct WorkQueue {
    jobs: Mutex<VecDeque<Job>>,
    arrived: Condvar,
}

impl WorkQueue {
    /// Adds the targets of a sync that are not done.
    pub(crate) fn add(&self, tenant: TenantId, sync: &SyncState, cause: Cause) {
        let targets = sync.waiting().collect();
        self.lock().push_back(Job {
            tenant,
            sync: sync.id(),
            cause,
            targets,
        });
        self.arrived.notify_all();
    }

    /// Whether no target waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// The next batch: a sync that has more goes to the end, so that syncs take turns.
    pub(crate) fn take(&self, count_max: usize) -> Option<Batch> {
        let mut jobs = self.lock();
        let mut job = jobs.pop_front()?;
        let count = job.targets.len().min(count_max);
        let batch = Batch {
            tenant: job.tenant.clone(),
            sync: job.sync,
            cause: job.cause.clone(),
            targets: job.targets.drain(..count).collect(),
        };
        if !job.targets.is_empty() {
            jobs.push_back(job);
        }
        Some(batch)
    }

    /// Gives back targets that could not be done now.
    pub(crate) fn give_back(&self, batch: Batch) {
        let Batch {
            tenant,
            sync,
            cause,
            targets,
        } = batch;
        self.lock().push_back(Job {
            tenant,
            sync,
            cause,
            targets: targets.into(),
        });
        self.arrived.notify_all();
    }

    /// Drops what waits of a sync that has ended.
    pub(crate) fn forget(&self, tenant: &TenantId, sync: SyncId) {
        self.lock()
            .retain(|job| job.sync != sync || job.tenant != *tenant);
    }

    /// Waits until there is work, or `patience` has passed.
    pub(crate) fn wait(&self, patience: Duration) {
        let waited = self
            .arrived
            .wait_timeout_while(self.lock(), patience, |jobs| jobs.is_empty());
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
