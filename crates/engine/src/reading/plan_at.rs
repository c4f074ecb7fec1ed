//! Rebuilds a plan as it was at an earlier version, by folding its stream from an image or from the start;
//! and passes through its versions one by one.

use std::sync::Arc;

use plansync_domain::command::rejection::Rejection;
use plansync_domain::event::Event;
use plansync_domain::history::plan_step::PlanStep;
use plansync_domain::ids::LearnerId;
use plansync_domain::ids::version::Version;
use plansync_domain::plan::Plan;
use plansync_domain::state::fetch::folded;
use plansync_domain::state::fold_cache::{ChangeSets, FoldCache};
use plansync_domain::state::tenant::Tenant;
use plansync_log::Position;

use crate::call::Refusal;
use crate::reading::Reading;

/// Versions of a plan folded at a time, so that its commits are never all in memory.
const FOLD_COUNT: u32 = 1_024;

/// A plan, and the state whose values it refers to.
pub(crate) struct PlanAt {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) plan: Arc<Plan>,
}

/// A plan before and after one commit, and the state whose values both refer to.
pub(super) struct StepAt {
    pub(super) tenant: Tenant,
    pub(super) before: Plan,
    pub(super) after: Plan,
}

/// A plan that is folded from one version to another, in a state of its own.
pub(crate) struct PlanReplay<'r> {
    reading: &'r Reading<'r>,
    learner: LearnerId,
    tenant: Tenant,
    plan: Plan,
    fold_cache: FoldCache,
}

impl Reading<'_> {
    /// The plan at a version; as it is, if none is given.
    pub(crate) fn plan_at(
        &self,
        learner: LearnerId,
        version: Option<Version>,
    ) -> Result<PlanAt, Refusal> {
        let current = self.tenant().plans().version(learner);
        match version {
            Some(version) if version > current => {
                Err(Rejection::invalid("at_version", not_reached(current)).into())
            }
            Some(version) if version < current => {
                let mut replay = PlanReplay::begin(self, learner, version);
                replay.go(version)?;
                Ok(PlanAt {
                    tenant: Arc::new(replay.tenant),
                    plan: Arc::new(replay.plan),
                })
            }
            Some(_) | None => {
                let tenant = self.with_plans([learner])?;
                let plan = Arc::clone(tenant.resident_plan(learner).map_err(Refusal::internal)?);
                Ok(PlanAt { tenant, plan })
            }
        }
    }

    /// The plan before and after the commit that led to this version, which it has reached.
    pub(super) fn plan_step(
        &self,
        learner: LearnerId,
        version: Version,
    ) -> Result<StepAt, Refusal> {
        let before = version.before();
        let mut replay = PlanReplay::begin(self, learner, before);
        replay.go(before)?;
        let before = replay.plan.clone();
        replay.go(version)?;
        Ok(StepAt {
            tenant: replay.tenant,
            before,
            after: replay.plan,
        })
    }
}

impl<'r> PlanReplay<'r> {
    /// Begins with the latest image that is not newer than a version, or with an empty plan.
    pub(crate) fn begin(
        reading: &'r Reading<'r>,
        learner: LearnerId,
        version_max: Version,
    ) -> Self {
        Self::from_nothing(reading, learner).of_another(learner, version_max)
    }

    /// Goes on with the plan of another learner, in the same state.
    #[must_use]
    pub(crate) fn of_another(mut self, learner: LearnerId, version_max: Version) -> Self {
        let Reading {
            readings,
            tenant_id: id,
            snapshot,
            ..
        } = self.reading;
        let image = readings
            .plan_reader
            .image(snapshot, id, learner, version_max);
        let start = image.and_then(|image| image.restore(&mut self.tenant));
        self.plan = start.unwrap_or_default();
        self.learner = learner;
        self
    }

    /// Begins with an empty plan.
    pub(crate) fn from_nothing(reading: &'r Reading<'r>, learner: LearnerId) -> Self {
        Self {
            reading,
            learner,
            tenant: reading.tenant().aside(),
            plan: Plan::default(),
            fold_cache: FoldCache::default(),
        }
    }

    /// The state whose values the plan refers to.
    pub(crate) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The plan.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Folds up to a version.
    pub(crate) fn go(&mut self, version: Version) -> Result<(), Refusal> {
        self.pass(version, |_, _, _| Ok(()))
    }

    /// Folds up to a version, and shows each commit on the way with its position and its events.
    pub(crate) fn pass(
        &mut self,
        version: Version,
        mut seen: impl FnMut(&PlanStep<'_>, Position, &[Event]) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let Reading {
            readings,
            tenant_id: id,
            snapshot,
            ..
        } = self.reading;
        while self.plan.version() < version {
            let next = self.plan.version().get().saturating_add(FOLD_COUNT);
            let next = Version::new(next).min(version);
            let commits =
                readings
                    .plan_reader
                    .commits(id, self.learner, (self.plan.version(), next))?;
            for (position, commit) in &commits {
                let mut change_sets = ChangeSets::new();
                if let Some(sync) = self.fold_cache.lacks(&self.tenant, &commit.events) {
                    let of = (*id, snapshot.tenant.as_ref());
                    readings.change_sets.add_to(&mut change_sets, of, sync)?;
                }
                let (tenant, fold_cache) = (&mut self.tenant, &mut self.fold_cache);
                let after = folded(tenant, &self.plan, commit, &change_sets, fold_cache);
                let step = PlanStep {
                    learner: self.learner,
                    before: &self.plan,
                    after: &after,
                    values: self.tenant.values(),
                };
                seen(&step, *position, &commit.events)?;
                self.plan = after;
            }
        }
        Ok(())
    }
}

fn not_reached(current: Version) -> String {
    format!("the plan is at version {current}; request this version or an earlier one")
}
