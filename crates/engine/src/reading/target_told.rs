//! `target_told`: the ids of components and tasks in the event `sync.<sync>.target`. They follow from the
//! change set and from the target's commit. Commits of earlier versions lack the cancelled tasks, which are
//! then found by comparing the plan before and after the commit.
//!
//! The change set is read once per sync, in a short form (`Outline`). A plan is read only for commits of
//! earlier versions.

use std::sync::Arc;

use plansync_domain::event::sync::TargetReplayed;
use plansync_domain::history::target_told::{Outline, TargetTold, TasksFound};
use plansync_domain::history::task_changes::{TaskChanges, Witness};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{Actor, TenantId};
use plansync_domain::progress::state::SyncState;

use crate::call::Refusal;
use crate::reading::{Reading, Readings};

impl Readings {
    /// What an event tells about a target, whose commit led to this version of its plan, if it changed the
    /// plan.
    pub(crate) fn target_told(
        &self,
        tenant: &TenantId,
        replayed: &TargetReplayed,
        version: Option<Version>,
    ) -> Result<TargetTold, Refusal> {
        let actor = Actor::System;
        let reading = self.begin(tenant, &actor)?;
        let Some(sync) = reading.tenant().sync(replayed.sync) else {
            let problem = format!("the log has no acceptance of sync {}", replayed.sync);
            return Err(Refusal::internal(problem));
        };
        let outline = self.outline(tenant, sync)?;
        let told = TargetTold::of(&outline, replayed);
        if let Some(told) = told {
            return Ok(told);
        }
        let tasks = version.map(|version| reading.moved_tasks(&outline, replayed, version));
        let tasks = tasks.transpose()?.unwrap_or_default();
        Ok(TargetTold::with(&outline, replayed, &tasks))
    }

    fn outline(&self, tenant: &TenantId, sync: &SyncState) -> Result<Arc<Outline>, Refusal> {
        let kept = &self.ended.outlines;
        if let Some(known) = kept.get(tenant, sync.id()) {
            return Ok(known);
        }
        let outline = Outline::of(&*self.change_sets.change_set(tenant, sync)?);
        let bytes = outline.bytes();
        Ok(kept.insert(tenant, sync.id(), outline, bytes))
    }
}

impl Reading<'_> {
    /// What an event tells about a target, whose commit led to this version of its plan, if it changed the
    /// plan.
    pub fn target_told(
        &self,
        replayed: &TargetReplayed,
        version: Option<Version>,
    ) -> Result<TargetTold, Refusal> {
        self.readings.target_told(self.tenant_id, replayed, version)
    }

    /// The tasks that a target's commit created and cancelled, by the plan before and after it.
    fn moved_tasks(
        &self,
        outline: &Outline,
        replayed: &TargetReplayed,
        version: Version,
    ) -> Result<TasksFound, Refusal> {
        let learner = replayed.learner;
        let step = self.plan_step(learner, version)?;
        let [before, after] = [&step.before, &step.after];
        let mut found = TasksFound::default();
        let commit = self.commit(&Stream::Plan(learner), version.into())?;
        let case_owner = self.case_owner_at(learner, commit.position())?;
        let pairs = outline.components().zip(replayed.pair_outcomes.iter());
        for (component, pair_outcome) in pairs.filter(|(_, pair_outcome)| pair_outcome.is_applied())
        {
            let [before, after] = [before, after].map(|plan| plan.component(component));
            let witness = Witness::of_sync(pair_outcome, case_owner.is_some());
            let tasks = TaskChanges::between(learner, component, before, after, witness);
            found.made.extend(tasks.made);
            found.cancelled.extend(tasks.cancelled);
        }
        Ok(found)
    }
}
