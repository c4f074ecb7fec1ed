//! The read `audit.diff`.

use plansync_domain::history::plan_step::AttributeStep;
use plansync_domain::ids::version::Version;
use plansync_engine::Refusal;
use plansync_engine::read::{ComponentDiff, DiffQuery, Origin, Part, Reading};
use plansync_protocol::audit as wire;
use plansync_protocol::{self as protocol, DecodeError, Position, plan};

use super::origin::origins;
use super::parts::{end, fitting, point, point_name, slice};
use crate::answer::plan_change::review_side;
use crate::answer::{count, texts, value, version};
use crate::catalogue::Reads;
use crate::words::ToWire;

impl Reads for protocol::AuditDiff {
    fn check(body: &wire::GetAuditDiff) -> Result<(), DecodeError> {
        body.from.check("from")?;
        body.to.map_or(Ok(()), |to| to.check("to"))
    }

    fn answer(
        reading: &Reading<'_>,
        body: wire::GetAuditDiff,
    ) -> Result<wire::AuditDiffPage, Refusal> {
        let slice = slice(body.after.map(|after| after.skip), body.limit);
        let versions = |after: wire::DiffCursor| {
            let [from, to] = [after.from, after.to].map(|of| Version::of_stream(of.0));
            (from, to)
        };
        let query = DiffQuery {
            from: point_name(body.from),
            to: body.to.and_then(point_name),
            pinned: body.after.map(versions),
        };
        let diff = reading.audit_diff(body.learner, &query, slice)?;
        let items = fitting(Part {
            items: diff.components.items.into_iter().map(component).collect(),
            more: diff.components.more,
        });
        Ok(wire::AuditDiffPage {
            learner: body.learner,
            from: point(&diff.from),
            to: point(&diff.to),
            next: items.more.then(|| wire::DiffCursor {
                from: version(diff.from.version),
                to: version(diff.to.version),
                skip: end(slice.skip, &items),
            }),
            items: items.items,
            position: Position(reading.position().get()),
        })
    }
}

fn component(diff: ComponentDiff) -> wire::AuditDifference {
    let step = diff.step;
    let attributes = step.attributes.iter().zip(diff.attributes);
    wire::AuditDifference {
        component: step.component,
        name: step.name.to_string(),
        programme: diff.kind.programme,
        component_type: diff.kind.component_type,
        from_template: diff.kind.from_template,
        change: step.change.wire(),
        place: diff.place.map(count),
        attributes: attributes.map(attribute).collect(),
        status: step.status.map(|status| wire::StatusOrigin {
            before: status.before.map(ToWire::wire),
            after: status.after.map(ToWire::wire),
            origins: origins(diff.status),
        }),
        evidence: step.evidence.map(|evidence| wire::EvidenceOrigin {
            before: u64::from(evidence.before),
            after: u64::from(evidence.after),
            origins: origins(diff.evidence),
        }),
        review: step.review.map(|review| wire::ReviewOrigin {
            before: review.before.map(review_side),
            after: review.after.map(review_side),
            origins: origins(diff.review),
        }),
        tasks: plan::TaskChanges {
            made: step.tasks.made,
            cancelled: step.tasks.cancelled,
        },
        origins: origins(diff.origins),
    }
}

fn attribute((step, set_by): (&AttributeStep, Vec<Origin>)) -> wire::AttributeOrigin {
    let elements = step.elements.as_ref();
    wire::AttributeOrigin {
        attribute: step.attribute.wire(),
        before: value(&step.before),
        after: value(&step.after),
        added: elements.map(|elements| texts(&elements.added)),
        removed: elements.map(|elements| texts(&elements.removed)),
        origins: origins(set_by),
    }
}
