//! `audit.plan`: a learner's plan as it was at a point.

use plansync_domain::ids::LearnerId;
use plansync_domain::ids::version::Version;

use crate::audit::point::{Point, PointName};
use crate::audit::{Part, Slice};
use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::plan::PlanComponent;
use crate::reading::window::Window;

/// A part of a plan as it was at a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanAtPoint {
    /// The point.
    pub point: Point,
    /// The components in plan order.
    pub components: Part<PlanComponent>,
}

impl Reading<'_> {
    /// `audit.plan`: `not_permitted`, `learner_not_available`; `invalid_request` for a point that does not
    /// exist.
    pub fn audit_plan(
        &self,
        learner: LearnerId,
        at: Option<PointName>,
        pinned: Option<Version>,
        slice: Slice,
    ) -> Result<PlanAtPoint, Refusal> {
        self.check_reference_reader()?;
        self.learner_seen(learner)?;
        let point = self.point(learner, at, pinned, "at")?;
        let plan = self.plan_at(learner, Some(point.version))?;
        let case_owner = self.case_owner_at_point(learner, &point)?;
        let window = Window {
            skip: slice.skip,
            take: slice.take,
        };
        let found = self.plan_items(learner, &plan, case_owner.as_ref(), window)?;
        let end = slice.skip.saturating_add(found.components.items.len());
        Ok(PlanAtPoint {
            point,
            components: Part {
                more: end < found.components.total,
                items: found.components.items,
            },
        })
    }
}
