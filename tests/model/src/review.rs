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
    /// The review that it was made for.
    #[serde(skip)]
    pub generation: u32,
    /// Its number among that review's tasks.
    #[serde(skip)]
    pub number: usize,
}

/// Added to the number of a task of somebody who came later.
const LATE: usize = 1_000_000;

/// The review of a component of type `review`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// How often it was created anew.
    pub generation: u32,
    /// The step at which its component was added: a component that is removed and added again has
    /// another review, and another id of it, also where nothing else differs.
    pub added_at: u64,
    /// How many tasks it has had: one that is made again has another id.
    pub made: usize,
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

/// Tasks are made.
fn make_tasks(review: &mut Review, administrator: Option<&String>) {
    let assignees = std::iter::once("learner").chain(administrator.map(String::as_str));
    for assignee in assignees {
        review.tasks.push(Task {
            assignee: assignee.to_owned(),
            at: review.at.clone(),
            status: TaskStatus::Open,
            generation: review.generation,
            number: review.made,
        });
        review.made += 1;
    }
}

/// V1: a review is created, scheduled with its tasks where a date is set.
pub fn created(at: &Value, administrator: Option<&String>) -> Review {
    anew(0, Vec::new(), at, administrator)
}

fn anew(generation: u32, kept: Vec<Task>, at: &Value, administrator: Option<&String>) -> Review {
    let mut review = Review {
        generation,
        added_at: 0,
        made: 0,
        status: ReviewStatus::NotScheduled,
        at: at.clone(),
        tasks: kept,
    };
    if *at != Value::Null {
        review.status = ReviewStatus::Scheduled;
        make_tasks(&mut review, administrator);
    }
    review
}

/// How many tasks are open, as things are now.
pub fn open_tasks(review: &Review, administrator: Option<&String>) -> usize {
    let open = |task: &&Task| task.status == TaskStatus::Open;
    followed(review, administrator).iter().filter(open).count()
}

/// V6: the tasks as they are now: an open one that is not the learner's is this administrator's, or
/// off the calendar; and who came since the tasks were made has one too.
pub fn followed(review: &Review, administrator: Option<&String>) -> Vec<Task> {
    let is_open = |task: &Task| task.status == TaskStatus::Open;
    let mut tasks = review.tasks.clone();
    let theirs = |task: &Task| is_open(task) && task.assignee != "learner";
    let had_one = tasks.iter().any(theirs);
    for task in tasks.iter_mut().filter(|task| theirs(task)) {
        match administrator {
            Some(administrator) => task.assignee.clone_from(administrator),
            None => task.status = TaskStatus::Cancelled,
        }
    }
    let learners = tasks.iter().find(|task| is_open(task)).cloned();
    if let (Some(administrator), Some(learners), false) = (administrator, learners, had_one) {
        tasks.push(Task {
            assignee: administrator.clone(),
            number: LATE + review.made,
            ..learners
        });
    }
    tasks
}

/// Cancels what is open.
pub fn cancel_open(review: &mut Review) {
    for task in &mut review.tasks {
        if task.status == TaskStatus::Open {
            task.status = TaskStatus::Cancelled;
        }
    }
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
        make_tasks(review, administrator);
    } else {
        for task in &mut review.tasks {
            if task.status == TaskStatus::Open {
                task.at = at.clone();
            }
        }
    }
}

/// V0: whether a review can be set so by hand: scheduled if it has a date, not scheduled if not.
pub fn may_be(status: ReviewStatus, at: &Value) -> bool {
    match status {
        ReviewStatus::Scheduled => *at != Value::Null,
        ReviewStatus::NotScheduled => *at == Value::Null,
        ReviewStatus::InProgress | ReviewStatus::Completed => true,
    }
}

/// V0: a review's progress is set by hand. One that is not completed any more has the component's
/// date again; one that is scheduled and in nobody's calendar comes into it.
pub fn set(review: &mut Review, status: ReviewStatus, at: &Value, administrator: Option<&String>) {
    review.status = status;
    if status == ReviewStatus::Completed {
        review.tasks = followed(review, administrator);
        for task in &mut review.tasks {
            if task.status == TaskStatus::Open {
                task.status = TaskStatus::Done;
            }
        }
        return;
    }
    review.at = at.clone();
    let generation = review.generation;
    let stands =
        |task: &Task| task.generation == generation && task.status != TaskStatus::Cancelled;
    if status == ReviewStatus::Scheduled && !review.tasks.iter().any(stands) {
        make_tasks(review, administrator);
    }
}

/// V2: cancelled and created anew; tasks that are done stay, and those that this cancels: the learner's and
/// that of who went there before. Nothing where a completed review is left alone.
pub fn recreated(
    review: &mut Review,
    before: Option<&String>,
    at: &Value,
    administrator: Option<&String>,
) -> Option<()> {
    if review.status == ReviewStatus::Completed {
        return None;
    }
    review
        .tasks
        .retain(|task| task.status != TaskStatus::Cancelled);
    review.tasks = followed(review, before);
    cancel_open(review);
    let (added_at, kept) = (review.added_at, std::mem::take(&mut review.tasks));
    *review = anew(review.generation + 1, kept, at, administrator);
    review.added_at = added_at;
    Some(())
}
