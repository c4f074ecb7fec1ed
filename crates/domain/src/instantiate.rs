//! Instantiating a template: what of it a plan lacks.
//!
//! Owns the rules of `plan.instantiate`. What the components hold is the template's.

use crate::decide::{Context, Decided};
use crate::event::{Event, PlanInstantiated, Run};
use crate::ids::{LearnerId, ProgrammeId};
use crate::noted::Noted;
use crate::plan::{COMPONENTS_MAX, Plan};
use crate::rejection::Rejection;
use crate::rights::Rights;
use crate::stream::Stream;
use crate::template::TemplateContent;
use crate::tenant::Tenant;
use crate::visibility::visible_learner;

/// Adds the components of a programme's template that a plan lacks.
pub(crate) fn decide_instantiate(
    tenant: &Tenant,
    context: &Context<'_>,
    learner: LearnerId,
    programme: ProgrammeId,
) -> Result<Decided, Rejection> {
    let record = visible_learner(tenant, context.actor, learner)?;
    if tenant.programme(programme).is_none() || record.enrolment(programme).is_none() {
        return Err(Rejection::ProgrammeNotFound(programme));
    }
    Rights::of(tenant, context.actor).refuse_unless(|held| held.refuse_add())?;
    let plan = tenant.plan(learner);
    let lacking = match tenant.template(programme) {
        Some(template) => lacking(plan, template),
        None => Vec::new(),
    };
    let Some(template) = tenant.template(programme).filter(|_| !lacking.is_empty()) else {
        let version = plan.version();
        return Ok(Decided::Unchanged(Noted::Instantiated { version }));
    };
    let event = PlanInstantiated {
        programme,
        template_version: template.version(),
        added: lacking,
    };
    let count = plan.len() + event.added_count();
    if count > COMPONENTS_MAX {
        let problem = format!("a plan has at most {COMPONENTS_MAX} components, not {count}");
        return Err(Rejection::invalid("programme", problem));
    }
    Ok(Decided::Events {
        stream: Stream::Plan(learner),
        events: vec![Event::PlanInstantiated(event)],
    })
}

/// The places of a template's components that a plan lacks, as runs.
fn lacking(plan: &Plan, template: &TemplateContent) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for row in template.shape().rows() {
        if plan.row(template.shape().entry(row).component).is_some() {
            continue;
        }
        match runs.last_mut() {
            Some(run) if run.from + run.count == row.place() => run.count += 1,
            Some(_) | None => runs.push(Run {
                from: row.place(),
                count: 1,
            }),
        }
    }
    runs
}
