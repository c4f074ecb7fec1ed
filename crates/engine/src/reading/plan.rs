//! `plan.get`: a learner's plan, as it is or as it was at an earlier version.

use plansync_domain::history::review_item::ReviewItem;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{AdministratorId, ComponentId, ComponentType, LearnerId, ProgrammeId};
use plansync_domain::plan::ComponentView;
use plansync_domain::plan::status::Status;
use plansync_domain::values::Values;
use plansync_domain::values::attributes::AttributeMap;

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::headers::{Headers, LastUpdated};
use crate::reading::plan_at::PlanAt;
use crate::reading::reference::attributes;
use crate::reading::window::{Listed, Window};

/// A part of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentItems {
    /// The plan's version.
    pub version: Version,
    /// The components in plan order.
    pub components: Listed<PlanComponent>,
}

/// One component of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanComponent {
    /// Its id.
    pub component: ComponentId,
    /// The programme it belongs to.
    pub programme: ProgrammeId,
    /// Its type.
    pub component_type: ComponentType,
    /// Whether it came from the programme's template.
    pub from_template: bool,
    /// Its progress.
    pub status: Status,
    /// The number of submitted pieces of evidence.
    pub evidence: u32,
    /// All attributes that its type has.
    pub attributes: AttributeMap,
    /// Its review, if its type has one.
    pub review: Option<ReviewItem>,
    /// The commit that last changed it.
    pub last_updated: LastUpdated,
}

impl Reading<'_> {
    /// `plan.get`, for whoever may see the learner: `learner_not_available`; `invalid_request` for a
    /// version that the plan has not reached.
    pub fn plan(
        &self,
        learner: LearnerId,
        at_version: Option<Version>,
        window: Window,
    ) -> Result<ComponentItems, Refusal> {
        self.learner_seen(learner)?;
        let plan = self.plan_at(learner, at_version)?;
        let case_owner = self.case_owner_of(learner, plan.plan.version())?;
        self.plan_items(learner, &plan, case_owner.as_ref(), window)
    }

    /// A part of a plan, whose learner had this case owner.
    pub(crate) fn plan_items(
        &self,
        learner: LearnerId,
        PlanAt { tenant, plan }: &PlanAt,
        case_owner: Option<&AdministratorId>,
        window: Window,
    ) -> Result<ComponentItems, Refusal> {
        let values = tenant.values();
        let mut headers = Headers::new(self, Stream::Plan(learner));
        let views = window.of(plan.iter().collect());
        let review = |view| ReviewItem::followed(learner, view, values, case_owner);
        let components = views.try_map(|view| shown(view, values, review(view), &mut headers))?;
        Ok(ComponentItems {
            version: plan.version(),
            components,
        })
    }

    /// The case owner that a version of a plan shows (V6): for the current version the present one, for an
    /// earlier version the one at the time of its commit.
    pub(crate) fn case_owner_of(
        &self,
        learner: LearnerId,
        version: Version,
    ) -> Result<Option<AdministratorId>, Refusal> {
        if version == self.tenant().plans().version(learner) {
            let record = self.tenant().learner(learner);
            return Ok(record.and_then(|record| record.case_owner.clone()));
        }
        if version == Version::ZERO {
            return Ok(None);
        }
        let commit = self.commit(&Stream::Plan(learner), version.into())?;
        self.case_owner_at(learner, commit.position())
    }
}

fn shown(
    view: ComponentView<'_>,
    values: &Values,
    review: Option<ReviewItem>,
    headers: &mut Headers<'_>,
) -> Result<PlanComponent, Refusal> {
    Ok(PlanComponent {
        component: view.component(),
        programme: view.programme(),
        component_type: view.component_type().clone(),
        from_template: view.from_template(),
        status: view.status(),
        evidence: view.evidence(),
        attributes: attributes(values, view.component_type(), |of| view.value(of)),
        review,
        last_updated: headers.of(view.last_changed())?,
    })
}
