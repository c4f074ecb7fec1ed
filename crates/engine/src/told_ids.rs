//! What a target's commit tells by ids: what is kept for that with the commit, and how it is found where an
//! earlier version kept nothing.
//!
//! An outline of the change set is read once a sync, and no plan, but for the tasks of those commits.

use std::sync::Arc;

use plansync_domain::event::sync::TargetReplayed;
use plansync_domain::history::target_told::{IDS_MAX, Outline, TargetTold, TasksFound};
use plansync_domain::history::task_changes::{self, TaskChanges, Witness};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{Actor, LearnerId, TaskId, TenantId};
use plansync_domain::judging::judge::TargetJudgement;
use plansync_domain::plan::not_resident::NotResident;
use plansync_domain::progress::state::SyncState;
use plansync_domain::state::tenant::Tenant;

use crate::call::Refusal;
use crate::engine::Engine;
use crate::fault::Fault;
use crate::read::Reading;

impl Engine {
    /// The open tasks that a judgement cancels, as many as there is room to tell of: their ids do not
    /// follow from it.
    pub(crate) fn cancelled_tasks(
        &self,
        tenant: &Tenant,
        sync: &SyncState,
        learner: LearnerId,
        judgement: &TargetJudgement,
    ) -> Result<Option<Vec<TaskId>>, NotResident> {
        let pair_outcomes = &judgement.pair_outcomes;
        if !task_changes::may_cancel(pair_outcomes) || self.config().has(Fault::KeepsNoTasks) {
            return Ok(None);
        }
        let applied = usize::try_from(pair_outcomes.tally().applied).unwrap_or(usize::MAX);
        let components = sync.change_set().entries().iter();
        Ok(Some(task_changes::cancelled(
            learner,
            tenant.resident_plan(learner)?,
            components.map(|entry| entry.component),
            pair_outcomes,
            IDS_MAX.saturating_sub(applied),
        )))
    }

    /// What became of a target, whose commit made this version of its plan, if it changed it.
    pub fn target_told(
        &self,
        tenant: &TenantId,
        replayed: &TargetReplayed,
        version: Option<Version>,
    ) -> Result<TargetTold, Refusal> {
        let actor = Actor::System;
        let reading = self.reading(tenant, &actor)?;
        let Some(sync) = reading.tenant().sync(replayed.sync) else {
            let cause = format!("the log has no acceptance of sync {}", replayed.sync);
            return Err(Refusal::Internal { cause });
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
        let kept = &self.parts.look_back.outlines;
        if let Some(known) = kept.get(tenant, sync.id()) {
            return Ok(known);
        }
        let outline = Outline::of(&*self.change_set(tenant, sync)?);
        let bytes = outline.bytes();
        Ok(kept.insert(tenant, sync.id(), outline, bytes))
    }
}

impl Reading<'_> {
    /// The tasks that a target's commit made and cancelled, by the plan before it and after it.
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
