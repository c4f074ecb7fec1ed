//! `audit.blame`: for each field of a plan's components, who set it last, when, by what, and what it was before.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::history::field::{Field, Held, ReviewState};
use plansync_domain::history::timeline::{Setting, Timeline};
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{ComponentId, LearnerId};
use plansync_domain::plan::status::Status;
use plansync_domain::plan::{ComponentView, Plan};
use plansync_domain::text::personal::Personal;
use plansync_domain::values::Values;
use plansync_domain::values::attribute::Attribute;
use plansync_domain::values::value::Value;

use crate::audit::origins::{Origin, Origins};
use crate::audit::point::{Point, PointName};
use crate::audit::{Part, Slice};
use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::plan_at::PlanReplay;

/// Which fields are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BlameQuery {
    /// Those of this component, on the plan or not any more.
    pub component: Option<ComponentId>,
    /// This one.
    pub field: Option<Field>,
}

/// Who set the fields of a plan, as it was at a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blame {
    /// The point.
    pub point: Point,
    /// The fields in plan order.
    pub fields: Part<BlamedField>,
}

/// A field, and who set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlamedField {
    /// The component.
    pub component: ComponentId,
    /// Its name, or its last one.
    pub name: Personal,
    /// The field.
    pub field: Field,
    /// Its value.
    pub value: FieldValue,
    /// Its value before it was set; absent if it came with the component.
    pub before: FieldValue,
    /// The commit that set it, and those that led to it.
    pub origins: Vec<Origin>,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// The component is not on the plan, or has no such field.
    Absent,
    /// The component is on the plan.
    Present,
    /// The value of an attribute.
    Value(Value),
    /// The progress.
    Status(Status),
    /// The number of submitted pieces of evidence.
    Evidence(u32),
    /// The review.
    Review(ReviewState),
}

impl FieldValue {
    fn of(held: &Held, values: &Values) -> Self {
        match *held {
            Held::Absent => Self::Absent,
            Held::Present => Self::Present,
            Held::Value(id) => Self::Value(values.get(id).clone()),
            Held::Status(status) => Self::Status(status),
            Held::Evidence(count) => Self::Evidence(count),
            Held::Review(review) => Self::Review(review),
        }
    }
}

/// A plan that was passed through up to the point.
struct Blamed<'a> {
    learner: LearnerId,
    version: Version,
    plan: &'a Plan,
    /// The last plan that had a component that is asked for and not on the plan any more.
    last_name: Option<Personal>,
    timeline: &'a Timeline,
    values: &'a Values,
}

impl Reading<'_> {
    /// `audit.blame`: `not_permitted`, `learner_not_available`; `invalid_request` for a point that does not
    /// exist, `component_not_found` for a component that was never on the plan up to there.
    pub fn audit_blame(
        &self,
        learner: LearnerId,
        query: BlameQuery,
        at: Option<PointName>,
        pinned: Option<Version>,
        slice: Slice,
    ) -> Result<Blame, Refusal> {
        self.check_reference_reader()?;
        self.learner_seen(learner)?;
        let point = self.point(learner, at, pinned, "at")?;
        let mut replay = PlanReplay::from_nothing(self, learner);
        let (mut timeline, mut last_name) = (Timeline::default(), None);
        replay.pass(point.version, |step, _, _| {
            timeline.add(step, |component| {
                query.component.is_none_or(|wanted| wanted == component)
            });
            let view = query
                .component
                .and_then(|wanted| step.before.component(wanted));
            last_name = view
                .map(|view| name(view, step.values))
                .or(last_name.take());
            Ok(())
        })?;
        let blamed = Blamed {
            learner,
            version: point.version,
            plan: replay.plan(),
            last_name,
            timeline: &timeline,
            values: replay.tenant().values(),
        };
        let mut origins = Origins::new(self);
        let fields = slice.of(blamed.fields(query)?);
        let fields = fields.try_map(|(component, field, setting)| {
            blamed.shown(&mut origins, (component, field), &setting)
        })?;
        Ok(Blame { point, fields })
    }
}

impl Blamed<'_> {
    /// The fields that are asked for and have a setter.
    fn fields(&self, query: BlameQuery) -> Result<Vec<(ComponentId, Field, Setting)>, Refusal> {
        let components: Vec<ComponentId> = match query.component {
            Some(component) => vec![component],
            None => self.plan.iter().map(ComponentView::component).collect(),
        };
        let is_asked = |field: &Field| query.field.is_none_or(|wanted| wanted == *field);
        let mut found = Vec::new();
        for component in components {
            let Some(view) = self.plan.component(component) else {
                // Whatever is asked of it went with it.
                found.push(self.gone(component)?);
                continue;
            };
            for field in Field::of_type(view.component_type()).filter(is_asked) {
                if let Some(setting) = self.setting(component, field) {
                    found.push((component, field, setting.clone()));
                }
            }
        }
        Ok(found)
    }

    /// Whoever removed a component that is not on the plan any more.
    fn gone(&self, component: ComponentId) -> Result<(ComponentId, Field, Setting), Refusal> {
        let setting = self
            .timeline
            .setting(component, Field::Component, self.version);
        let setting = setting.ok_or(Rejection::ComponentNotFound(component))?;
        Ok((component, Field::Component, setting.clone()))
    }

    /// Progress that a component came with was set by nobody.
    fn setting(&self, component: ComponentId, field: Field) -> Option<&Setting> {
        let setting = self.timeline.setting(component, field, self.version)?;
        let is_progress = matches!(field, Field::Status | Field::Evidence);
        (!is_progress || setting.before != Held::Absent).then_some(setting)
    }

    fn shown(
        &self,
        origins: &mut Origins<'_>,
        (component, field): (ComponentId, Field),
        setting: &Setting,
    ) -> Result<BlamedField, Refusal> {
        let view = self.plan.component(component);
        let held = field.held(self.learner, view, self.values);
        let named = view.map(|view| name(view, self.values));
        Ok(BlamedField {
            component,
            name: named
                .or(self.last_name.clone())
                .unwrap_or_else(|| "".into()),
            field,
            value: FieldValue::of(&held, self.values),
            before: FieldValue::of(&setting.before, self.values),
            origins: origins.of(self.learner, setting.version, (component, field))?,
        })
    }
}

/// The name of a component on a plan.
pub(super) fn name(view: ComponentView<'_>, values: &Values) -> Personal {
    let name = values.get(view.value(Attribute::Name)).as_text();
    name.map_or_else(|| "".into(), Personal::from)
}
