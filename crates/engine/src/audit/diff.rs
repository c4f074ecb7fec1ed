//! `audit.diff`: what differs between a learner's plan at two points, and who made each difference.
//!
//! The difference is the net one: what was changed and changed back is none. If the first point is the later
//! one, it is what would lead back.

use plansync_domain::history::field::Field;
use plansync_domain::history::plan_change::ChangeKind;
use plansync_domain::history::plan_difference::{
    DifferingComponent, Kind, PlanDifference, PlanState,
};
use plansync_domain::history::plan_step::ComponentStep;
use plansync_domain::history::timeline::Timeline;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{ComponentId, LearnerId};
use plansync_domain::plan::Plan;
use plansync_domain::values::attribute::Attribute;

use crate::audit::origins::{Origin, Origins};
use crate::audit::point::{Point, PointName};
use crate::audit::{Part, Slice};
use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::plan_at::PlanReplay;

/// Between which points a plan is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiffQuery {
    /// The first point.
    pub from: Option<PointName>,
    /// The second point.
    pub to: Option<PointName>,
    /// The versions that both were in an earlier part of the list.
    pub pinned: Option<(Version, Version)>,
}

/// What differs between two points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// The first point.
    pub from: Point,
    /// The second point.
    pub to: Point,
    /// The components that differ, in the order of the second point; then those that it lacks.
    pub components: Part<ComponentDiff>,
}

/// What differs of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentDiff {
    /// What it is at the second point, or else at the first.
    pub kind: Kind,
    /// Its place in the plan at the second point, if it was created or stands elsewhere.
    pub place: Option<usize>,
    /// The differences.
    pub step: ComponentStep,
    /// Who made the last change of the component between the points.
    pub origins: Vec<Origin>,
    /// Who set each attribute that differs last, in their order; nobody for a component that is removed at the
    /// later point.
    pub attributes: Vec<Vec<Origin>>,
    /// Who set its progress last, if it differs.
    pub status: Vec<Origin>,
    /// Who submitted evidence last, if it differs.
    pub evidence: Vec<Origin>,
    /// Who changed its review last, if it differs.
    pub review: Vec<Origin>,
}

/// The commits between the two points.
struct Between<'a> {
    learner: LearnerId,
    earlier: Version,
    later: &'a Plan,
    timeline: &'a Timeline,
}

impl Reading<'_> {
    /// `audit.diff`: `not_permitted`, `learner_not_available`; `invalid_request` for a point that does not
    /// exist.
    pub fn audit_diff(
        &self,
        learner: LearnerId,
        query: &DiffQuery,
        slice: Slice,
    ) -> Result<Diff, Refusal> {
        self.check_reference_reader()?;
        self.learner_seen(learner)?;
        let (pinned_from, pinned_to) = query.pinned.unzip();
        let from = self.point(learner, query.from, pinned_from, "from")?;
        let to = self.point(learner, query.to, pinned_to, "to")?;
        let owners = [&from, &to].map(|point| self.case_owner_at_point(learner, point));
        let [owner_from, owner_to] = owners;
        let (owner_from, owner_to) = (owner_from?, owner_to?);

        let (low, high) = (from.version.min(to.version), from.version.max(to.version));
        let mut replay = PlanReplay::begin(self, learner, low);
        replay.go(low)?;
        let earlier = replay.plan().clone();
        let mut timeline = Timeline::default();
        replay.pass(high, |step, _, _| {
            timeline.add(step, |_| true);
            Ok(())
        })?;
        let (before, after) = if from.version <= to.version {
            (&earlier, replay.plan())
        } else {
            (replay.plan(), &earlier)
        };
        let difference = PlanDifference {
            learner,
            before: PlanState {
                plan: before,
                case_owner: owner_from.as_ref(),
            },
            after: PlanState {
                plan: after,
                case_owner: owner_to.as_ref(),
            },
            values: replay.tenant().values(),
        };
        let between = Between {
            learner,
            earlier: low,
            later: replay.plan(),
            timeline: &timeline,
        };
        let mut origins = Origins::new(self);
        let components = slice.of(difference.components());
        let components = components
            .try_map(|differing| between.component(&difference, differing, &mut origins))?;
        Ok(Diff {
            from,
            to,
            components,
        })
    }
}

impl Between<'_> {
    fn component(
        &self,
        difference: &PlanDifference<'_>,
        differing: DifferingComponent,
        origins: &mut Origins<'_>,
    ) -> Result<ComponentDiff, Refusal> {
        let component = differing.component;
        let step = difference.of_component(differing);
        let kind = difference.kind(component);
        let kind = kind.ok_or_else(|| {
            Refusal::internal(format!("component {component} is in neither plan"))
        })?;
        let mut of = |field| self.set_by(component, field, origins);
        let attributes = step.attributes.iter();
        let attributes = attributes.map(|one| of(Field::Attribute(one.attribute)));
        let attributes = attributes.collect::<Result<_, _>>()?;
        let mut differs = |is, field| if is { of(field) } else { Ok(Vec::new()) };
        let stays = step.change == ChangeKind::Updated;
        let status = differs(stays && step.status.is_some(), Field::Status)?;
        let evidence = differs(stays && step.evidence.is_some(), Field::Evidence)?;
        let review = differs(step.review.is_some(), Field::Review)?;
        Ok(ComponentDiff {
            kind,
            place: differing.place,
            origins: self.last_change(&step, origins)?,
            step,
            attributes,
            status,
            evidence,
            review,
        })
    }

    /// Who set a field between the points of a component that the later plan has.
    fn set_by(
        &self,
        component: ComponentId,
        field: Field,
        origins: &mut Origins<'_>,
    ) -> Result<Vec<Origin>, Refusal> {
        let is_there = self.later.row(component).is_some();
        let setting = self
            .timeline
            .setting(component, field, self.later.version());
        match setting.filter(|_| is_there) {
            Some(setting) => origins.of(self.learner, setting.version, (component, field)),
            None => Ok(Vec::new()),
        }
    }

    /// Who added or removed a component; of one that both plans have, who changed it last. If only its tasks
    /// differ, because the learner's case owner did, no commit of the plan changed it.
    fn last_change(
        &self,
        step: &ComponentStep,
        origins: &mut Origins<'_>,
    ) -> Result<Vec<Origin>, Refusal> {
        let component = step.component;
        let later = self.later.version();
        let came = self.timeline.setting(component, Field::Component, later);
        let came = came.map(|setting| (setting.version, Field::Component));
        let last = if step.change == ChangeKind::Updated {
            let fields = Attribute::ALL.into_iter().map(Field::Attribute);
            let fields = fields.chain([Field::Status, Field::Evidence, Field::Review]);
            let settings = fields.filter_map(|field| {
                let setting = self.timeline.setting(component, field, later)?;
                Some((setting.version, field))
            });
            // Among the fields of one commit, whether the component came by it says most.
            settings
                .chain(came)
                .max_by_key(|(version, field)| (*version, *field == Field::Component))
        } else {
            came
        };
        match last.filter(|(version, _)| *version > self.earlier) {
            Some((version, field)) => origins.of(self.learner, version, (component, field)),
            None => Ok(Vec::new()),
        }
    }
}
