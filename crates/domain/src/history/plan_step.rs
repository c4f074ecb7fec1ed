//! What one commit did to a plan, component by component: computed from the plan before it and the
//! plan after it.

use crate::history::field::ReviewState;
use crate::history::plan_change::ChangeKind;
use crate::history::task_changes::{TaskChanges, Witness};
use crate::ids::{ComponentId, LearnerId};
use crate::plan::status::Status;
use crate::plan::{ComponentView, Plan};
use crate::text::personal::Personal;
use crate::values::attribute::Attribute;
use crate::values::elements::Elements;
use crate::values::value::Value;
use crate::values::{ValueId, Values};

/// A plan before and after one commit.
#[derive(Debug, Clone, Copy)]
pub struct PlanStep<'a> {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The plan before the commit.
    pub before: &'a Plan,
    /// The plan after the commit.
    pub after: &'a Plan,
    /// The values of both.
    pub values: &'a Values,
}

/// A component that a commit changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TouchedComponent {
    /// The component.
    pub component: ComponentId,
    /// What happened to it in total.
    pub change: ChangeKind,
}

/// What a commit did to one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentStep {
    /// The component.
    pub component: ComponentId,
    /// Its name, or its last one.
    pub name: Personal,
    /// What happened to it.
    pub change: ChangeKind,
    /// The attributes that differ; all of them if the component was created or deleted.
    pub attributes: Vec<AttributeStep>,
    /// Its status, if it differs; none on a side where the component does not exist.
    pub status: Option<BeforeAfter<Option<Status>>>,
    /// The number of pieces of evidence, if it differs.
    pub evidence: Option<BeforeAfter<u32>>,
    /// Its review, if it differs; none on a side where the component has no review.
    pub review: Option<BeforeAfter<Option<ReviewState>>>,
    /// Its calendar tasks.
    pub tasks: TaskChanges,
}

/// A value before and after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // Their names are their documentation.
pub struct BeforeAfter<T> {
    pub before: T,
    pub after: T,
}

/// An attribute that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeStep {
    /// The attribute.
    pub attribute: Attribute,
    /// The value before; null if the component did not exist.
    pub before: Value,
    /// The value after; null if the component no longer exists.
    pub after: Value,
    /// The elements that were added and removed, for a set or list that exists before and after.
    pub elements: Option<Elements>,
}

impl<T: PartialEq> BeforeAfter<T> {
    fn of(before: T, after: T) -> Option<Self> {
        (before != after).then_some(Self { before, after })
    }
}

impl<'a> PlanStep<'a> {
    /// The components that the commit changed, in plan order; then those that it removed, in the
    /// order that they had. A component that was changed and changed back within the commit is
    /// included, without a difference; one that was added and removed within it is not.
    pub fn touched(&self) -> Vec<TouchedComponent> {
        let version = self.after.version();
        let now = self.after.iter().filter_map(|view| {
            let component = view.component();
            let change = if self.before.row(component).is_none() {
                ChangeKind::Created
            } else if view.last_changed() == version {
                ChangeKind::Updated
            } else {
                return None;
            };
            Some(TouchedComponent { component, change })
        });
        let components = self.before.iter().map(ComponentView::component);
        let gone = components.filter(|component| self.after.row(*component).is_none());
        let gone = gone.map(|component| TouchedComponent {
            component,
            change: ChangeKind::Deleted,
        });
        now.chain(gone).collect()
    }

    /// Whether the commit changed the due date of a component. A date that a component was created
    /// with counts.
    pub fn moves_due_date(&self, component: ComponentId) -> bool {
        let of = |plan: &Plan| {
            let view = plan.component(component);
            view.map_or(ValueId::NULL, |view| view.value(Attribute::DueDate))
        };
        self.after.row(component).is_some() && of(self.before) != of(self.after)
    }

    /// What the commit did to a component.
    pub fn of_component(&self, touched: TouchedComponent, witness: Witness) -> ComponentStep {
        let component = touched.component;
        let [before, after] = [self.before, self.after].map(|plan| plan.component(component));
        let tasks = TaskChanges::between(self.learner, component, before, after, witness);
        self.with_tasks(touched, tasks)
    }

    /// The same with tasks that were found in another way.
    pub(crate) fn with_tasks(
        &self,
        touched: TouchedComponent,
        tasks: TaskChanges,
    ) -> ComponentStep {
        let TouchedComponent { component, change } = touched;
        let [before, after] = [self.before, self.after].map(|plan| plan.component(component));
        let status = |view: Option<ComponentView<'_>>| view.map(ComponentView::status);
        let evidence = |view: Option<ComponentView<'_>>| view.map_or(0, ComponentView::evidence);
        ComponentStep {
            component,
            name: self.name(after.or(before)),
            change,
            attributes: self.attributes(before, after),
            status: BeforeAfter::of(status(before), status(after)),
            evidence: BeforeAfter::of(evidence(before), evidence(after)),
            review: BeforeAfter::of(self.review(before), self.review(after)),
            tasks,
        }
    }

    fn name(&self, view: Option<ComponentView<'a>>) -> Personal {
        let name = view.map(|view| self.values.get(view.value(Attribute::Name)));
        if let Some(Value::Text(name)) = name {
            name.clone()
        } else {
            Personal::from("")
        }
    }

    fn attributes(
        &self,
        before: Option<ComponentView<'a>>,
        after: Option<ComponentView<'a>>,
    ) -> Vec<AttributeStep> {
        let fits = |view: Option<ComponentView<'_>>, attribute: Attribute| {
            view.is_some_and(|view| attribute.fits(view.component_type()))
        };
        let id = |view: Option<ComponentView<'_>>, attribute| {
            view.map_or(ValueId::NULL, |view| view.value(attribute))
        };
        let stays = before.is_some() && after.is_some();
        let all = Attribute::ALL.into_iter();
        let shown = all.filter(|attribute| {
            let differs = id(before, *attribute) != id(after, *attribute);
            (fits(before, *attribute) || fits(after, *attribute)) && (differs || !stays)
        });
        let step = |attribute: Attribute| {
            let before = self.values.get(id(before, attribute));
            let after = self.values.get(id(after, attribute));
            let by_element = stays && attribute.element_wise();
            AttributeStep {
                attribute,
                elements: by_element
                    .then(|| Elements::between(before, after))
                    .flatten(),
                before: before.clone(),
                after: after.clone(),
            }
        };
        shown.map(step).collect()
    }

    fn review(&self, view: Option<ComponentView<'a>>) -> Option<ReviewState> {
        ReviewState::of(self.learner, view?, self.values)
    }
}
