//! Plans as they are, and the changes that made them so.

use plansync_primitives::ids::ProgrammeId;
use plansync_protocol::audit::{AuditPlanPage, ChangedValues, PlanContentChange};
use plansync_protocol::plan::{Assignee, ReviewSide};

use crate::error::ExportError;
use crate::model::{Note, Word, value_text};
use crate::tables::{AttributeCells, Component, Edit, EditValue, Plan, Task};
use crate::workspace::Workspace;

/// Loads a page of a plan; `before` is the number of components on the pages before it. Only components of a
/// programme are kept, if one is given. A plan without a commit has no row.
///
/// # Errors
/// If a row cannot be written.
pub fn plan(
    workspace: &mut Workspace,
    page: AuditPlanPage,
    before: u64,
    programme: Option<ProgrammeId>,
) -> Result<(), ExportError> {
    let (learner, point) = (page.learner, page.point);
    let Some(at) = point.at else { return Ok(()) };
    workspace.insert_new(Plan {
        learner,
        version: point.version,
        position: point.position,
        at,
    })?;
    for (number, component) in (before + 1..).zip(page.components) {
        if programme.is_some_and(|programme| programme != component.programme) {
            continue;
        }
        let review = component.review;
        let tasks = review.as_ref().map_or(&[][..], |review| &review.tasks);
        for task in tasks {
            let (assignee, administrator) = match &task.assignee {
                Assignee::Learner => ("learner", None),
                Assignee::Administrator(id) => ("administrator", Some(id.clone())),
            };
            workspace.insert(Task {
                learner,
                component: component.component,
                task: task.task,
                assignee: Word(assignee),
                administrator,
                at: task.at,
                status: Word(task.status.as_str()),
            })?;
        }
        workspace.insert(Component {
            learner,
            component: component.component,
            number,
            programme: component.programme,
            component_type: component.component_type.to_string(),
            from_template: component.from_template,
            status: Word(component.status.as_str()),
            evidence_submitted: component.evidence_submitted,
            attributes: AttributeCells(component.attributes),
            review: review.as_ref().map(|review| review.review),
            review_status: review.as_ref().map(|review| Word(review.status.as_str())),
            review_scheduled_at: review.and_then(|review| review.review_at),
            updated_position: component.last_updated.position,
            updated_at: component.last_updated.at,
            updated_by: component.last_updated.by,
        })?;
    }
    Ok(())
}

/// Loads changes, which must have their values.
///
/// # Errors
/// [`ExportError::Inconsistent`] if one is without.
pub fn changes(
    workspace: &mut Workspace,
    changes: Vec<PlanContentChange>,
) -> Result<(), ExportError> {
    for change in changes {
        let (position, component) = (change.position, change.component);
        let Some(values) = change.values else {
            let problem = format!(
                "the service told no values for the change at position {}",
                position.0
            );
            return Err(ExportError::Inconsistent(problem));
        };
        for (attribute, before, after) in differences(values) {
            workspace.insert(EditValue {
                position,
                component,
                attribute: Word(attribute),
                before,
                after,
            })?;
        }
        workspace.insert(Edit {
            position,
            component,
            learner: change.learner,
            version: change.version,
            at: change.at,
            actor: change.by,
            change: Word(change.change.as_str()),
            component_name: change.name,
            programme: change.programme,
            component_type: change.component_type.to_string(),
            sync: change.sync,
            reason: change.reason.map(Note),
            reason_position: change.reason_from.map(|origin| origin.position),
        })?;
    }
    Ok(())
}

type Difference = (&'static str, Option<String>, Option<String>);

fn differences(values: ChangedValues) -> Vec<Difference> {
    let attributes = values.attributes.iter().map(|change| {
        let (before, after) = (value_text(&change.before), value_text(&change.after));
        (change.attribute.as_str(), before, after)
    });
    let mut all: Vec<Difference> = attributes.collect();
    if let Some(status) = values.status {
        let [before, after] = [status.before, status.after]
            .map(|status| status.map(|status| status.as_str().to_owned()));
        all.push(("status", before, after));
    }
    if let Some(evidence) = values.evidence {
        let [before, after] = [evidence.before, evidence.after].map(|count| count.to_string());
        all.push(("evidence_submitted", Some(before), Some(after)));
    }
    if let Some(review) = values.review {
        let side = |of: fn(&ReviewSide) -> Option<String>| {
            [&review.before, &review.after].map(|side| side.as_ref().and_then(of))
        };
        let all_of_it = [
            ("review", side(|side| Some(side.review.to_string()))),
            (
                "review_status",
                side(|side| Some(side.status.as_str().to_owned())),
            ),
            (
                "review_scheduled_at",
                side(|side| side.review_at.map(|at| at.to_string())),
            ),
        ];
        let differ = all_of_it
            .into_iter()
            .filter(|(_, [before, after])| before != after);
        all.extend(differ.map(|(name, [before, after])| (name, before, after)));
    }
    // Null before and after says nothing, as of an attribute that an added component does not have.
    all.retain(|(_, before, after)| before != after);
    all
}
