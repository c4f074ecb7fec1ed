//! Instantiating a template (`plan.instantiate`): adding the components that a plan does not have.
//!
//! The event names the template's version and rows; the values of the components are those of the
//! template.

use crate::access::erasure::refuse_erased;
use crate::access::rights::Rights;
use crate::access::visibility::visible_learner;
use crate::command::context::Context;
use crate::command::decided::Decided;
use crate::command::rejection::Rejection;
use crate::command::undecided::Undecided;
use crate::event::command_outcome::CommandOutcome;
use crate::event::{Event, PlanInstantiated, RowRun};
use crate::ids::stream::Stream;
use crate::ids::{LearnerId, ProgrammeId};
use crate::permission::PermissionSet;
use crate::plan::{COMPONENTS_MAX, Plan};
use crate::reference::template::TemplateContent;
use crate::state::tenant::Tenant;

/// Adds the components of a programme's template that a plan does not have.
pub(crate) fn decide_instantiate(
    tenant: &Tenant,
    context: &Context<'_>,
    learner: LearnerId,
    programme: ProgrammeId,
) -> Result<Decided, Undecided> {
    let record = visible_learner(tenant, context.actor, learner)?;
    refuse_erased(tenant, learner)?;
    if tenant.programme(programme).is_none() || record.enrolment(programme).is_none() {
        return Err(Rejection::ProgrammeNotFound(programme).into());
    }
    Rights::of(tenant, context.actor).refuse_unless(PermissionSet::refuse_add)?;
    let plan = tenant.resident_plan(learner)?;
    let lacking = match tenant.template(programme) {
        Some(template) => lacking(plan, template),
        None => Vec::new(),
    };
    let Some(template) = tenant.template(programme).filter(|_| !lacking.is_empty()) else {
        let version = plan.version();
        return Ok(Decided::Unchanged(CommandOutcome::Instantiated { version }));
    };
    let event = PlanInstantiated {
        programme,
        template_version: template.version(),
        added: lacking,
    };
    let count = plan.len() + event.added_count();
    if count > COMPONENTS_MAX {
        let problem = format!("a plan has at most {COMPONENTS_MAX} components, not {count}");
        return Err(Rejection::invalid("programme", problem).into());
    }
    Ok(Decided::Events {
        stream: Stream::Plan(learner),
        events: vec![Event::PlanInstantiated(event)],
    })
}

/// The rows of a template's components that a plan does not have, as runs.
fn lacking(plan: &Plan, template: &TemplateContent) -> Vec<RowRun> {
    let mut runs: Vec<RowRun> = Vec::new();
    for row in template.shape().rows() {
        if plan.row(template.shape().entry(row).component).is_some() {
            continue;
        }
        match runs.last_mut() {
            Some(run) if run.from + run.count == row.place() => run.count += 1,
            Some(_) | None => runs.push(RowRun {
                from: row.place(),
                count: 1,
            }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::command::{Command, Edit};
    use crate::ids::Actor;
    use crate::ids::version::{TemplateVersion, Version};
    use crate::permission::{Permission, PermissionReason};
    use crate::test_support::{
        Given, actor, component, given, learner, programme, template_component,
    };

    fn instantiate(of: u128) -> Command {
        Command::InstantiatePlan {
            learner: learner(1),
            programme: programme(of),
        }
    }

    fn remove<const N: usize>(components: [u128; N]) -> Command {
        Command::EditPlan {
            learner: learner(1),
            expected_version: None,
            edits: components
                .map(|number| Edit::Remove {
                    component: component(number),
                })
                .into(),
        }
    }

    fn world() -> Given {
        given()
            .administrator("ann", [Permission::AdvancedDeliveryAdd])
            .administrator("eve", [Permission::AdvancedDeliveryEdit])
            .programme(1)
            .programme(2)
            .template(
                1,
                [5, 4, 3, 2, 1].map(|number| template_component(number, "exam")),
            )
            .learner(1, [1, 9])
    }

    fn instantiated<const N: usize>(runs: [(u32, u32); N]) -> Event {
        Event::PlanInstantiated(PlanInstantiated {
            programme: programme(1),
            template_version: TemplateVersion::new(1),
            added: runs.map(|(from, count)| RowRun { from, count }).into(),
        })
    }

    #[test]
    fn p2_instantiating_needs_advanced_delivery_add() {
        let refused = Rejection::NotPermitted(PermissionReason::AddNotPermitted);
        world()
            .when(&actor("eve"), &instantiate(1))
            .then_refused(refused);
        for by in [actor("ann"), Actor::System] {
            world()
                .when(&by, &instantiate(1))
                .then(Stream::Plan(learner(1)), [instantiated([(0, 5)])]);
        }
    }

    #[test]
    fn e4_only_what_the_plan_lacks_is_added_in_the_templates_order() {
        let lacking = world()
            .done(&Actor::System, &instantiate(1))
            .done(&Actor::System, &remove([5, 4, 2]));
        lacking
            .when(&Actor::System, &instantiate(1))
            .then(Stream::Plan(learner(1)), [instantiated([(0, 2), (3, 1)])]);
        let whole = lacking.done(&Actor::System, &instantiate(1));
        let order = whole.tenant.plan(learner(1)).iter();
        let order: Vec<_> = order
            .map(|view| (view.component(), view.last_changed()))
            .collect();
        let expected = [(3, 1), (1, 1), (5, 3), (4, 3), (2, 3)]
            .map(|(number, version)| (component(number), Version::new(version)));
        assert_eq!(order, expected);
    }

    #[test]
    fn e4_a_plan_that_lacks_nothing_stays_as_it_is() {
        let whole = world().done(&Actor::System, &instantiate(1));
        let version = Version::new(1);
        whole
            .when(&Actor::System, &instantiate(1))
            .then_unchanged(CommandOutcome::Instantiated { version });
        let empty_template = world().programme(9);
        let version = Version::ZERO;
        empty_template
            .when(&Actor::System, &instantiate(9))
            .then_unchanged(CommandOutcome::Instantiated { version });
    }

    #[test]
    fn e4_r4_the_learner_must_be_enrolled_on_a_programme_that_is_known() {
        for number in [2, 9] {
            world()
                .when(&actor("eve"), &instantiate(number))
                .then_refused(Rejection::ProgrammeNotFound(programme(number)));
        }
    }

    #[test]
    fn plans_made_of_a_whole_template_share_its_shape_and_columns() {
        let shared = world().done(&Actor::System, &instantiate(1));
        let (plan, template) = (
            shared.tenant.plan(learner(1)),
            shared.tenant.template(programme(1)).unwrap(),
        );
        assert!(Arc::ptr_eq(plan.shape(), template.shape()));
        let columns = std::iter::zip(&plan.table.columns, &template.table().columns);
        assert!(
            columns
                .into_iter()
                .all(|(one, two)| one.is_shared_with(two))
        );
    }

    #[test]
    fn e7_a_plan_takes_as_many_components_as_it_may_hold_and_not_one_more() {
        let filled = |components: usize| {
            let first = u128::try_from(COMPONENTS_MAX - components).unwrap() + 10;
            let last = u128::try_from(COMPONENTS_MAX).unwrap() + 10;
            let many: Vec<_> = (first..last)
                .map(|number| template_component(number, "exam"))
                .collect();
            let given = world()
                .learner(1, [1, 2])
                .done(&Actor::System, &instantiate(1));
            many.chunks(500).fold(given, |given, components| {
                let put = Command::PutTemplate {
                    programme: programme(2),
                    components: components.to_vec(),
                };
                given.done(&Actor::System, &put)
            })
        };
        // Five are there.
        let most = COMPONENTS_MAX - 5;
        let given = filled(most).done(&Actor::System, &instantiate(2));
        assert_eq!(given.tenant.plan(learner(1)).len(), COMPONENTS_MAX);
        let refused = filled(most + 1).when(&Actor::System, &instantiate(2)).0;
        let refused = refused.unwrap_err().to_string();
        assert!(
            refused.contains("at most 5000 components, not 5001"),
            "{refused}"
        );
    }
}
