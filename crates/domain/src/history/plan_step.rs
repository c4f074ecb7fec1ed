//! What one commit did to a plan, component by component: the plan before it, and the plan after it.
//!
//! Owns which components a commit touched, and how each of them differs. Refuses to know how a plan came
//! about, and who asks.

use crate::history::plan_change::ChangeKind;
use crate::history::review_item::ReviewItem;
use crate::history::task_changes::{TaskChanges, Witness};
use crate::ids::{ComponentId, LearnerId, ReviewId};
use crate::plan::status::Status;
use crate::plan::{ComponentView, Plan};
use crate::review::status::ReviewStatus;
use crate::text::personal::Personal;
use crate::time::moment::Moment;
use crate::values::attribute::Attribute;
use crate::values::elements::Elements;
use crate::values::value::Value;
use crate::values::{ValueId, Values};

/// A plan before and after one commit.
#[derive(Debug, Clone, Copy)]
pub struct PlanStep<'a> {
    /// Whose plan.
    pub learner: LearnerId,
    /// As the commit found it.
    pub before: &'a Plan,
    /// As the commit left it.
    pub after: &'a Plan,
    /// The values of both.
    pub values: &'a Values,
}

/// A component that a commit touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TouchedComponent {
    /// Which.
    pub component: ComponentId,
    /// What became of it, all in all.
    pub change: ChangeKind,
}

/// What a commit did to one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentStep {
    /// Which.
    pub component: ComponentId,
    /// Its name, or its last one.
    pub name: Personal,
    /// What became of it.
    pub change: ChangeKind,
    /// The attributes that differ; all of them where it was created or deleted.
    pub attributes: Vec<AttributeStep>,
    /// Its progress, where that differs; none on a side where the component was not there.
    pub status: Option<BeforeAfter<Option<Status>>>,
    /// How many pieces of evidence there were, where that differs.
    pub evidence: Option<BeforeAfter<u32>>,
    /// Its review, where that differs; none on a side where it had none.
    pub review: Option<BeforeAfter<Option<ReviewState>>>,
    /// Its calendar tasks.
    pub tasks: TaskChanges,
}

/// Something as a commit found it, and as it left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // Their names are their documentation.
pub struct BeforeAfter<T> {
    pub before: T,
    pub after: T,
}

/// An attribute that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeStep {
    /// Which.
    pub attribute: Attribute,
    /// Null where the component was not there.
    pub before: Value,
    /// Null where the component is not there any more.
    pub after: Value,
    /// Which elements came and went, of a set or list that was there before and is there now.
    pub elements: Option<Elements>,
}

/// A review, its tasks aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewState {
    /// Its id.
    pub review: ReviewId,
    /// How far it is.
    pub status: ReviewStatus,
    /// When its meeting is, or was.
    pub review_at: Option<Moment>,
}

impl<T: PartialEq> BeforeAfter<T> {
    fn of(before: T, after: T) -> Option<Self> {
        (before != after).then_some(Self { before, after })
    }
}

impl<'a> PlanStep<'a> {
    /// The components that the commit touched, in plan order, then those that it removed, in the order that
    /// they had. One that was changed and changed back in the one commit is among them, without any difference;
    /// one that came and went in it is not.
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

    /// Whether a component has another due date since; a date from the beginning is one.
    pub fn moves_due_date(&self, component: ComponentId) -> bool {
        let of = |plan: &Plan| {
            let view = plan.component(component);
            view.map_or(ValueId::NULL, |view| view.value(Attribute::DueDate))
        };
        self.after.row(component).is_some() && of(self.before) != of(self.after)
    }

    /// What was done to a component.
    pub fn of_component(&self, touched: TouchedComponent, witness: Witness) -> ComponentStep {
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
            tasks: TaskChanges::between(self.learner, component, before, after, witness),
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
        let item = ReviewItem::of(self.learner, view?, self.values)?;
        Some(ReviewState {
            review: item.review,
            status: item.status,
            review_at: item.review_at,
        })
    }
}
