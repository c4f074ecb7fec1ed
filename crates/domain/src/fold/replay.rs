//! Applies pair outcomes to the plan of a target.
//!
//! It is total and needs no rule: pair outcomes and change set say everything, so a rule that
//! changes later does not change what was replayed.

use std::sync::Arc;

use crate::event::sync::TargetReplayed;
use crate::fold::review;
use crate::ids::SyncId;
use crate::ids::version::Version;
use crate::plan::draft::PlanDraft;
use crate::plan::shape::{Row, Shape, ShapeEntry};
use crate::plan::table::{Cells, cells_of};
use crate::review::{Origin, Review};
use crate::sync::pair_outcome::{Action, OwnerEffect, PairOutcome, ReviewEffect};
use crate::sync::prepared::{Content, Effect, Place, Prepared, Step};
use crate::values::attribute::Attribute;
use crate::values::attributes::AttributeMap;
use crate::values::value::Value;
use crate::values::{ValueId, Values};

/// Applies the decisions about one target to a draft of its plan, which had this shape and will
/// have this version.
pub(crate) fn apply(
    draft: &mut PlanDraft,
    (shape, version): (&Arc<Shape>, Version),
    prepared: &Prepared,
    replayed: &TargetReplayed,
    values: &mut Values,
) {
    let case_owner = match &replayed.case_owner {
        Some(owner) => values.intern(&Value::Administrator(owner.clone())),
        None => ValueId::NULL,
    };
    let mut replay = Replay {
        draft,
        defaults: cells_of(&AttributeMap::new(), |value| values.intern(value)),
        values,
        case_owner,
        version,
        sync: replayed.sync,
    };
    let places = prepared.places(shape);
    let mut steps = prepared.steps().iter().zip(&*places);
    for run in replayed.pair_outcomes.runs() {
        let count = usize::try_from(run.count).unwrap_or(usize::MAX);
        let these = steps.by_ref().take(count);
        if run.pair_outcome.is_applied() {
            these.for_each(|(step, place)| {
                replay.carry_out(prepared, step, *place, run.pair_outcome);
            });
        } else {
            these.for_each(drop);
        }
    }
}

struct Replay<'a> {
    draft: &'a mut PlanDraft,
    values: &'a mut Values,
    /// The values of a component to which no attributes were given.
    defaults: Cells,
    /// The target learner's case owner, if a pair outcome uses them.
    case_owner: ValueId,
    version: Version,
    sync: SyncId,
}

impl Replay<'_> {
    fn carry_out(
        &mut self,
        prepared: &Prepared,
        step: &Step,
        place: Place,
        pair_outcome: PairOutcome,
    ) {
        match (pair_outcome.action(), &step.effect, place) {
            (Action::Delete, _, Place::At(row)) => self.draft.remove(row, self.version),
            (Action::Create, Effect::Create(content, _) | Effect::Overwrite(content), _) => {
                let entry = ShapeEntry {
                    component: step.component,
                    programme: prepared.programme(),
                    component_type: step.component_type.clone(),
                };
                let cells = self.created(content, pair_outcome);
                let row = self
                    .draft
                    .add(entry, cells, step.from_template, self.version);
                self.create_review(row, step);
            }
            (Action::Synchronise, effect, Place::At(row)) => self.change(effect, row, pair_outcome),
            // No version of the judge has written such an outcome.
            (Action::Delete | Action::Create | Action::Synchronise, _, _) => {}
        }
    }

    /// T5: a created component is not planned for QA unless the change set says so.
    fn created(&self, content: &Content, pair_outcome: PairOutcome) -> Cells {
        let mut cells = self.defaults;
        let mut set = |attribute: Attribute, id| cells[attribute.index()] = id;
        for (attribute, id) in self.plain(content, pair_outcome) {
            set(attribute, id);
        }
        if let Some(id) = content.planned_for_qa {
            set(Attribute::PlannedForQa, id);
        }
        cells
    }

    fn change(&mut self, effect: &Effect, row: Row, pair_outcome: PairOutcome) {
        let (content, state) = match effect {
            Effect::Nothing(_) | Effect::Delete => return,
            // Planned for QA is a state: overwriting keeps the target's own.
            Effect::Create(content, None) | Effect::Overwrite(content) => (content, None),
            Effect::Create(_, Some(content))
            | Effect::Update(content)
            | Effect::Select(content) => (content, content.planned_for_qa),
        };
        let state = state.map(|id| (Attribute::PlannedForQa, id));
        // Who went to the review until now; the owner is about to change.
        let before = match pair_outcome.review() {
            ReviewEffect::Recreated { .. } => {
                review::meeting(self.draft, row, self.case_owner).administrator
            }
            ReviewEffect::Unaffected | ReviewEffect::CompletedKept => ValueId::NULL,
        };
        if pair_outcome.rest_withheld().is_some() {
            if let Some((attribute, id)) = state {
                self.draft.set(row, attribute, id);
            }
            self.draft.touch(row, self.version);
            return;
        }
        for (attribute, id) in self.plain(content, pair_outcome).chain(state) {
            self.draft.set(row, attribute, id);
        }
        for (attribute, elements) in &content.elements {
            let before = self.draft.value(row, *attribute);
            let after = elements.apply(self.values.get(before));
            let id = self.values.intern(&after);
            self.draft.set(row, *attribute, id);
        }
        match pair_outcome.review() {
            ReviewEffect::Recreated { tasks } => {
                // With one open task, nobody went there beside the learner; and earlier versions did not
                // keep whose task was cancelled, which is shown as it was recorded then.
                let is_known = tasks > 1 && before != ValueId::NULL;
                self.recreate_review(row, is_known.then_some(before));
            }
            ReviewEffect::Unaffected | ReviewEffect::CompletedKept => {}
        }
        self.draft.touch(row, self.version);
    }

    /// V1: the component gets a review of its own, according to its present values.
    fn create_review(&mut self, row: Row, step: &Step) {
        if step.is_review {
            let meeting = review::meeting(self.draft, row, self.case_owner);
            let review = Review::created(Origin::Sync(self.sync), meeting);
            self.draft.set_review(row, review);
        }
    }

    /// V2: another review in its place, where this administrator went to the last one, if anybody did.
    fn recreate_review(&mut self, row: Row, administrator: Option<ValueId>) {
        if let Some(review) = self.draft.review(row) {
            let meeting = review::meeting(self.draft, row, self.case_owner);
            let review = review.recreated(Origin::Sync(self.sync), administrator, meeting);
            self.draft.set_review(row, review);
        }
    }

    /// The values that replace the target's, according to the pair outcome.
    fn plain<'c>(
        &self,
        content: &'c Content,
        pair_outcome: PairOutcome,
    ) -> impl Iterator<Item = (Attribute, ValueId)> + use<'c> {
        let owner = match pair_outcome.owner() {
            OwnerEffect::Kept => None,
            OwnerEffect::Source => content.owner,
            OwnerEffect::TargetCaseOwner => Some(self.case_owner),
        };
        let exercise = content
            .exercise
            .filter(|_| !pair_outcome.exercise_withheld());
        let review_type = content
            .review_type
            .filter(|_| !pair_outcome.review_type_kept());
        let cells = content.cells.iter().copied();
        cells
            .chain(owner.map(|id| (Attribute::Owner, id)))
            .chain(exercise.map(|id| (Attribute::MarkingAidExercise, id)))
            .chain(review_type.map(|id| (Attribute::ReviewType, id)))
    }
}
