//! What each event does to a plan. The state and the readers of past versions use the same fold.
//!
//! It is total: an event about a component that is not there changes nothing. Replays of a sync are
//! in `replay`.

use std::sync::Arc;

use crate::event::sync::TargetReplayed;
use crate::event::{ComponentAdded, ComponentChanged, ComponentReadded, Event, PlanInstantiated};
use crate::fold::replay;
use crate::fold::replay_cache::ReplayCache;
use crate::fold::review;
use crate::ids::version::{TemplateVersion, Version};
use crate::ids::{ComponentId, ProgrammeId, SyncId};
use crate::plan::Plan;
use crate::plan::draft::PlanDraft;
use crate::plan::shape::{Row, ShapeEntry, Shapes};
use crate::plan::table::cells_of;
use crate::reference::template::TemplateContent;
use crate::sync::prepared::Prepared;
use crate::values::Values;
use crate::values::attribute::Attribute;

/// The data that a plan's events refer to instead of repeating it.
pub trait Sources {
    /// A programme's template at a version.
    fn template(
        &self,
        programme: ProgrammeId,
        version: TemplateVersion,
    ) -> Option<Arc<TemplateContent>>;

    /// The change set of a sync, prepared for replaying.
    fn prepared(&self, sync: SyncId) -> Option<Arc<Prepared>>;
}

/// The tables that plans share.
#[derive(Debug)]
pub struct Interned<'a> {
    /// Every distinct value.
    pub values: &'a mut Values,
    /// Every distinct shape.
    pub shapes: &'a mut Shapes,
    /// The latest replays.
    pub replay_cache: &'a mut ReplayCache,
}

/// The plan after one commit, which gives it `version`.
pub fn fold_commit(
    plan: &Plan,
    sources: &impl Sources,
    interned: &mut Interned<'_>,
    version: Version,
    events: &[Event],
) -> Plan {
    if let [Event::TargetReplayed(replayed)] = events
        && let Some(prepared) = sources.prepared(replayed.sync)
    {
        return fold_replay(plan, &prepared, interned, version, replayed);
    }
    let mut draft = PlanDraft::new(plan);
    for event in events {
        apply(&mut draft, sources, interned.values, version, event);
    }
    draft.finish(version, interned.shapes)
}

/// A replay is the only event of its commit on each plan.
fn fold_replay(
    plan: &Plan,
    prepared: &Prepared,
    interned: &mut Interned<'_>,
    version: Version,
    replayed: &TargetReplayed,
) -> Plan {
    if let Some(after) = interned.replay_cache.get(plan, version, replayed) {
        return after;
    }
    let mut draft = PlanDraft::new(plan);
    let onto = (plan.shape(), version);
    replay::apply(&mut draft, onto, prepared, replayed, interned.values);
    let mut after = draft.finish(version, interned.shapes);
    interned.replay_cache.insert(plan, replayed, &mut after);
    after
}

/// Applies one event of a plan's stream to a draft of the plan.
pub(crate) fn apply(
    draft: &mut PlanDraft,
    sources: &impl Sources,
    values: &mut Values,
    version: Version,
    event: &Event,
) {
    match event {
        Event::PlanInstantiated(event) => instantiated(draft, sources, values, version, event),
        Event::ComponentAdded(event) => added(draft, values, version, event),
        Event::ComponentReadded(event) => readded(draft, sources, values, version, event),
        Event::ComponentChanged(event) => changed(draft, values, version, event),
        Event::ComponentRemoved(event) => {
            if let Some(row) = draft.row(event.component) {
                draft.remove(row, version);
            }
        }
        Event::StatusSet(event) => touched(draft, event.component, version, |draft, row| {
            draft.set_status(row, event.status);
        }),
        Event::EvidenceSubmitted(event) => {
            touched(draft, event.component, version, |draft, row| {
                draft.set_evidence(row, event.count);
            });
        }
        Event::ReviewStatusSet(event) => touched(draft, event.component, version, |draft, row| {
            review::status_set(draft, row, event, values);
        }),
        Event::TenantPut(_)
        | Event::AdministratorPut(_)
        | Event::EngineStarted(_)
        | Event::AdministratorRemoved(_)
        | Event::LearnerPut(_)
        | Event::LearnerHeld(_)
        | Event::LearnerReleased(_)
        | Event::LearnerErasureRequested(_)
        | Event::LearnerErased(_)
        | Event::ProgrammePut(_)
        | Event::TemplatePut(_)
        | Event::TemplateRemoved(_)
        | Event::RecordOpened(_)
        | Event::RecordClosed(_)
        | Event::RecordResumed(_)
        | Event::ChangeSetChunk(_)
        | Event::SyncAccepted(_)
        | Event::TargetReplayed(_)
        | Event::SyncCancelled(_)
        | Event::SyncCompleted(_)
        | Event::CommandOutcome(_)
        | Event::CommandAccepted(_)
        | Event::CommandRejected(_) => {}
    }
}

/// An empty plan that gets a whole template shares the template's columns.
fn instantiated(
    draft: &mut PlanDraft,
    sources: &impl Sources,
    values: &mut Values,
    version: Version,
    event: &PlanInstantiated,
) {
    let Some(template) = sources.template(event.programme, event.template_version) else {
        return;
    };
    if draft.is_empty() && event.added_count() == template.len() {
        draft.fill(template.table(), version);
        return;
    }
    for row in event.rows() {
        if row.index() < template.len() {
            let entry = template.shape().entry(row).clone();
            let row = draft.add(entry, template.cells(row), true, version);
            review::added(draft, row, version, None, values);
        }
    }
}

fn added(draft: &mut PlanDraft, values: &mut Values, version: Version, event: &ComponentAdded) {
    let entry = ShapeEntry {
        component: event.component,
        programme: event.programme,
        component_type: event.component_type.clone(),
    };
    let cells = cells_of(&event.attributes, |value| values.intern(value));
    let row = draft.add(entry, cells, false, version);
    review::added(draft, row, version, event.case_owner.as_ref(), values);
}

fn readded(
    draft: &mut PlanDraft,
    sources: &impl Sources,
    values: &mut Values,
    version: Version,
    event: &ComponentReadded,
) {
    let Some(template) = sources.template(event.programme, event.template_version) else {
        return;
    };
    let Some(from) = template.row(event.component) else {
        return;
    };
    let entry = template.shape().entry(from).clone();
    let row = draft.add(entry, template.cells(from), true, version);
    for (attribute, value) in event.attributes.iter() {
        draft.set(row, attribute, values.intern(value));
    }
    review::added(draft, row, version, event.case_owner.as_ref(), values);
}

fn changed(draft: &mut PlanDraft, values: &mut Values, version: Version, event: &ComponentChanged) {
    touched(draft, event.component, version, |draft, row| {
        for (attribute, value) in event.set.iter() {
            draft.set(row, attribute, values.intern(value));
        }
        if event.set.contains(Attribute::ReviewAt) {
            review::rescheduled(draft, row, event.case_owner.as_ref(), values);
        }
    });
}

fn touched(
    draft: &mut PlanDraft,
    component: ComponentId,
    version: Version,
    write: impl FnOnce(&mut PlanDraft, Row),
) {
    if let Some(row) = draft.row(component) {
        write(draft, row);
        draft.touch(row, version);
    }
}

#[cfg(test)]
mod tests;
