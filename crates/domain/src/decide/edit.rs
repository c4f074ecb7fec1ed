//! Editing a plan by hand (`plan.edit`): either all edits of a command are carried out or none, and
//! each applies to the result of those before it.
//!
//! The checks of each edit are made in the order of R3 in `RULES.md`. What an event does to the plan
//! is defined by the fold, which is also used here to compute the intermediate plans.

use crate::access::erasure::refuse_erased;
use crate::access::rights::Rights;
use crate::access::visibility::visible_learner;
use crate::command::Edit;
use crate::command::bounds::{check_bytes, check_bytes_count};
use crate::command::context::Context;
use crate::command::decided::Decided;
use crate::command::rejection::Rejection;
use crate::command::undecided::Undecided;
use crate::decide::marking_aid;
use crate::event::command_outcome::CommandOutcome;
use crate::event::{
    ComponentAdded, ComponentChanged, ComponentReadded, ComponentRemoved, Event, EvidenceSubmitted,
    StatusSet,
};
use crate::fold::plan::{self};
use crate::ids::stream::Stream;
use crate::ids::version::Version;
use crate::ids::{ComponentId, ComponentType, LearnerId, ProgrammeId};
use crate::permission::PermissionSet;
use crate::plan::draft::PlanDraft;
use crate::plan::shape::Row;
use crate::plan::status::Status;
use crate::plan::{COMPONENTS_MAX, Plan};
use crate::reference::learner::Learner;
use crate::state::current::Current;
use crate::state::tenant::Tenant;
use crate::text::personal::Personal;
use crate::values::attribute::{Attribute, AttributeSet};
use crate::values::attributes::AttributeMap;
use crate::values::{ValueId, Values};

/// `plan.edit`.
pub(crate) fn decide_edits(
    tenant: &Tenant,
    context: &Context<'_>,
    learner: LearnerId,
    expected_version: Option<Version>,
    edits: &[Edit],
) -> Result<Decided, Undecided> {
    let record = visible_learner(tenant, context.actor, learner)?;
    refuse_erased(tenant, learner)?;
    let plan = tenant.resident_plan(learner)?;
    let actual = plan.version();
    if expected_version.is_some_and(|expected| expected != actual) {
        return Err(Rejection::VersionConflict { actual }.into());
    }
    let mut editing = Editing::new(tenant, context, record, plan);
    for (index, edit) in edits.iter().enumerate() {
        editing.edit(edit, &format!("edits[{index}]"))?;
    }
    Ok(match editing.finish(plan) {
        events if events.is_empty() => Decided::Unchanged(CommandOutcome::Plan { version: actual }),
        events => Decided::Events {
            stream: Stream::Plan(learner),
            events,
        },
    })
}

/// The plan after the edits so far, and the events that they produced.
struct Editing<'a> {
    tenant: &'a Tenant,
    /// The learner whose plan it is.
    learner: &'a Learner,
    rights: Rights,
    /// A copy: values that are only tried must not enter the tenant's table.
    values: Values,
    draft: PlanDraft,
    version: Version,
    events: Vec<Event>,
}

impl<'a> Editing<'a> {
    fn new(tenant: &'a Tenant, context: &Context<'_>, learner: &'a Learner, plan: &Plan) -> Self {
        Self {
            tenant,
            learner,
            rights: Rights::of(tenant, context.actor),
            values: tenant.values().to_try(),
            draft: PlanDraft::new(plan),
            version: plan.version().next(),
            events: Vec::new(),
        }
    }

    /// The events, or none if the plan is again what it was.
    fn finish(self, plan: &Plan) -> Vec<Event> {
        if self.events.is_empty() {
            return self.events;
        }
        let mut shapes = self.tenant.shapes.clone();
        let after = self.draft.finish(self.version, &mut shapes);
        if after.same_content(plan) {
            Vec::new()
        } else {
            self.events
        }
    }

    fn happened(&mut self, event: Event) {
        let draft = &mut self.draft;
        let sources = Current::of(self.tenant);
        plan::apply(draft, &sources, &mut self.values, self.version, &event);
        self.events.push(event);
    }

    fn edit(&mut self, edit: &Edit, path: &str) -> Result<(), Rejection> {
        match edit {
            Edit::Add {
                component,
                programme,
                component_type,
                attributes,
            } => self.add(*component, *programme, component_type, attributes, path),
            Edit::Readd {
                template,
                programme,
                attributes,
            } => self.readd(*template, *programme, attributes, path),
            Edit::Change {
                component,
                set,
                reason,
            } => self.change(*component, set, reason.as_ref(), path),
            Edit::Remove { component } => self.remove(*component),
            Edit::SetStatus { component, status } => self.set_status(*component, *status),
            Edit::SubmitEvidence { component } => self.submit_evidence(*component),
            Edit::SetReviewStatus { component, status } => {
                self.set_review_status(*component, *status, path)
            }
        }
    }

    fn add(
        &mut self,
        component: ComponentId,
        programme: ProgrammeId,
        component_type: &ComponentType,
        attributes: &AttributeMap,
        path: &str,
    ) -> Result<(), Rejection> {
        self.known_programme(programme)?;
        self.absent(component)?;
        check_type(component_type, attributes, &format!("{path}.attributes"))?;
        self.room(path)?;
        marking_aid::check_given(self.tenant, attributes)?;
        self.rights.refuse_unless(PermissionSet::refuse_add)?;
        self.happened(Event::ComponentAdded(ComponentAdded {
            component,
            programme,
            component_type: component_type.clone(),
            attributes: attributes.clone(),
            case_owner: self.case_owner_of_new(component_type, attributes),
        }));
        Ok(())
    }

    fn readd(
        &mut self,
        component: ComponentId,
        programme: ProgrammeId,
        attributes: &AttributeMap,
        path: &str,
    ) -> Result<(), Rejection> {
        self.known_programme(programme)?;
        self.absent(component)?;
        let not_found = Rejection::ComponentNotFound(component);
        let template = self.tenant.template(programme).ok_or(not_found.clone())?;
        let row = template.row(component).ok_or(not_found)?;
        let component_type = &template.shape().entry(row).component_type;
        let path_given = format!("{path}.attributes");
        check_type(component_type, attributes, &path_given)?;
        let kept = |attribute| template.value(row, attribute);
        check_bytes_count(self.bytes_with(kept, attributes), &path_given)?;
        self.room(path)?;
        marking_aid::check_given(self.tenant, attributes)?;
        self.rights.refuse_unless(PermissionSet::refuse_add)?;
        self.happened(Event::ComponentReadded(ComponentReadded {
            component,
            programme,
            template_version: template.version(),
            attributes: attributes.clone(),
            case_owner: self.case_owner_of_new(component_type, attributes),
        }));
        Ok(())
    }

    fn change(
        &mut self,
        component: ComponentId,
        set: &AttributeMap,
        reason: Option<&Personal>,
        path: &str,
    ) -> Result<(), Rejection> {
        let row = self.present(component)?;
        let path = format!("{path}.set");
        check_type(&self.draft.entry(row).component_type, set, &path)?;
        let kept = |attribute| self.draft.value(row, attribute);
        check_bytes_count(self.bytes_with(kept, set), &path)?;
        let exercise = self
            .values
            .get(self.draft.value(row, Attribute::MarkingAidExercise));
        marking_aid::check_change(self.tenant, set, exercise)?;
        let differing = self.differing(row, set);
        if differing.is_empty() {
            return Ok(());
        }
        self.check_reason(&differing, reason)?;
        let is_finished = self.draft.status(row).is_finished();
        let only_planned = is_only_planned_for_qa(differing.set());
        self.rights
            .refuse_unless(|held| held.refuse_edit(is_finished, only_planned))?;
        self.happened(Event::ComponentChanged(ComponentChanged {
            component,
            case_owner: self.case_owner_of_changed(row, &differing),
            set: differing,
            reason: reason.cloned(),
        }));
        Ok(())
    }

    fn remove(&mut self, component: ComponentId) -> Result<(), Rejection> {
        let row = self.present(component)?;
        let is_finished = self.draft.status(row).is_finished();
        self.rights
            .refuse_unless(|held| held.refuse_delete(is_finished))?;
        self.happened(Event::ComponentRemoved(ComponentRemoved { component }));
        Ok(())
    }

    fn set_status(&mut self, component: ComponentId, status: Status) -> Result<(), Rejection> {
        let row = self.present(component)?;
        let before = self.draft.status(row);
        if before == status {
            return Ok(());
        }
        self.rights
            .refuse_unless(|held| held.refuse_progress(before.is_finished()))?;
        self.happened(Event::StatusSet(StatusSet { component, status }));
        Ok(())
    }

    fn submit_evidence(&mut self, component: ComponentId) -> Result<(), Rejection> {
        let row = self.present(component)?;
        self.rights
            .refuse_unless(|held| held.refuse_progress(false))?;
        let count = self.draft.evidence(row).saturating_add(1);
        self.happened(Event::EvidenceSubmitted(EvidenceSubmitted {
            component,
            count,
        }));
        Ok(())
    }

    fn known_programme(&self, programme: ProgrammeId) -> Result<(), Rejection> {
        match self.tenant.programme(programme) {
            Some(_) => Ok(()),
            None => Err(Rejection::ProgrammeNotFound(programme)),
        }
    }

    fn absent(&self, component: ComponentId) -> Result<(), Rejection> {
        match self.draft.row(component) {
            None => Ok(()),
            Some(_) => Err(Rejection::ComponentExists(component)),
        }
    }

    fn present(&self, component: ComponentId) -> Result<Row, Rejection> {
        self.draft
            .row(component)
            .ok_or(Rejection::ComponentNotFound(component))
    }

    fn room(&self, path: &str) -> Result<(), Rejection> {
        if self.draft.len() < COMPONENTS_MAX {
            return Ok(());
        }
        let problem = format!("a plan has at most {COMPONENTS_MAX} components; remove one first");
        Err(Rejection::invalid(path, problem))
    }

    /// The bytes of text of a component that gets `given` and keeps its other attributes.
    fn bytes_with(&self, kept: impl Fn(Attribute) -> ValueId, given: &AttributeMap) -> usize {
        let kept_bytes = AttributeSet::ALL
            .difference(given.set())
            .iter()
            .map(|attribute| self.values.get(kept(attribute)).bytes());
        kept_bytes.sum::<usize>() + given.bytes()
    }

    /// The attributes of `set` whose values differ from the present ones.
    fn differing(&self, row: Row, set: &AttributeMap) -> AttributeMap {
        set.iter()
            .filter(|(attribute, value)| {
                *self.values.get(self.draft.value(row, *attribute)) != **value
            })
            .map(|(attribute, value)| (attribute, value.clone()))
            .collect()
    }

    /// An administrator who moves a due date must give a reason; an import need not.
    fn check_reason(
        &self,
        differing: &AttributeMap,
        reason: Option<&Personal>,
    ) -> Result<(), Rejection> {
        let needed = differing.contains(Attribute::DueDate) && self.rights != Rights::Unbound;
        if needed && reason.is_none() {
            Err(Rejection::ReasonRequired)
        } else {
            Ok(())
        }
    }
}

fn is_only_planned_for_qa(attributes: AttributeSet) -> bool {
    attributes.iter().eq([Attribute::PlannedForQa])
}

fn check_type(
    component_type: &ComponentType,
    attributes: &AttributeMap,
    path: &str,
) -> Result<(), Rejection> {
    check_bytes(attributes, path)?;
    let unfit = attributes
        .iter()
        .find(|(attribute, _)| !attribute.fits(component_type));
    match unfit {
        None => Ok(()),
        Some((attribute, _)) => {
            let problem = format!("components of type {component_type} have no {attribute}");
            Err(Rejection::invalid(format!("{path}.{attribute}"), problem))
        }
    }
}

mod reviews;
#[cfg(test)]
mod tests;
