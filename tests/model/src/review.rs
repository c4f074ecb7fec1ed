//! V0–V5: the review of a component and its calendar tasks.
//!
//! Review and task ids are the product's to make, so that this has none: a review created anew is
//! a later `generation`.

use serde::Serialize;

use crate::value::Value;

/// How far a review is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names are the rule's.
pub enum ReviewStatus {
    NotScheduled,
    Scheduled,
    InProgress,
    Completed,
}

/// How a calendar task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names are the rule's.
pub enum TaskStatus {
    Open,
    Done,
    Cancelled,
}

/// An entry in somebody's calendar.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Task {
    /// `learner`, or an administrator.
    pub assignee: String,
    /// When.
    pub at: Value,
    /// How it stands.
    pub status: TaskStatus,
}

/// The review of a component of type `review`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// How often it was created anew.
    pub generation: u32,
    /// How far it is.
    pub status: ReviewStatus,
    /// When it is held; null: no date.
    pub at: Value,
    /// Its calendar tasks, those of its earlier lives too.
    pub tasks: Vec<Task>,
}

/// Whose tasks a review has besides the learner's: the component's owner, or else the case owner.
pub fn administrator(owner: Option<&String>, case_owner: Option<&String>) -> Option<String> {
    owner.or(case_owner).cloned()
}

fn new_tasks(at: &Value, administrator: Option<&String>) -> Vec<Task> {
    let task = |assignee: &str| Task {
        assignee: assignee.to_owned(),
        at: at.clone(),
        status: TaskStatus::Open,
    };
    let mut tasks = vec![task("learner")];
    tasks.extend(administrator.map(|name| task(name)));
    tasks
}

/// V1: a review is created, scheduled with its tasks where a date is set.
pub fn created(at: &Value, administrator: Option<&String>) -> Review {
    let dated = *at != Value::Null;
    Review {
        generation: 0,
        status: if dated {
            ReviewStatus::Scheduled
        } else {
            ReviewStatus::NotScheduled
        },
        at: at.clone(),
        tasks: if dated {
            new_tasks(at, administrator)
        } else {
            Vec::new()
        },
    }
}

/// Cancels what is open, and says how many that were.
pub fn cancel_open(review: &mut Review) -> usize {
    let mut cancelled = 0;
    for task in &mut review.tasks {
        if task.status == TaskStatus::Open {
            task.status = TaskStatus::Cancelled;
            cancelled += 1;
        }
    }
    cancelled
}

/// V0: the date of an open review was changed by hand; a completed one keeps its own.
pub fn moved(review: &mut Review, at: &Value, administrator: Option<&String>) {
    if review.status == ReviewStatus::Completed {
        return;
    }
    review.at = at.clone();
    if *at == Value::Null {
        cancel_open(review);
        review.status = ReviewStatus::NotScheduled;
    } else if review.status == ReviewStatus::NotScheduled {
        review.status = ReviewStatus::Scheduled;
        review.tasks.extend(new_tasks(at, administrator));
    } else {
        for task in &mut review.tasks {
            if task.status == TaskStatus::Open {
                task.at = at.clone();
            }
        }
    }
}

/// V0: a review's progress is set by hand. `scheduled` and `not_scheduled` are the same wish; the
/// date decides which it is.
pub fn set(review: &mut Review, status: ReviewStatus, administrator: Option<&String>) {
    match status {
        ReviewStatus::InProgress => review.status = status,
        ReviewStatus::Completed => {
            review.status = status;
            for task in &mut review.tasks {
                if task.status == TaskStatus::Open {
                    task.status = TaskStatus::Done;
                }
            }
        }
        ReviewStatus::Scheduled | ReviewStatus::NotScheduled => {
            let _ = administrator;
            let dated = review.at != Value::Null;
            review.status = if dated {
                ReviewStatus::Scheduled
            } else {
                ReviewStatus::NotScheduled
            };
        }
    }
}

/// V2: cancelled and created anew; tasks that are done stay. Says how many open ones were
/// cancelled, or nothing where a completed review is left alone.
pub fn recreated(review: &mut Review, at: &Value, administrator: Option<&String>) -> Option<usize> {
    if review.status == ReviewStatus::Completed {
        return None;
    }
    let cancelled = cancel_open(review);
    let mut anew = created(at, administrator);
    anew.generation = review.generation + 1;
    let kept = review
        .tasks
        .iter()
        .filter(|task| task.status == TaskStatus::Done);
    let tasks = kept.cloned().chain(anew.tasks).collect();
    *review = Review { tasks, ..anew };
    Some(cancelled)
}
