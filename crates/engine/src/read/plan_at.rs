//! A plan as it was: its stream folded again, from an image or from nothing, up to a version.

use std::sync::Arc;

use plansync_domain::event::Event;
use plansync_domain::fetch::folded;
use plansync_domain::ids::LearnerId;
use plansync_domain::plan::Plan;
use plansync_domain::recall::{ChangeSets, Recall};
use plansync_domain::rejection::Rejection;
use plansync_domain::tenant::Tenant;
use plansync_domain::version::Version;

use crate::call::Refusal;
use crate::read::Reading;

/// Versions of a plan folded at a time, so that its commits are never all in memory.
const FOLD_COUNT: u32 = 1_024;

/// A plan, and the state whose values it holds.
pub(super) struct PlanAt {
    pub(super) tenant: Arc<Tenant>,
    pub(super) plan: Arc<Plan>,
}

impl Reading<'_> {
    /// The plan at a version; as it is, if none is given.
    pub(super) fn plan_at(
        &self,
        learner: LearnerId,
        version: Option<Version>,
    ) -> Result<PlanAt, Refusal> {
        let current = self.tenant().plans().version(learner);
        match version {
            Some(version) if version > current => {
                Err(Rejection::invalid("at_version", not_reached(current)).into())
            }
            Some(version) if version < current => self.earlier(learner, version),
            Some(_) | None => {
                let tenant = self.with_plans([learner])?;
                let plan = Arc::clone(tenant.plan(learner));
                Ok(PlanAt { tenant, plan })
            }
        }
    }

    fn earlier(&self, learner: LearnerId, version: Version) -> Result<PlanAt, Refusal> {
        let (engine, id) = (self.engine, self.tenant_id);
        let mut tenant = self.tenant().aside();
        let image = engine.image(&self.snapshot, id, learner, version);
        let start = image.and_then(|image| image.restore(&mut tenant));
        let (mut plan, mut recall) = (start.unwrap_or_default(), Recall::default());
        while plan.version() < version {
            let next = plan.version().get().saturating_add(FOLD_COUNT);
            let next = Version::new(next).min(version);
            let commits = engine.plan_commits(id, learner, (plan.version(), next))?;
            for (_, commit) in &commits {
                let mut change_sets = ChangeSets::new();
                for event in &commit.events {
                    if let Event::TargetReplayed(replayed) = event {
                        engine.know(&self.snapshot, id, replayed.sync, &mut change_sets)?;
                    }
                }
                plan = folded(&mut tenant, &plan, commit, &change_sets, &mut recall);
            }
        }
        Ok(PlanAt {
            tenant: Arc::new(tenant),
            plan: Arc::new(plan),
        })
    }
}

fn not_reached(current: Version) -> String {
    format!("the plan is at version {current}; ask for that one or an earlier one")
}
