//! Judges one component on one target: the first reason to skip it, or what is done (T1–T5, T8).
//!
//! Pairs are independent of each other, except for the number of components that the target would
//! have.

mod reviews;

use crate::ids::version::Version;
use crate::judging::baseline;
use crate::permission::{PermissionReason, PermissionSet};
use crate::plan::{COMPONENTS_MAX, ComponentView, Plan};
use crate::reference::settings::OwnerRule;
use crate::sync::owner::{self, TargetOwner};
use crate::sync::pair_outcome::{Action, Lost, OwnerEffect, PairOutcome, Reason};
use crate::sync::prepared::{Content, Effect, Place, Step};
use crate::sync::request::StatusFilter;
use crate::values::attribute::Attribute;
use crate::values::attributes::ATTRIBUTES_BYTES_MAX;
use crate::values::elements::{ElementEffect, Elements};
use crate::values::{ValueId, Values};

/// A target, as needed to judge its pairs.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) values: &'a Values,
    pub(crate) statuses: &'a StatusFilter,
    pub(crate) permissions: PermissionSet,
    pub(crate) marking_aid: bool,
    pub(crate) owner_rule: OwnerRule,
    /// The target learner's case owner.
    pub(crate) case_owner: ValueId,
    /// The bytes of the case owner's name.
    pub(crate) case_owner_bytes: usize,
    /// Components that changed after this version of the plan are skipped.
    pub(crate) since: Option<Version>,
    /// Whether a task of a review belongs to the case owner.
    pub(crate) uses_case_owner: bool,
    /// The number of components of the target after the pairs judged so far.
    pub(crate) count: usize,
    /// The bytes of the tenant's largest value.
    pub(crate) largest_bytes: usize,
}

/// A component that the target has, and its index in the change set.
#[derive(Debug, Clone, Copy)]
struct At<'a> {
    index: usize,
    view: ComponentView<'a>,
    is_review: bool,
}

/// What a change would touch on a target.
#[derive(Debug, Clone, Copy)]
struct TouchedAttributes {
    planned_for_qa: bool,
    anything_else: bool,
}

impl Target<'_> {
    /// The outcome of one pair. Pairs are judged in the order of the change set.
    pub(crate) fn judge(
        &mut self,
        index: usize,
        step: &Step,
        place: Place,
        memo: &mut Memo,
    ) -> PairOutcome {
        let has_changed = |since| baseline::has_changed(self.plan, step.component, since);
        if self.since.is_some_and(has_changed) {
            return PairOutcome::skipped(step.own_action, Reason::ChangedSincePreview);
        }
        let row = match (&step.effect, place) {
            (Effect::Nothing(reason), _) => return PairOutcome::skipped(step.own_action, *reason),
            (_, Place::Missing) => return self.judge_missing(step),
            (effect, Place::Mismatch) => {
                return PairOutcome::skipped(action_on_existing(effect), Reason::TypeMismatch);
            }
            (_, Place::At(row)) => row,
        };
        let view = self.plan.view(row);
        let is_review = step.is_review;
        let at = At {
            index,
            view,
            is_review,
        };
        if !self.statuses.matches(view.status(), view.planned_for_qa()) {
            let action = action_on_existing(&step.effect);
            return PairOutcome::skipped(action, Reason::StatusNotSelected);
        }
        match &step.effect {
            Effect::Nothing(reason) => PairOutcome::skipped(step.own_action, *reason),
            Effect::Delete => self.judge_delete(at),
            Effect::Create(content, None) | Effect::Overwrite(content) => {
                let owner = owner::on_overwrite(self.owner_rule, content.owner(), self.of(true));
                // Planned for QA is a state: only a created component gets it from the source.
                self.judge_change(content, owner, None, at, memo)
            }
            Effect::Create(_, Some(content))
            | Effect::Update(content)
            | Effect::Select(content) => {
                let owner = self.owner_named(content, true).unwrap_or(OwnerEffect::Kept);
                let planned = content.planned_for_qa;
                self.judge_change(content, owner, planned, at, memo)
            }
        }
    }

    fn judge_missing(&mut self, step: &Step) -> PairOutcome {
        let (content, explicit) = match &step.effect {
            Effect::Nothing(reason) => return PairOutcome::skipped(step.own_action, *reason),
            Effect::Delete => return PairOutcome::skipped(Action::Delete, Reason::AlreadyAbsent),
            Effect::Update(_) | Effect::Select(_) => {
                return PairOutcome::skipped(Action::Synchronise, Reason::MissingOnTarget);
            }
            Effect::Create(content, explicit) => (content, explicit.as_ref()),
            Effect::Overwrite(content) => (content, None),
        };
        if let Some(refused) = self.permissions.refuse_add() {
            return PairOutcome::skipped(Action::Create, reason(refused));
        }
        if self.count >= COMPONENTS_MAX {
            return PairOutcome::skipped(Action::Create, Reason::LimitExceeded);
        }
        self.count = self.count.saturating_add(1);
        let named = explicit.and_then(|explicit| self.owner_named(explicit, false));
        let owner = named.unwrap_or_else(|| {
            owner::on_overwrite(self.owner_rule, content.owner(), self.of(false))
        });
        if step.is_review {
            let new_owner = self.owner(content, owner).unwrap_or(ValueId::NULL);
            self.make_tasks(content.review_at(), new_owner);
        }
        PairOutcome::applied(Action::Create, owner, self.withholds(content))
    }

    fn judge_delete(&mut self, at: At<'_>) -> PairOutcome {
        let view = at.view;
        if let Some(refused) = self.permissions.refuse_delete(view.is_finished()) {
            return PairOutcome::skipped(Action::Delete, reason(refused));
        }
        self.count = self.count.saturating_sub(1);
        let review = if at.is_review { view.review() } else { None };
        let tasks = review.map_or(0, |review| {
            review.open_task_count(self.has_administrator(view))
        });
        let lost = Lost {
            tasks: u8::try_from(tasks).unwrap_or(u8::MAX),
            evidence: view.evidence(),
            finished: view.is_finished(),
        };
        PairOutcome::applied(Action::Delete, OwnerEffect::Kept, false).with_lost(lost)
    }

    fn judge_change(
        &mut self,
        content: &Content,
        owner: OwnerEffect,
        planned_for_qa: Option<ValueId>,
        at: At<'_>,
        memo: &mut Memo,
    ) -> PairOutcome {
        let view = at.view;
        let review = if at.is_review { view.review() } else { None };
        let type_kept = review
            .as_ref()
            .is_some_and(|review| reviews::keeps_type(content, review, view));
        let new_type = content.review_type.filter(|_| !type_kept);
        let touched = TouchedAttributes {
            planned_for_qa: planned_for_qa
                .is_some_and(|id| view.value(Attribute::PlannedForQa) != id),
            anything_else: self.differs(content, owner, view)
                || new_type.is_some_and(|id| view.value(Attribute::ReviewType) != id)
                || self.elements_differ(content, (at.index, view), memo),
        };
        if !touched.planned_for_qa && !touched.anything_else {
            return PairOutcome::unchanged(Action::Synchronise).with_review_type_kept(type_kept);
        }
        let refused = self
            .permissions
            .refuse_edit(view.is_finished(), !touched.anything_else);
        if let Some(refused) = refused {
            return self.without_rest(touched, view, reason(refused));
        }
        if !content.surely_fits(self.largest_bytes)
            && self.exceeds(content, (owner, new_type), (at.index, view), memo)
        {
            return PairOutcome::skipped(Action::Synchronise, Reason::LimitExceeded);
        }
        // V2: a change of planned for QA alone does not recreate a review.
        let review = review.filter(|_| touched.anything_else);
        let pair_outcome =
            PairOutcome::applied(Action::Synchronise, owner, self.withholds(content))
                .with_review_type_kept(type_kept)
                .with_evidence_lost(self.loses_evidence(content, view));
        match review {
            Some(review) => self.with_review(pair_outcome, content, &review, view),
            None => pair_outcome,
        }
    }

    /// P4: if P3 forbids the other changes, `planned_for_qa` alone is replayed by those who may
    /// change it.
    fn without_rest(
        &self,
        touched: TouchedAttributes,
        view: ComponentView<'_>,
        withheld: Reason,
    ) -> PairOutcome {
        let finished = view.is_finished();
        if touched.planned_for_qa && self.permissions.refuse_edit(finished, true).is_none() {
            PairOutcome::applied(Action::Synchronise, OwnerEffect::Kept, false)
                .with_rest_withheld(withheld)
        } else {
            PairOutcome::skipped(Action::Synchronise, withheld)
        }
    }

    fn differs(&self, content: &Content, owner: OwnerEffect, view: ComponentView<'_>) -> bool {
        let cells = content.cells.iter();
        let mut cells = cells.map(|(attribute, id)| view.value(*attribute) != *id);
        cells.any(|differs| differs)
            || self
                .owner(content, owner)
                .is_some_and(|id| view.value(Attribute::Owner) != id)
            || self
                .exercise(content)
                .is_some_and(|id| view.value(Attribute::MarkingAidExercise) != id)
    }

    fn elements_differ(
        &self,
        content: &Content,
        (index, view): (usize, ComponentView<'_>),
        memo: &mut Memo,
    ) -> bool {
        let mut all = content.elements.iter();
        all.any(|(attribute, elements)| {
            let id = view.value(*attribute);
            memo.effect(index, *attribute, elements, id, self.values)
                .changes
        })
    }

    /// Whether the result would exceed a bound of an attribute, or of the component's text.
    fn exceeds(
        &self,
        content: &Content,
        (owner, new_type): (OwnerEffect, Option<ValueId>),
        (index, view): (usize, ComponentView<'_>),
        memo: &mut Memo,
    ) -> bool {
        let mut bytes = content.bytes;
        for (attribute, elements) in &content.elements {
            let id = view.value(*attribute);
            let effect = memo.effect(index, *attribute, elements, id, self.values);
            if effect.exceeds {
                return true;
            }
            bytes = bytes.saturating_add(effect.bytes);
        }
        for attribute in content.texts_left.iter() {
            let own = view.value(attribute);
            let replaced = if attribute == Attribute::Owner {
                self.owner_bytes(content, owner)
            } else {
                let is_new = attribute == Attribute::ReviewType && new_type.is_some();
                is_new.then_some(content.bytes_decided.0)
            };
            let own_bytes = || self.values.get(own).bytes();
            bytes = bytes.saturating_add(replaced.unwrap_or_else(own_bytes));
        }
        bytes > ATTRIBUTES_BYTES_MAX
    }

    /// V6: whether an administrator attends the meeting of a component as it is now.
    fn has_administrator(&self, view: ComponentView<'_>) -> bool {
        view.value(Attribute::Owner) != ValueId::NULL || self.case_owner != ValueId::NULL
    }

    /// The properties of the target that matter for an owner.
    fn of(&self, exists: bool) -> TargetOwner {
        TargetOwner {
            exists,
            has_case_owner: self.case_owner != ValueId::NULL,
        }
    }

    /// O3: where the owner comes from if the owner itself was edited.
    fn owner_named(&self, content: &Content, exists: bool) -> Option<OwnerEffect> {
        let is_named = content.owner.is_some();
        is_named.then(|| owner::on_change(self.owner_rule, content.owner(), self.of(exists)))
    }

    fn owner(&self, content: &Content, owner: OwnerEffect) -> Option<ValueId> {
        match owner {
            OwnerEffect::Kept => None,
            OwnerEffect::Source => content.owner,
            OwnerEffect::TargetCaseOwner => Some(self.case_owner),
        }
    }

    /// The bytes of the new owner's name, which may be a value that the tenant does not have yet.
    fn owner_bytes(&self, content: &Content, owner: OwnerEffect) -> Option<usize> {
        match owner {
            OwnerEffect::Kept => None,
            OwnerEffect::Source => Some(content.bytes_decided.1),
            OwnerEffect::TargetCaseOwner => Some(self.case_owner_bytes),
        }
    }

    fn exercise(&self, content: &Content) -> Option<ValueId> {
        content.exercise.filter(|_| self.marking_aid)
    }

    fn withholds(&self, content: &Content) -> bool {
        content.exercise.is_some() && !self.marking_aid
    }
}

/// The action on a component that the target has.
const fn action_on_existing(effect: &Effect) -> Action {
    match effect {
        Effect::Delete => Action::Delete,
        Effect::Nothing(_)
        | Effect::Create(..)
        | Effect::Overwrite(_)
        | Effect::Update(_)
        | Effect::Select(_) => Action::Synchronise,
    }
}

const fn reason(refused: PermissionReason) -> Reason {
    match refused {
        PermissionReason::AddNotPermitted => Reason::AddNotPermitted,
        PermissionReason::EditFinishedNotPermitted => Reason::EditFinishedNotPermitted,
        PermissionReason::DeleteNotPermitted => Reason::DeleteNotPermitted,
        PermissionReason::DeleteFinishedNotPermitted => Reason::DeleteFinishedNotPermitted,
        // The last two refuse whole commands and never occur for a pair.
        PermissionReason::EditNotPermitted
        | PermissionReason::SystemOnly
        | PermissionReason::AdministratorOnly
        | PermissionReason::ReadNotPermitted => Reason::EditNotPermitted,
    }
}

/// The last effect of each component's elements: most targets hold the same lists.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    criteria: Vec<Option<(ValueId, ElementEffect)>>,
    documents: Vec<Option<(ValueId, ElementEffect)>>,
}

impl Memo {
    /// A memo for this number of components.
    pub(crate) fn new(count: usize) -> Self {
        Self {
            criteria: vec![None; count],
            documents: vec![None; count],
        }
    }

    fn effect(
        &mut self,
        index: usize,
        attribute: Attribute,
        elements: &Elements,
        id: ValueId,
        values: &Values,
    ) -> ElementEffect {
        let list = if attribute == Attribute::Documents {
            &mut self.documents
        } else {
            &mut self.criteria
        };
        if let Some((known, effect)) = list[index]
            && known == id
        {
            return effect;
        }
        let effect = elements.effect(values.get(id));
        list[index] = Some((id, effect));
        effect
    }
}
