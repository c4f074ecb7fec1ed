//! A plan as it was: its stream folded again, from nothing up to a version.
//!
//! The fold is the domain's own; what the events refer to is looked up where it is kept. Every
//! value of the stream was interned when the state was folded, so that the tenant's ids serve.

use std::sync::Arc;

use plansync_domain::event::Event;
use plansync_domain::ids::{LearnerId, ProgrammeId, SyncId};
use plansync_domain::plan::Plan;
use plansync_domain::plan_fold::{Interned, Sources, fold_commit};
use plansync_domain::prepared::Prepared;
use plansync_domain::rejection::Rejection;
use plansync_domain::shape::Shapes;
use plansync_domain::stream::Stream;
use plansync_domain::template::TemplateContent;
use plansync_domain::tenant::Tenant;
use plansync_domain::values::Values;
use plansync_domain::version::{TemplateVersion, Version};

use crate::call::Refusal;
use crate::fold::Decided;
use crate::read::{Reading, understood};

/// Commits of a plan read at a time.
const READ_COUNT: usize = 256;

/// Where a fold that looks back finds what events refer to.
struct Kept<'a> {
    tenant: &'a Tenant,
    /// What the sync of the commit at hand replays.
    replayed: Option<(SyncId, Arc<Prepared>)>,
}

impl Sources for Kept<'_> {
    fn template(
        &self,
        programme: ProgrammeId,
        version: TemplateVersion,
        _values: &Values,
    ) -> Option<Arc<TemplateContent>> {
        self.tenant.template_at(programme, version)
    }

    fn prepared(&self, sync: SyncId) -> Option<Arc<Prepared>> {
        let (known, prepared) = self.replayed.as_ref()?;
        (*known == sync).then(|| Arc::clone(prepared))
    }
}

/// A plan on its way from nothing to a version.
struct Folding<'a> {
    reading: &'a Reading<'a>,
    kept: Kept<'a>,
    values: Values,
    shapes: Shapes,
    plan: Plan,
}

impl Reading<'_> {
    /// The plan at a version; as it is, if none is given.
    pub(crate) fn plan_at(
        &self,
        learner: LearnerId,
        version: Option<Version>,
    ) -> Result<Arc<Plan>, Refusal> {
        let current = self.tenant().plan(learner);
        match version {
            None => Ok(Arc::clone(current)),
            Some(version) if version == current.version() => Ok(Arc::clone(current)),
            Some(version) if version > current.version() => {
                Err(Rejection::invalid("at_version", not_reached(current.version())).into())
            }
            Some(version) => Folding::new(self).up_to(learner, version).map(Arc::new),
        }
    }
}

fn not_reached(current: Version) -> String {
    format!("the plan is at version {current}; ask for that one or an earlier one")
}

impl<'a> Folding<'a> {
    fn new(reading: &'a Reading<'a>) -> Self {
        let tenant = reading.tenant();
        Self {
            reading,
            kept: Kept {
                tenant,
                replayed: None,
            },
            values: tenant.values().clone(),
            shapes: Shapes::default(),
            plan: Plan::default(),
        }
    }

    fn up_to(mut self, learner: LearnerId, version: Version) -> Result<Plan, Refusal> {
        let stream = self.reading.stream(&Stream::Plan(learner));
        while self.plan.version() < version {
            let next = plansync_log::Version::new(self.plan.version().next().into());
            let commits = self.reading.log().stream(&stream, next, READ_COUNT)?;
            if commits.is_empty() {
                let cause = format!("the log has no version {next} of {stream}");
                return Err(Refusal::Internal { cause });
            }
            for commit in &commits {
                if self.plan.version() < version {
                    self.fold_in(&understood(commit)?)?;
                }
            }
        }
        Ok(self.plan)
    }

    fn fold_in(&mut self, decided: &Decided) -> Result<(), Refusal> {
        for event in &decided.events {
            if let Event::TargetReplayed(replayed) = event {
                self.know(replayed.sync)?;
            }
        }
        let version = Version::of_stream(decided.commit.proposal.version.get());
        let mut interned = Interned {
            values: &mut self.values,
            shapes: &mut self.shapes,
        };
        self.plan = fold_commit(
            &self.plan,
            &self.kept,
            &mut interned,
            version,
            &decided.events,
        );
        Ok(())
    }

    fn know(&mut self, sync: SyncId) -> Result<(), Refusal> {
        if self
            .kept
            .replayed
            .as_ref()
            .is_some_and(|(known, _)| *known == sync)
        {
            return Ok(());
        }
        let Some(state) = self.kept.tenant.sync(sync) else {
            return Ok(());
        };
        let change_set = self.reading.change_set(state)?;
        let programme = state.accepted().request.programme;
        let prepared = Prepared::new(programme, &change_set, self.kept.tenant.values());
        self.kept.replayed = Some((sync, Arc::new(prepared)));
        Ok(())
    }
}
