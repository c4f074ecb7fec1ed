//! Plans by hand: a template instantiated, edits one after another, all of them or none.

use plansync_domain::ids::{ComponentId, LearnerId, ProgrammeId};
use serde_json::{Value as Json, json};

use crate::ask::{Edit, Learner, TemplateComponent};
use crate::attribute::Attribute;
use crate::component::{Attributes, Component, Status, passes_limits};
use crate::permission;
use crate::plan::Draft;
use crate::reference::check_type;
use crate::refusal::{Refusal, refuse, refuse_for};
use crate::review::{self, ReviewStatus};
use crate::value::Value;
use crate::world::World;

const COMPONENTS_MAX: usize = 5_000;

impl World {
    /// Adds the template's components that the plan lacks.
    pub(crate) fn instantiate(
        &mut self,
        actor: &str,
        learner: LearnerId,
        programme: ProgrammeId,
    ) -> Result<Json, Refusal> {
        let record = self.learner(actor, learner)?;
        self.kept(learner)?;
        let known = self.programmes.contains_key(&programme);
        if !known || record.enrolment(programme).is_none() {
            return refuse("programme_not_found");
        }
        Self::check(actor, permission::refuse_create(&self.permissions(actor)))?;
        let mut plan = self.plan(learner);
        let mut draft = plan.draft(actor, self.step);
        let template = self.templates.get(&programme).cloned().unwrap_or_default();
        let before = draft.components.len();
        for of_template in &template {
            if draft.component(of_template.component).is_none() {
                let none = Attributes::new();
                let added = from_template(of_template, programme, &none);
                draft.add(Self::with_review(added, &record));
            }
        }
        let added = draft.components.len() - before;
        if draft.components.len() > COMPONENTS_MAX {
            return refuse("invalid_request");
        }
        if draft.changed {
            plan.revise(draft, None, record.case_owner.clone());
            self.touch_by_edit(actor, learner);
        }
        let version = plan.version();
        self.plans.insert(learner, plan);
        Ok(json!({ "version": version, "added": added }))
    }

    /// Edits a plan.
    pub(crate) fn edit(
        &mut self,
        actor: &str,
        learner: LearnerId,
        expected_version: Option<usize>,
        edits: &[Edit],
    ) -> Result<Json, Refusal> {
        let record = self.learner(actor, learner)?;
        self.kept(learner)?;
        let mut plan = self.plan(learner);
        if expected_version.is_some_and(|expected| expected != plan.version()) {
            return refuse("version_conflict");
        }
        let mut draft = plan.draft(actor, self.step);
        let mut added = Vec::new();
        for edit in edits {
            added.extend(self.edit_once(actor, &record, &mut draft, edit)?);
        }
        let changed = plan.differs(&draft);
        if changed {
            plan.revise(draft, None, record.case_owner.clone());
            self.touch_by_edit(actor, learner);
        } else {
            added.clear();
        }
        let version = plan.version();
        self.plans.insert(learner, plan);
        Ok(json!({ "version": version, "changed": changed, "added": added }))
    }

    fn edit_once(
        &self,
        actor: &str,
        learner: &Learner,
        draft: &mut Draft,
        edit: &Edit,
    ) -> Result<Option<ComponentId>, Refusal> {
        match edit {
            Edit::Add {
                component,
                programme,
                component_type,
                attributes,
            } => {
                self.check_new(learner, draft, *programme, *component)?;
                check_type(component_type, attributes)?;
                let added = Component::new(*component, *programme, component_type, attributes);
                self.add(actor, learner, draft, attributes, added)?;
                Ok(Some(*component))
            }
            Edit::Readd {
                template,
                programme,
                attributes,
            } => {
                self.check_new(learner, draft, *programme, *template)?;
                let Some(of_template) = self.template_component(*programme, *template) else {
                    return refuse("component_not_found");
                };
                check_type(&of_template.component_type, attributes)?;
                let added = from_template(of_template, *programme, attributes);
                self.add(actor, learner, draft, attributes, added)?;
                Ok(Some(*template))
            }
            Edit::Change {
                component,
                set,
                reason,
            } => {
                self.change(actor, learner, draft, (*component, set, reason.as_deref()))?;
                Ok(None)
            }
            Edit::Remove { component } => {
                let present = present(draft, *component)?;
                let refused =
                    permission::refuse_delete(&self.permissions(actor), present.finished());
                Self::check(actor, refused)?;
                draft.remove(*component);
                Ok(None)
            }
            Edit::SetStatus { .. } | Edit::SubmitEvidence { .. } | Edit::SetReviewStatus { .. } => {
                self.progress(actor, learner, draft, edit)?;
                Ok(None)
            }
        }
    }

    fn check_new(
        &self,
        _learner: &Learner,
        draft: &Draft,
        programme: ProgrammeId,
        component: ComponentId,
    ) -> Result<(), Refusal> {
        if !self.programmes.contains_key(&programme) {
            return refuse("programme_not_found");
        }
        if draft.component(component).is_some() {
            return refuse("component_exists");
        }
        Ok(())
    }

    fn add(
        &self,
        actor: &str,
        learner: &Learner,
        draft: &mut Draft,
        given: &Attributes,
        added: Component,
    ) -> Result<(), Refusal> {
        if draft.components.len() >= COMPONENTS_MAX || passes_limits(&added.attributes) {
            return refuse("invalid_request");
        }
        self.check_exercise(given, &Value::Null)?;
        Self::check(actor, permission::refuse_create(&self.permissions(actor)))?;
        draft.give(added.id, given.keys().copied());
        draft.add(Self::with_review(added, learner));
        Ok(())
    }

    fn change(
        &self,
        actor: &str,
        learner: &Learner,
        draft: &mut Draft,
        (id, set, reason): (ComponentId, &Attributes, Option<&str>),
    ) -> Result<(), Refusal> {
        let present = present(draft, id)?;
        let mut next = present.clone();
        check_type(&present.component_type, set)?;
        next.attributes.extend(set.clone());
        if passes_limits(&next.attributes) {
            return refuse("invalid_request");
        }
        self.check_exercise(set, &present.value(Attribute::MarkingAidExercise))?;
        let differs: Vec<Attribute> = set
            .keys()
            .copied()
            .filter(|attribute| present.value(*attribute) != next.value(*attribute))
            .collect();
        if actor != "system" && differs.contains(&Attribute::DueDate) && reason.is_none() {
            return refuse("reason_required");
        }
        if differs.is_empty() {
            return Ok(());
        }
        let only_qa = differs == [Attribute::PlannedForQa];
        let permissions = self.permissions(actor);
        Self::check(
            actor,
            permission::refuse_edit(&permissions, present.finished(), only_qa),
        )?;
        if differs.contains(&Attribute::ReviewAt) {
            let whose = review::administrator(next.owner().as_ref(), learner.case_owner.as_ref());
            let at = next.value(Attribute::ReviewAt);
            if let Some(review) = &mut next.review {
                review::moved(review, &at, whose.as_ref());
            }
        }
        draft.explain(id, &differs, reason);
        if draft.came(id) {
            draft.give(id, differs.into_iter());
        }
        draft.put(next);
        Ok(())
    }

    /// P9: status, evidence and reviews.
    fn progress(
        &self,
        actor: &str,
        learner: &Learner,
        draft: &mut Draft,
        edit: &Edit,
    ) -> Result<(), Refusal> {
        let permissions = self.permissions(actor);
        match edit {
            Edit::SetStatus { component, status } => {
                let mut next = present(draft, *component)?.clone();
                let leaves = next.finished() && *status != Status::Completed;
                Self::check(actor, permission::refuse_progress(&permissions, leaves))?;
                next.status = *status;
                draft.put(next);
            }
            Edit::SubmitEvidence { component } => {
                let mut next = present(draft, *component)?.clone();
                next.evidence += 1;
                draft.put(next);
            }
            Edit::SetReviewStatus { component, status } => {
                let mut next = present(draft, *component)?.clone();
                let whose =
                    review::administrator(next.owner().as_ref(), learner.case_owner.as_ref());
                let at = next.value(Attribute::ReviewAt);
                let Some(review) = &mut next.review else {
                    return refuse("invalid_request");
                };
                if review.status == *status {
                    return Ok(());
                }
                if !review::may_be(*status, &at) {
                    return refuse("invalid_request");
                }
                let leaves =
                    review.status == ReviewStatus::Completed && *status != ReviewStatus::Completed;
                Self::check(actor, permission::refuse_progress(&permissions, leaves))?;
                review::set(review, *status, &at, whose.as_ref());
                draft.put(next);
            }
            Edit::Add { .. } | Edit::Readd { .. } | Edit::Change { .. } | Edit::Remove { .. } => {}
        }
        Ok(())
    }

    /// No permission binds `system`.
    fn check(actor: &str, refused: Option<&'static str>) -> Result<(), Refusal> {
        match refused {
            Some(reason) if actor != "system" => refuse_for(reason),
            Some(_) | None => Ok(()),
        }
    }

    /// Where Marking Aid is off, no exercise can be set, nor taken away.
    fn check_exercise(&self, given: &Attributes, present: &Value) -> Result<(), Refusal> {
        let exercise = given.get(&Attribute::MarkingAidExercise);
        let moves = exercise.is_some_and(|value| *value != Value::Null || value != present);
        if !self.marking_aid() && moves {
            return refuse("attribute_not_allowed");
        }
        Ok(())
    }

    /// V0, V1: whatever way a review component comes, its review comes with it.
    pub(crate) fn with_review(mut component: Component, learner: &Learner) -> Component {
        if component.component_type == "review" {
            let owner = component.owner();
            let whose = review::administrator(owner.as_ref(), learner.case_owner.as_ref());
            let at = component.value(Attribute::ReviewAt);
            component.review = Some(review::created(&at, whose.as_ref()));
        }
        component
    }
}

fn present(draft: &Draft, id: ComponentId) -> Result<&Component, Refusal> {
    match draft.component(id) {
        Some(component) => Ok(component),
        None => refuse("component_not_found"),
    }
}

/// A template's component on a plan, with what differs.
fn from_template(
    of_template: &TemplateComponent,
    programme: ProgrammeId,
    given: &Attributes,
) -> Component {
    let mut attributes = of_template.attributes.clone();
    attributes.extend(given.clone());
    let (id, component_type) = (of_template.component, &of_template.component_type);
    let mut component = Component::new(id, programme, component_type, &attributes);
    component.from_template = true;
    component
}
