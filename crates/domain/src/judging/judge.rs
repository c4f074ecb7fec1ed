//! Judges what a sync does to one target. Previews and runs use this one function (M5, T8).
//!
//! The order of the reasons that exclude a whole target is defined here. Reading a pair allocates
//! no memory: the change set is mapped to rows once for each shape.

use std::sync::Arc;

use crate::access::target_eligibility;
use crate::ids::stream::Stream;
use crate::ids::version::Version;
use crate::ids::{AdministratorId, LearnerId};
use crate::judging::baseline::Baseline;
use crate::judging::pair::{Memo, Target};
use crate::plan::Plan;
use crate::plan::not_resident::NotResident;
use crate::progress::terms::Terms;
use crate::state::tenant::Tenant;
use crate::sync::change_set::ChangeSet;
use crate::sync::pair_outcome::{OwnerEffect, PairOutcome, Reason};
use crate::sync::pair_outcomes::PairOutcomes;
use crate::sync::prepared::Prepared;
use crate::values::ValueId;
use crate::values::value::Value;

/// The judgement of one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetJudgement {
    /// The pair outcomes, one for each component, in the order of the change set.
    pub pair_outcomes: PairOutcomes,
    /// The target's case owner, if a pair outcome gives them a component or a task of a review.
    pub case_owner: Option<AdministratorId>,
}

impl TargetJudgement {
    /// Whether the target's plan changes; if so, the commit belongs on the stream of the plan.
    pub fn changes_plan(&self) -> bool {
        self.pair_outcomes.change_the_plan()
    }
}

/// Judges one change set for many targets of one snapshot.
#[derive(Debug)]
pub struct Judge {
    terms: Terms,
    prepared: Arc<Prepared>,
    memo: Memo,
    last: Option<LastJudged>,
}

/// The last target whose components were judged, and everything that the judgement depends on.
#[derive(Debug)]
struct LastJudged {
    plan: Arc<Plan>,
    case_owner: Option<AdministratorId>,
    since: Option<Version>,
    judgement: TargetJudgement,
}

impl Judge {
    /// A judge of this prepared change set.
    pub fn new(terms: Terms, prepared: Arc<Prepared>) -> Self {
        Self {
            memo: Memo::new(prepared.len()),
            terms,
            prepared,
            last: None,
        }
    }

    /// What the sync does to this learner's plan in this state.
    pub fn judge_target(
        &mut self,
        tenant: &Tenant,
        learner: LearnerId,
    ) -> Result<TargetJudgement, NotResident> {
        self.judge_target_since(tenant, learner, None)
    }

    /// The same, but components that changed after the baseline are skipped, if there is one (M5).
    pub fn judge_target_since(
        &mut self,
        tenant: &Tenant,
        learner: LearnerId,
        since: Option<&Baseline>,
    ) -> Result<TargetJudgement, NotResident> {
        let programme = self.prepared.programme();
        if let Some(reason) = self.whole_target_reason(tenant, learner) {
            return Ok(skip_all(&self.prepared, reason));
        }
        if since.is_some_and(|since| since.is_passed_by(tenant, programme, learner)) {
            return Ok(skip_all(&self.prepared, Reason::ChangedSincePreview));
        }
        self.judge_pairs(tenant, learner, since.map(|since| since.plan))
    }

    /// The streams that a judgement depends on: its commit states their versions.
    pub fn reads(&self, learner: LearnerId) -> [Stream; 4] {
        [
            Stream::Tenant,
            Stream::Administrator(self.terms.requested_by.clone()),
            Stream::Learner(learner),
            Stream::Plan(learner),
        ]
    }

    /// S6: why the sync does not reach this learner at all. The source of T3 only needs to be
    /// visible and not erased.
    fn whole_target_reason(&self, tenant: &Tenant, learner: LearnerId) -> Option<Reason> {
        let Terms {
            requested_by,
            source,
            ..
        } = &self.terms;
        if self.terms.is_updated_source(learner) {
            return target_eligibility::seen_and_kept(tenant, requested_by, learner).err();
        }
        let programme = self.prepared.programme();
        target_eligibility::of_target(tenant, requested_by, *source, programme, learner).err()
    }

    fn judge_pairs(
        &mut self,
        tenant: &Tenant,
        learner: LearnerId,
        since: Option<Version>,
    ) -> Result<TargetJudgement, NotResident> {
        let plan = tenant.resident_plan(learner)?;
        let case_owner = case_owner(tenant, learner);
        if let Some(last) = &self.last
            && (&last.case_owner, last.since) == (&case_owner, since)
            && last.plan.shallow_eq(plan)
        {
            return Ok(last.judgement.clone());
        }
        let judgement = self.judge_plan(tenant, plan, case_owner.clone(), since);
        self.last = Some(LastJudged {
            plan: Arc::clone(plan),
            case_owner,
            since,
            judgement: judgement.clone(),
        });
        Ok(judgement)
    }

    fn judge_plan(
        &mut self,
        tenant: &Tenant,
        plan: &Plan,
        case_owner: Option<AdministratorId>,
        since: Option<Version>,
    ) -> TargetJudgement {
        let places = self.prepared.places(plan.shape());
        let mut memo = std::mem::take(&mut self.memo);
        let mut target = self.target(tenant, plan, case_owner.as_ref());
        // If the plan has not changed at all, its components need not be compared.
        target.since = since.filter(|since| plan.version() > *since);
        let steps = self.prepared.steps().iter().enumerate();
        let last = self.last.as_ref();
        let mut pair_outcomes = PairOutcomes::with_room(
            last.map_or(0, |last| last.judgement.pair_outcomes.runs().len()),
        );
        for ((index, step), place) in steps.zip(&*places) {
            pair_outcomes.push(target.judge(index, step, *place, &mut memo));
        }
        let uses_case_owner = target.uses_case_owner
            || pair_outcomes
                .runs()
                .iter()
                .any(|run| run.pair_outcome.owner() == OwnerEffect::TargetCaseOwner);
        self.memo = memo;
        TargetJudgement {
            pair_outcomes,
            case_owner: case_owner.filter(|_| uses_case_owner),
        }
    }

    fn target<'a>(
        &'a self,
        tenant: &'a Tenant,
        plan: &'a Plan,
        case_owner: Option<&AdministratorId>,
    ) -> Target<'a> {
        let values = tenant.values();
        let settings = tenant.settings();
        let requester = tenant.administrator(&self.terms.requested_by);
        let case_owner_bytes = case_owner.map_or(0, |owner| owner.as_str().len());
        let case_owner = case_owner.map_or(ValueId::NULL, |owner| {
            values.find_or_unknown(&Value::Administrator(owner.clone()))
        });
        Target {
            plan,
            values,
            statuses: &self.terms.statuses,
            permissions: requester.map(|known| known.permissions).unwrap_or_default(),
            marking_aid: settings.is_some_and(|settings| settings.marking_aid),
            owner_rule: settings
                .map(|settings| settings.owner_rule)
                .unwrap_or_default(),
            case_owner,
            case_owner_bytes,
            uses_case_owner: false,
            since: None,
            count: plan.len(),
            largest_bytes: values.largest_bytes(),
        }
    }
}

/// Skips every pair of a target for one reason, without reading its plan.
pub fn skip_all(prepared: &Prepared, reason: Reason) -> TargetJudgement {
    let steps = prepared.steps().iter();
    TargetJudgement {
        pair_outcomes: steps
            .map(|step| PairOutcome::skipped(step.own_action, reason))
            .collect(),
        case_owner: None,
    }
}

/// The outcomes of a target that was never judged because the sync was cancelled.
pub fn skipped(change_set: &ChangeSet, reason: Reason) -> PairOutcomes {
    let entries = change_set.entries().iter();
    entries
        .map(|entry| PairOutcome::skipped(entry.change.own_action(), reason))
        .collect()
}

fn case_owner(tenant: &Tenant, learner: LearnerId) -> Option<AdministratorId> {
    tenant.learner(learner)?.case_owner.clone()
}
