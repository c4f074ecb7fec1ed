//! The review of a component as it is shown, with the ids that it has on the learner's plan.

use crate::ids::{AdministratorId, LearnerId, ReviewId, TaskId};
use crate::plan::ComponentView;
use crate::review::status::{ReviewStatus, TaskStatus};
use crate::review::{Assignee, Review, Task};
use crate::time::moment::Moment;
use crate::values::attribute::Attribute;
use crate::values::value::Value;
use crate::values::{ValueId, Values};

/// A review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewItem {
    /// Its id.
    pub review: ReviewId,
    /// Its status.
    pub status: ReviewStatus,
    /// The time of its meeting, which may be in the past.
    pub review_at: Option<Moment>,
    /// Its tasks in the order in which they were made; tasks of earlier reviews that are done come
    /// first.
    pub tasks: Vec<TaskItem>,
}

/// A calendar task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskItem {
    /// Its id.
    pub task: TaskId,
    /// The administrator whose task it is; none for the learner's.
    pub administrator: Option<AdministratorId>,
    /// The time of the meeting, which may be in the past.
    pub at: Option<Moment>,
    /// Its status.
    pub status: TaskStatus,
}

impl ReviewItem {
    /// The review of a component of this learner's plan as it was recorded: an open task belongs to
    /// the administrator for whom it was made. None if the component's type has no review.
    pub fn of(learner: LearnerId, view: ComponentView<'_>, values: &Values) -> Option<Self> {
        let review = view.review()?;
        Some(Self::with((learner, view), &review, review.tasks(), values))
    }

    /// The same as it is shown: an open administrator's task belongs to the owner, or else to the
    /// case owner whom the learner has, or had then (V6).
    pub fn followed(
        learner: LearnerId,
        view: ComponentView<'_>,
        values: &Values,
        case_owner: Option<&AdministratorId>,
    ) -> Option<Self> {
        let review = view.review()?;
        let owner = administrator(values, view.value(Attribute::Owner));
        let whose = owner.or_else(|| case_owner.cloned());
        let tasks = review.tasks_of(whose.as_ref().map(|_| ValueId::UNKNOWN));
        let mut item = Self::with((learner, view), &review, &tasks, values);
        for (shown, task) in item.tasks.iter_mut().zip(&tasks) {
            if task.assignee == Assignee::Administrator(ValueId::UNKNOWN) {
                shown.administrator.clone_from(&whose);
            }
        }
        Some(item)
    }

    fn with(
        (learner, view): (LearnerId, ComponentView<'_>),
        review: &Review,
        tasks: &[Task],
        values: &Values,
    ) -> Self {
        let component = view.component();
        let task = |task: &Task| TaskItem {
            task: task.id(learner, component),
            administrator: match task.assignee {
                Assignee::Learner | Assignee::Administrator(ValueId::UNKNOWN) => None,
                Assignee::Administrator(id) => administrator(values, id),
            },
            at: moment(values, task.at),
            status: task.status,
        };
        Self {
            review: review.id(learner, component),
            status: review.status(),
            review_at: moment(values, review.at()),
            tasks: tasks.iter().map(task).collect(),
        }
    }
}

fn moment(values: &Values, id: ValueId) -> Option<Moment> {
    if let Value::Moment(moment) = values.get(id) {
        Some(*moment)
    } else {
        None
    }
}

fn administrator(values: &Values, id: ValueId) -> Option<AdministratorId> {
    if let Value::Administrator(administrator) = values.get(id) {
        Some(administrator.clone())
    } else {
        None
    }
}
