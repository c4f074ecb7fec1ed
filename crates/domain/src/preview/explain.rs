//! The explanation of one row of the summary: for which learners a component would be synchronised,
//! for which it would not, and what would change (M3).
//!
//! It uses the judge and the replay that the run uses.

use std::sync::Arc;

use crate::command::rejection::Rejection;
use crate::command::undecided::Undecided;
use crate::event::sync::TargetReplayed;
use crate::fold::replay;
use crate::ids::{AdministratorId, ComponentId, LearnerId, ProgrammeId, SyncId};
use crate::judging::baseline::Baseline;
use crate::judging::judge::Judge;
use crate::plan::draft::PlanDraft;
use crate::plan::not_resident::NotResident;
use crate::plan::table::Cells;
use crate::plan::{ComponentView, Plan};
use crate::preview::summary::Baselines;
use crate::selection::Selection;
use crate::state::tenant::Tenant;
use crate::sync::pair_outcome::{Action, Outcome, PairOutcome, Reason};
use crate::sync::pair_outcomes::PairOutcomes;
use crate::sync::prepared::Prepared;
use crate::text::personal::Personal;
use crate::values::attribute::Attribute;
use crate::values::value::Value;
use crate::values::{ValueId, Values};

/// Which learners of a component are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Those for whom it would be synchronised, or already is.
    Synchronised,
    /// Those for whom it would not be synchronised.
    NotSynchronised,
}

impl Side {
    const fn holds(self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Applied | Outcome::Unchanged => matches!(self, Self::Synchronised),
            Outcome::Skipped(_) => matches!(self, Self::NotSynchronised),
        }
    }
}

/// One learner of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedPair {
    /// The learner.
    pub learner: LearnerId,
    /// The learner's name; none if the learner is not available.
    pub name: Option<Personal>,
    /// What would be done, or why not, and the warnings.
    pub pair_outcome: PairOutcome,
    /// Whether this is the source, which the sync updates, and not one of its learners (T3).
    pub is_source: bool,
    /// The learner's case owner, if the pair outcome uses them.
    case_owner: Option<AdministratorId>,
}

/// An attribute that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeChange {
    /// The attribute.
    pub attribute: Attribute,
    /// The target's value; null for a component that would be created.
    pub before: Value,
    /// The value that it would get.
    pub after: Value,
}

/// One side of a component.
#[derive(Debug)]
pub struct Explanation<'a> {
    tenant: &'a Tenant,
    prepared: Arc<Prepared>,
    /// The tenant's values, and those that are not on any plan yet.
    values: Values,
    component: ComponentId,
    /// The index of the component in the change set.
    index: usize,
    pairs: Vec<ExplainedPair>,
}

impl<'a> Explanation<'a> {
    /// What a selected sync would do to one of its components in this state; `component_not_found`
    /// if the component is not selected. The source that a sync updates comes first and is not one
    /// of its learners.
    pub fn new(
        tenant: &'a Tenant,
        programme: ProgrammeId,
        selection: &Selection,
        component: ComponentId,
        side: Side,
        baselines: &Baselines,
    ) -> Result<Self, Undecided> {
        let index = selection.change_set.index(component);
        let mut values = tenant.values().to_try();
        let prepared = Prepared::interned(programme, &selection.change_set, &mut values);
        let mut explanation = Self {
            tenant,
            prepared: Arc::new(prepared),
            values,
            component,
            index: index.ok_or(Rejection::ComponentNotFound(component))?,
            pairs: Vec::new(),
        };
        explanation.judge(selection, side, baselines)?;
        Ok(explanation)
    }

    /// The learners of this side in the order of names, then ids; those who are not available come
    /// last.
    pub fn pairs(&self) -> &[ExplainedPair] {
        &self.pairs
    }

    /// What would change for one of them: all attributes of a component that would be created, and
    /// nothing for one that would be deleted.
    pub fn changes(&mut self, pair: &ExplainedPair) -> Result<Vec<AttributeChange>, NotResident> {
        if !pair.pair_outcome.is_applied() || pair.pair_outcome.action() == Action::Delete {
            return Ok(Vec::new());
        }
        let plan = self.tenant.resident_plan(pair.learner)?;
        let before = plan.component(self.component).map(ComponentView::cells);
        let Some(after) = self.replayed(pair, plan) else {
            return Ok(Vec::new());
        };
        let is_new = before.is_none();
        let before = before.unwrap_or([ValueId::NULL; Attribute::ALL.len()]);
        let step = &self.prepared.steps()[self.index];
        let shown = |attribute: &Attribute| {
            attribute.fits(&step.component_type)
                && (is_new || before[attribute.index()] != after[attribute.index()])
        };
        let value = |cells: &Cells, attribute: Attribute| {
            let id = cells[attribute.index()];
            self.values.get(id).clone()
        };
        let changes = Attribute::ALL.into_iter().filter(shown);
        let changes = changes.map(|attribute| AttributeChange {
            attribute,
            before: value(&before, attribute),
            after: value(&after, attribute),
        });
        Ok(changes.collect())
    }

    fn judge(
        &mut self,
        selection: &Selection,
        side: Side,
        baselines: &Baselines,
    ) -> Result<(), NotResident> {
        let mut judge = Judge::new(selection.terms.clone(), Arc::clone(&self.prepared));
        let learners = selection.learners.iter();
        let source = selection.terms.source;
        let source = selection.terms.is_updated_source(source).then_some(&source);
        let pairs = learners.chain(source).filter_map(|learner| {
            let since = baselines.get(learner);
            let pair = self.pair(&mut judge, *learner, since).transpose()?;
            let is_shown = |pair: &ExplainedPair| side.holds(pair.pair_outcome.outcome());
            let is_source = source == Some(learner);
            let shown = |pair| is_shown(&pair).then_some(ExplainedPair { is_source, ..pair });
            pair.map(shown).transpose()
        });
        let mut pairs = pairs.collect::<Result<Vec<_>, _>>()?;
        pairs.sort_by(|one, other| {
            let order = |pair: &ExplainedPair| {
                let name = pair.name.clone();
                (!pair.is_source, name.is_none(), name)
            };
            let names = order(one).cmp(&order(other));
            names.then(one.learner.cmp(&other.learner))
        });
        self.pairs = pairs;
        Ok(())
    }

    fn pair(
        &self,
        judge: &mut Judge,
        learner: LearnerId,
        since: Option<&Baseline>,
    ) -> Result<Option<ExplainedPair>, NotResident> {
        let judgement = judge.judge_target_since(self.tenant, learner, since)?;
        let Some(pair_outcome) = judgement.pair_outcomes.get(self.index) else {
            return Ok(None);
        };
        let is_available = pair_outcome.outcome() != Outcome::Skipped(Reason::LearnerNotAvailable);
        let record = self.tenant.learner(learner).filter(|_| is_available);
        Ok(Some(ExplainedPair {
            learner,
            name: record.map(|record| record.name.clone()),
            pair_outcome,
            is_source: false,
            case_owner: judgement.case_owner,
        }))
    }

    /// The component after the replay of this one pair outcome.
    fn replayed(&mut self, pair: &ExplainedPair, plan: &Plan) -> Option<Cells> {
        let version = plan.version().next();
        let untouched = PairOutcome::unchanged(Action::Synchronise);
        let before = std::iter::repeat_n(untouched, self.index);
        let pair_outcomes: PairOutcomes = before.chain([pair.pair_outcome]).collect();
        let replayed = TargetReplayed {
            // No state is made from it, so it needs no id.
            sync: SyncId::from_uuid(uuid::Uuid::nil()),
            learner: pair.learner,
            pair_outcomes,
            case_owner: pair.case_owner.clone(),
            cause: None,
            cancelled: None,
        };
        let mut draft = PlanDraft::new(plan);
        let onto = (plan.shape(), version);
        replay::apply(
            &mut draft,
            onto,
            &self.prepared,
            &replayed,
            &mut self.values,
        );
        let row = draft.row(self.component)?;
        Some(Attribute::ALL.map(|attribute| draft.value(row, attribute)))
    }
}
