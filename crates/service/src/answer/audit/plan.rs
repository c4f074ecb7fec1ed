//! The read `audit.plan`.

use plansync_domain::ids::version::Version;
use plansync_engine::Refusal;
use plansync_engine::read::{Part, Reading};
use plansync_protocol::audit as wire;
use plansync_protocol::{self as protocol, DecodeError, Position};

use super::parts::{fitting, next, point, point_name, slice};
use crate::answer::plan::component;
use crate::catalogue::Reads;

impl Reads for protocol::AuditPlan {
    fn check(body: &wire::GetAuditPlan) -> Result<(), DecodeError> {
        body.at.map_or(Ok(()), |at| at.check("at"))
    }

    fn answer(
        reading: &Reading<'_>,
        body: wire::GetAuditPlan,
    ) -> Result<wire::AuditPlanPage, Refusal> {
        let slice = slice(body.after.map(|after| after.skip), body.limit);
        let pinned = body.after.map(|after| Version::of_stream(after.version.0));
        let at = body.at.and_then(point_name);
        let found = reading.audit_plan(body.learner, at, pinned, slice)?;
        let components = fitting(Part {
            items: found.components.items.into_iter().map(component).collect(),
            more: found.components.more,
        });
        Ok(wire::AuditPlanPage {
            learner: body.learner,
            point: point(&found.point),
            next: next(&found.point, slice.skip, &components),
            components: components.items,
            position: Position(reading.position().get()),
        })
    }
}
