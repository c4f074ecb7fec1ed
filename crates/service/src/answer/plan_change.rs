//! The read `plan.change`.

use plansync_domain::history::field::ReviewState;
use plansync_domain::history::plan_step::{AttributeStep, BeforeAfter, ComponentStep};
use plansync_domain::ids::version::Version;
use plansync_domain::text::personal::Personal;
use plansync_engine::Refusal;
use plansync_engine::read::Reading;
use plansync_protocol::{self as protocol, plan as wire, record};

use crate::answer::plan::moment;
use crate::answer::{count, texts, time, value, version, window};
use crate::catalogue::Reads;
use crate::words::ToWire;

impl Reads for protocol::PlanChange {
    fn answer(
        reading: &Reading<'_>,
        body: wire::GetPlanChange,
    ) -> Result<wire::PlanChangePage, Refusal> {
        let window = window(body.page, body.page_size);
        let asked = Version::of_stream(body.version.0);
        let changed = reading.plan_change(body.learner, asked, window)?;
        Ok(wire::PlanChangePage {
            version: version(changed.version),
            position: protocol::Position(changed.position.get()),
            at: time(changed.at),
            by: changed.by,
            sync: changed.sync,
            command_id: changed.command,
            reason: changed.reason.map(|reason| reason.to_string()),
            total: count(changed.changes.total),
            changes: changed
                .changes
                .items
                .into_iter()
                .map(|changed| component(changed.step, changed.reason))
                .collect(),
        })
    }
}

/// What a commit did to a component, with the reason that was given for it.
pub(super) fn component(
    step: ComponentStep,
    reason: Option<Personal>,
) -> wire::ComponentDifference {
    wire::ComponentDifference {
        component: step.component,
        name: step.name.to_string(),
        change: step.change.wire(),
        attributes: step.attributes.iter().map(attribute).collect(),
        status: step.status.map(|status| wire::StatusDifference {
            before: status.before.map(ToWire::wire),
            after: status.after.map(ToWire::wire),
        }),
        evidence: step.evidence.map(|evidence| wire::EvidenceDifference {
            before: u64::from(evidence.before),
            after: u64::from(evidence.after),
        }),
        review: step.review.map(review),
        tasks: wire::TaskChanges {
            made: step.tasks.made,
            cancelled: step.tasks.cancelled,
        },
        reason: reason.map(|reason| reason.to_string()),
    }
}

fn attribute(step: &AttributeStep) -> record::AttributeChange {
    let elements = step.elements.as_ref();
    record::AttributeChange {
        attribute: step.attribute.wire(),
        before: value(&step.before),
        after: value(&step.after),
        added: elements.map(|elements| texts(&elements.added)),
        removed: elements.map(|elements| texts(&elements.removed)),
    }
}

fn review(of: BeforeAfter<Option<ReviewState>>) -> wire::ReviewDifference {
    wire::ReviewDifference {
        before: of.before.map(review_side),
        after: of.after.map(review_side),
    }
}

pub(super) fn review_side(state: ReviewState) -> wire::ReviewSide {
    wire::ReviewSide {
        review: state.review,
        status: state.status.wire(),
        review_at: state.review_at.map(moment),
    }
}
