//! Makes plans resident: reads them, and folds them into the state under the sequencer's lock, a few commits
//! at a time, so that nobody waits long for the lock.

use std::sync::Arc;

use parking_lot::MutexGuard;
use plansync_domain::ids::{LearnerId, SyncId, TenantId};
use plansync_domain::state::fold_cache::FoldCache;
use plansync_domain::state::tenant::Tenant;

use super::folding::{Folded, Folding};
use super::passing::PassingPlans;
use super::reader::{PlanReader, ReadPlans};
use crate::call::{ATTEMPTS_MAX, Refusal};
use crate::recorded::change_sets::ChangeSetReader;
use crate::sequencing::lock::Sequencing;
use crate::sequencing::sequencer::Sequencer;
use crate::state::snapshot::Snapshot;
use crate::writing::group_writer::GroupWriter;
use crate::writing::published::Published;

/// Commits folded under one lock.
const FOLD_COUNT: usize = 16;

/// Loads plans into the state.
pub(crate) struct PlanLoader {
    reader: Arc<PlanReader>,
    change_sets: Arc<ChangeSetReader>,
    sequencing: Arc<Sequencing>,
    writer: Arc<GroupWriter>,
    published: Arc<Published>,
}

impl PlanLoader {
    pub(crate) fn new(
        reader: &Arc<PlanReader>,
        change_sets: &Arc<ChangeSetReader>,
        sequencing: &Arc<Sequencing>,
        writer: &Arc<GroupWriter>,
        published: &Arc<Published>,
    ) -> Self {
        Self {
            reader: Arc::clone(reader),
            change_sets: Arc::clone(change_sets),
            sequencing: Arc::clone(sequencing),
            writer: Arc::clone(writer),
            published: Arc::clone(published),
        }
    }

    /// Locks the sequencer with the needed plans resident in its state; they stay while the lock is held.
    pub(crate) fn lock_with(
        &self,
        tenant: &TenantId,
        needed: impl Fn(&Tenant) -> Vec<LearnerId>,
    ) -> Result<MutexGuard<'_, Sequencer>, Refusal> {
        for _ in 0..ATTEMPTS_MAX {
            let mut sequencer = self.sequencing.lock();
            let state = Arc::clone(sequencer.state().tenant(tenant));
            let learners = needed(&state);
            let not_resident = not_resident(&state, learners.iter().copied());
            if not_resident.is_empty() {
                sequencer.use_plans(tenant, &learners);
                return Ok(sequencer);
            }
            let snapshot = sequencer.snapshot(tenant);
            drop(sequencer);
            let read = self.reader.read(&snapshot, tenant, &not_resident)?;
            self.install(&snapshot, tenant, &read, &learners)?;
        }
        Err(Refusal::overloaded())
    }

    /// Loads those of these plans that are not resident. They may be evicted again before the caller uses
    /// them.
    pub(crate) fn load(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        learners: impl Iterator<Item = LearnerId>,
    ) -> Result<(), Refusal> {
        let not_resident = not_resident(&snapshot.tenant, learners);
        let read = self.reader.read(snapshot, tenant, &not_resident)?;
        self.install(snapshot, tenant, &read, &[])
    }

    /// Loads the plans without which a decision could not be made.
    pub(crate) fn load_lacking(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        learners: Vec<LearnerId>,
    ) -> Result<(), Refusal> {
        let plans = snapshot.tenant.plans();
        match learners.iter().find(|learner| plans.is_resident(**learner)) {
            // The plan is there: loading it again would not help.
            Some(learner) if learners.len() == 1 => Err(unusable(*learner)),
            Some(_) | None => self.load(snapshot, tenant, learners.into_iter()),
        }
    }

    /// One tenant as of the last durable position, with every plan resident.
    pub(crate) fn whole_snapshot(&self, tenant: &TenantId) -> Result<Snapshot, Refusal> {
        let snapshot = self.published.snapshot(tenant);
        let learners = snapshot.tenant.plans().versions();
        let learners = learners.map(|(learner, _)| learner);
        let whole = self.with_plans(&snapshot, tenant, learners)?;
        Ok(snapshot.with_tenant(whole))
    }

    /// This state with these plans resident. They are loaded into the state that commands are decided on,
    /// too, and into the published one if nothing was decided since.
    pub(crate) fn with_plans(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        learners: impl Iterator<Item = LearnerId>,
    ) -> Result<Arc<Tenant>, Refusal> {
        let not_resident = not_resident(&snapshot.tenant, learners);
        if not_resident.is_empty() {
            return Ok(Arc::clone(&snapshot.tenant));
        }
        let read = self.reader.read(snapshot, tenant, &not_resident)?;
        let mut state = snapshot.tenant.aside();
        let (mut folding, mut fold_cache) = (Folding::new(&read), FoldCache::default());
        while let Folded::Lacks(sync) = folding.fold(&mut state, &mut fold_cache, usize::MAX) {
            self.read_change_set(&mut folding, snapshot, (tenant, sync))?;
        }
        folding.install(0..not_resident.len(), &mut state);
        drop(folding);
        self.install(snapshot, tenant, &read, &[])?;
        self.published.publish_loaded(&self.sequencing.lock());
        if let Some(learner) = not_resident
            .into_iter()
            .find(|l| !state.plans().is_resident(*l))
        {
            return Err(unusable(learner));
        }
        Ok(Arc::new(state))
    }

    /// Begins to load plans of a tenant from commits that somebody else reads, in the order of the log.
    pub(crate) fn passing(&self, snapshot: Snapshot, tenant: &TenantId) -> PassingPlans {
        PassingPlans::new((&self.reader, &self.change_sets), (tenant, snapshot))
    }

    /// Puts the plans into the state that commands are decided on. Those that are `needed` together do not
    /// evict one another: otherwise they would never all be resident where room is short.
    fn install(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        read: &ReadPlans,
        needed: &[LearnerId],
    ) -> Result<(), Refusal> {
        let mut folding = Folding::new(read);
        loop {
            let mut sequencer = self.sequencing.lock();
            let folded = sequencer.fold_plans(tenant, |state, fold_cache| {
                folding.fold(state, fold_cache, FOLD_COUNT)
            });
            // The lock is handed to whoever waits for it.
            MutexGuard::unlock_fair(sequencer);
            match folded {
                Folded::More => {}
                Folded::Lacks(sync) => {
                    self.read_change_set(&mut folding, snapshot, (tenant, sync))?;
                }
                Folded::All => break,
            }
        }
        for part in folding.parts() {
            let durable = self.writer.durable().current();
            let mut sequencer = self.sequencing.lock();
            sequencer.install_plans(tenant, needed, durable, |state| {
                folding.install(part, state)
            });
            MutexGuard::unlock_fair(sequencer);
        }
        match folding.refused() {
            // The next attempt would fail, too.
            Some(learner) => Err(unusable(learner)),
            None => Ok(()),
        }
    }

    /// Reads the change set of a sync, for the commits that are folded next.
    fn read_change_set(
        &self,
        folding: &mut Folding<'_>,
        snapshot: &Snapshot,
        (tenant, sync): (&TenantId, SyncId),
    ) -> Result<(), Refusal> {
        let of = (tenant, snapshot.tenant.as_ref());
        self.change_sets
            .add_to(folding.next_change_sets(), of, sync)
    }
}

pub(super) fn unusable(learner: LearnerId) -> Refusal {
    Refusal::internal(format!(
        "the plan of learner {learner} was read from the log and cannot be restored"
    ))
}

/// Those of these learners whose plans are not resident, each once.
fn not_resident(tenant: &Tenant, learners: impl Iterator<Item = LearnerId>) -> Vec<LearnerId> {
    let mut not_resident: Vec<_> = learners
        .filter(|learner| !tenant.plans().is_resident(*learner))
        .collect();
    not_resident.sort_unstable();
    not_resident.dedup();
    not_resident
}
