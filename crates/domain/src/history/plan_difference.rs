//! What differs between two states of a plan, whatever happened in between: the net difference.
//!
//! Applied to the first state, it gives the second one: remove the deleted components and take out those
//! with a place, change the others, then insert at each place, in ascending order.

use std::collections::HashMap;

use crate::history::field::Field;
use crate::history::plan_change::ChangeKind;
use crate::history::plan_step::{ComponentStep, PlanStep, TouchedComponent};
use crate::history::review_item::{ReviewItem, TaskItem};
use crate::history::task_changes::TaskChanges;
use crate::ids::{AdministratorId, ComponentId, ComponentType, LearnerId, ProgrammeId};
use crate::plan::{ComponentView, Plan};
use crate::review::status::TaskStatus;
use crate::values::Values;

/// A state of a plan, and who the learner's case owner was then.
#[derive(Debug, Clone, Copy)]
pub struct PlanState<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The learner's case owner, who has the open tasks of components without an owner (V6).
    pub case_owner: Option<&'a AdministratorId>,
}

/// Two states of one plan, in any order.
#[derive(Debug, Clone, Copy)]
pub struct PlanDifference<'a> {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The state that is compared.
    pub before: PlanState<'a>,
    /// The state that it is compared with.
    pub after: PlanState<'a>,
    /// The values of both.
    pub values: &'a Values,
}

/// A component that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DifferingComponent {
    /// The component.
    pub component: ComponentId,
    /// Whether only the second state has it, both, or only the first.
    pub change: ChangeKind,
    /// Its index in the second state, if it was created, or stands elsewhere among the components of both.
    pub place: Option<usize>,
}

/// What never changes of a component while it is on a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// The programme it belongs to.
    pub programme: ProgrammeId,
    /// Its type.
    pub component_type: ComponentType,
    /// Whether it came from the programme's template.
    pub from_template: bool,
}

impl Kind {
    /// What a component is.
    pub fn of(view: ComponentView<'_>) -> Self {
        Self {
            programme: view.programme(),
            component_type: view.component_type().clone(),
            from_template: view.from_template(),
        }
    }
}

impl<'a> PlanDifference<'a> {
    /// The components that differ, in the order of the second state; then those that it lacks, in the order
    /// of the first.
    pub fn components(&self) -> Vec<DifferingComponent> {
        let moved = Moved::between(self.before.plan, self.after.plan);
        let now = self.after.plan.iter().enumerate();
        let now = now.filter_map(|(index, view)| {
            let component = view.component();
            let before = self.before.plan.component(component);
            let is_elsewhere = before.is_none() || moved.has(component);
            let change = match before {
                None => ChangeKind::Created,
                Some(before) if is_elsewhere || self.differs(before, view) => ChangeKind::Updated,
                Some(_) => return None,
            };
            Some(DifferingComponent {
                component,
                change,
                place: is_elsewhere.then_some(index),
            })
        });
        let all = self.before.plan.iter().map(ComponentView::component);
        let gone = all.filter(|component| self.after.plan.row(*component).is_none());
        let gone = gone.map(|component| DifferingComponent {
            component,
            change: ChangeKind::Deleted,
            place: None,
        });
        now.chain(gone).collect()
    }

    fn differs(&self, before: ComponentView<'a>, after: ComponentView<'a>) -> bool {
        let mut fields = Field::of_type(after.component_type());
        Kind::of(before) != Kind::of(after)
            || fields.any(|field| self.differs_in(field, before, after))
            || self.tasks(Some(before), Some(after)) != TaskChanges::default()
    }

    fn differs_in(
        &self,
        field: Field,
        before: ComponentView<'a>,
        after: ComponentView<'a>,
    ) -> bool {
        let [before, after] =
            [before, after].map(|view| field.held(self.learner, Some(view), self.values));
        before != after
    }

    /// The attributes, progress, review and tasks of a component that differ.
    pub fn of_component(&self, differing: DifferingComponent) -> ComponentStep {
        let DifferingComponent {
            component, change, ..
        } = differing;
        let step = PlanStep {
            learner: self.learner,
            before: self.before.plan,
            after: self.after.plan,
            values: self.values,
        };
        let [before, after] =
            [self.before, self.after].map(|state| state.plan.component(component));
        let tasks = self.tasks(before, after);
        step.with_tasks(TouchedComponent { component, change }, tasks)
    }

    /// What a component is in the second state, or else in the first.
    pub fn kind(&self, component: ComponentId) -> Option<Kind> {
        let after = self.after.plan.component(component);
        let view = after.or_else(|| self.before.plan.component(component));
        view.map(Kind::of)
    }

    /// The tasks that only the second state has, and the open ones that it does not have open or done.
    fn tasks(
        &self,
        before: Option<ComponentView<'_>>,
        after: Option<ComponentView<'_>>,
    ) -> TaskChanges {
        let tasks = |state: PlanState<'_>, view: Option<ComponentView<'_>>| {
            let item = view.and_then(|view| {
                ReviewItem::followed(self.learner, view, self.values, state.case_owner)
            });
            item.map_or_else(Vec::new, |item| item.tasks)
        };
        let (before, after) = (tasks(self.before, before), tasks(self.after, after));
        let find = |tasks: &[TaskItem], task: &TaskItem| {
            let found = tasks.iter().find(|other| other.task == task.task);
            found.map(|found| found.status)
        };
        let is_off = |status: TaskStatus| status == TaskStatus::Cancelled;
        let made = after.iter().filter(|task| !is_off(task.status));
        let made = made.filter(|task| find(&before, task).is_none_or(is_off));
        let open = before.iter().filter(|task| task.status == TaskStatus::Open);
        let cancelled = open.filter(|task| find(&after, task).is_none_or(is_off));
        TaskChanges {
            made: made.map(|task| task.task).collect(),
            cancelled: cancelled.map(|task| task.task).collect(),
        }
    }
}

/// The components of both states that do not keep their order: the fewest that can be taken out so that
/// the others stand in the same order.
struct Moved {
    all: Vec<ComponentId>,
}

impl Moved {
    fn between(before: &Plan, after: &Plan) -> Self {
        let places = before.iter().enumerate();
        let places: HashMap<_, _> = places
            .map(|(index, view)| (view.component(), index))
            .collect();
        let both = after.iter().map(ComponentView::component);
        let both: Vec<(ComponentId, usize)> = both
            .filter_map(|component| Some((component, *places.get(&component)?)))
            .collect();
        let sequence: Vec<usize> = both.iter().map(|(_, place)| *place).collect();
        if sequence.is_sorted() {
            return Self { all: Vec::new() };
        }
        let kept = longest_increasing(&sequence);
        let moved = both.iter().enumerate();
        let moved = moved.filter(|(index, _)| kept.binary_search(index).is_err());
        let mut all: Vec<_> = moved.map(|(_, (component, _))| *component).collect();
        all.sort_unstable();
        Self { all }
    }

    fn has(&self, component: ComponentId) -> bool {
        self.all.binary_search(&component).is_ok()
    }
}

/// The indexes of a longest increasing subsequence of distinct numbers.
fn longest_increasing(numbers: &[usize]) -> Vec<usize> {
    // For each length, the index of the smallest number with which a subsequence of it ends.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous = vec![None; numbers.len()];
    for (index, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|end| numbers[*end] < *number);
        previous[index] = length.checked_sub(1).map(|shorter| ends[shorter]);
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let mut kept = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(index) = next {
        kept.push(index);
        next = previous[index];
    }
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests {
    use super::longest_increasing;

    #[test]
    fn the_most_components_keep_their_order() {
        for (numbers, kept) in [
            (&[0, 1, 2][..], &[0, 1, 2][..]),
            (&[1, 2, 0], &[0, 1]),
            (&[2, 0, 1], &[1, 2]),
            (&[3, 1, 0, 2], &[2, 3]),
            (&[], &[]),
        ] {
            assert_eq!(longest_increasing(numbers), kept, "{numbers:?}");
        }
    }
}
