//! A component's review as it is shown: with the ids that it has on its learner's plan.
//!
//! Owns what is looked up for that. Changes nothing.

use crate::ids::{AdministratorId, LearnerId, ReviewId, TaskId};
use crate::moment::Moment;
use crate::plan::ComponentView;
use crate::review::{Assignee, Task};
use crate::review_status::{ReviewStatus, TaskStatus};
use crate::value::Value;
use crate::values::{ValueId, Values};

/// A review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewItem {
    /// Its id.
    pub review: ReviewId,
    /// How far it is.
    pub status: ReviewStatus,
    /// When its meeting is, or was.
    pub review_at: Option<Moment>,
    /// In the order of making, those that are done of earlier reviews first.
    pub tasks: Vec<TaskItem>,
}

/// A calendar task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskItem {
    /// Its id.
    pub task: TaskId,
    /// Whose it is: the learner's, or this administrator's.
    pub administrator: Option<AdministratorId>,
    /// When the meeting is, or was.
    pub at: Option<Moment>,
    /// How it stands.
    pub status: TaskStatus,
}

impl ReviewItem {
    /// The review of a component of this learner's plan, if it is of the type that has one.
    pub fn of(learner: LearnerId, view: ComponentView<'_>, values: &Values) -> Option<Self> {
        let component = view.component();
        let review = view.review()?;
        let task = |task: &Task| TaskItem {
            task: task.id(learner, component),
            administrator: match task.assignee {
                Assignee::Learner => None,
                Assignee::Administrator(id) => administrator(values, id),
            },
            at: moment(values, task.at),
            status: task.status,
        };
        Some(Self {
            review: review.id(learner, component),
            status: review.status(),
            review_at: moment(values, review.at()),
            tasks: review.tasks().iter().map(task).collect(),
        })
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
