//! The review of one component, and its calendar tasks (V0, V1, V2, V6).
//!
//! Owns how each moves. Refuses to know who may move it, or when a sync does. No id is stored: it
//! follows from where a review comes from, so that every fold of the log gives the same one.
//!
//! May import: `ids`, `values`.

pub mod status;

use crate::ids::version::Version;
use crate::ids::{ComponentId, LearnerId, ReviewId, SyncId, TaskId};
use crate::review::status::{ReviewStatus, TaskStatus};
use crate::values::ValueId;

/// The most tasks that a component's review has. Beyond it, the oldest cancelled ones are dropped first, then
/// the oldest done ones.
pub const TASKS_MAX: usize = 100;

/// Added to the number of a task for somebody who came later, so that it is no other's.
const LATE: u32 = 1 << 31;

/// What created a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A commit by hand, which made this version of the plan.
    Hand(Version),
    /// A synchronisation.
    Sync(SyncId),
}

impl Origin {
    /// The ids of the tasks that a review got with its creation, where it got so many.
    pub(crate) fn first_tasks(
        self,
        learner: LearnerId,
        component: ComponentId,
        count: u32,
    ) -> impl Iterator<Item = TaskId> {
        let review = self.review_id(learner, component);
        (0..count).map(move |number| task_id(review, number))
    }

    /// The id of the review that it created for a component of a learner's plan.
    fn review_id(self, learner: LearnerId, component: ComponentId) -> ReviewId {
        let component = component.as_uuid().as_bytes();
        ReviewId::from_uuid(match self {
            Self::Hand(version) => {
                let version = version.get().to_be_bytes();
                learner.derive(&[b"review/", &component[..], &version].concat())
            }
            Self::Sync(sync) => {
                let learner = learner.as_uuid().as_bytes();
                sync.derive(&[&learner[..], component].concat())
            }
        })
    }
}

/// Whose calendar a task is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Assignee {
    /// The learner's.
    Learner,
    /// The administrator's who is this value.
    Administrator(ValueId),
}

/// One entry of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// What created the review that it was made for, perhaps an earlier one than today's.
    pub(crate) origin: Origin,
    /// Its place among the tasks of that review.
    pub(crate) number: u32,
    /// Whose.
    pub assignee: Assignee,
    /// When the meeting is, or was.
    pub at: ValueId,
    /// How it stands.
    pub status: TaskStatus,
}

impl Task {
    /// Its id, on this learner's plan.
    pub fn id(&self, learner: LearnerId, component: ComponentId) -> TaskId {
        task_id(self.origin.review_id(learner, component), self.number)
    }

    /// Whether it is the same one, however it stands.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.origin == other.origin && self.number == other.number
    }
}

fn task_id(review: ReviewId, number: u32) -> TaskId {
    TaskId::from_uuid(review.derive(&number.to_be_bytes()))
}

/// When a meeting is, and who goes there beside the learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meeting {
    /// When; null for no date.
    pub at: ValueId,
    /// The component's owner, or else the learner's case owner, or else null.
    pub administrator: ValueId,
}

impl Meeting {
    fn is_dated(self) -> bool {
        self.at != ValueId::NULL
    }
}

/// The review of one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub(crate) origin: Origin,
    pub(crate) status: ReviewStatus,
    pub(crate) at: ValueId,
    /// In the order of making. Of earlier reviews: those that are done, and the open ones that were cancelled
    /// when this review took the place of the last one.
    pub(crate) tasks: Vec<Task>,
    /// How many tasks were ever made for it.
    pub(crate) made_count: u32,
}

impl Review {
    /// A review without a date.
    pub(crate) const fn undated(origin: Origin) -> Self {
        Self {
            origin,
            status: ReviewStatus::NotScheduled,
            at: ValueId::NULL,
            tasks: Vec::new(),
            made_count: 0,
        }
    }

    /// V1: scheduled with its tasks where there is a date, without any otherwise.
    pub(crate) fn created(origin: Origin, meeting: Meeting) -> Self {
        let mut review = Self::undated(origin);
        review.reschedule(meeting);
        review
    }

    /// V2: another review in its place. The tasks that are done stay. The open ones, one of them this
    /// administrator's if there is one, are cancelled and stay until the next review takes this one's place.
    pub(crate) fn recreated(
        &self,
        origin: Origin,
        administrator: Option<ValueId>,
        meeting: Meeting,
    ) -> Self {
        let mut ended = self.clone();
        ended.tasks.retain(|task| !task.is(TaskStatus::Cancelled));
        ended.tasks = ended.tasks_of(administrator);
        ended.each_open(|task| task.status = TaskStatus::Cancelled);
        let mut review = Self {
            tasks: ended.tasks,
            ..Self::undated(origin)
        };
        review.reschedule(meeting);
        review
    }

    /// Its id, on this learner's plan.
    pub fn id(&self, learner: LearnerId, component: ComponentId) -> ReviewId {
        self.origin.review_id(learner, component)
    }

    /// How far it is.
    pub fn status(&self) -> ReviewStatus {
        self.status
    }

    /// When its meeting is, or was; null for no date.
    pub fn at(&self) -> ValueId {
        self.at
    }

    /// Its tasks, in the order of making; cancelled ones until another review takes its place.
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// How many tasks are open: the learner's, and an administrator's if somebody goes there now (V6).
    pub fn open_task_count(&self, has_administrator: bool) -> usize {
        let is_open = self.tasks.iter().any(|task| task.is(TaskStatus::Open));
        usize::from(is_open) + usize::from(is_open && has_administrator)
    }

    /// V6: its tasks as they are where this administrator goes there now, or nobody. An open task
    /// follows; without anybody it is off the calendar, and who came later has one of their own.
    pub fn tasks_of(&self, administrator: Option<ValueId>) -> Vec<Task> {
        let mut tasks = self.tasks.clone();
        let mut lacking = administrator;
        let open = tasks.iter_mut().filter(|task| task.is(TaskStatus::Open));
        for task in open.filter(|task| task.assignee != Assignee::Learner) {
            match administrator {
                Some(administrator) => task.assignee = Assignee::Administrator(administrator),
                None => task.status = TaskStatus::Cancelled,
            }
            lacking = None;
        }
        let learners = tasks.iter().find(|task| task.is(TaskStatus::Open)).copied();
        let late = lacking.zip(learners).map(|(administrator, learners)| Task {
            origin: self.origin,
            number: LATE | self.made_count,
            assignee: Assignee::Administrator(administrator),
            ..learners
        });
        tasks.extend(late);
        tasks
    }

    /// V6: who goes there now has the open task, for good.
    pub(crate) fn settle(&mut self, administrator: ValueId) {
        self.tasks = self.tasks_of((administrator != ValueId::NULL).then_some(administrator));
    }

    /// V0: the component's date changed. A completed review keeps its own.
    pub(crate) fn reschedule(&mut self, meeting: Meeting) {
        match self.status {
            ReviewStatus::NotScheduled if meeting.is_dated() => {
                self.status = ReviewStatus::Scheduled;
                self.at = meeting.at;
                self.make_tasks(meeting);
            }
            ReviewStatus::NotScheduled | ReviewStatus::Completed => {}
            ReviewStatus::Scheduled | ReviewStatus::InProgress if meeting.is_dated() => {
                self.at = meeting.at;
                self.each_open(|task| task.at = meeting.at);
            }
            ReviewStatus::Scheduled | ReviewStatus::InProgress => {
                self.status = ReviewStatus::NotScheduled;
                self.at = ValueId::NULL;
                self.each_open(|task| task.status = TaskStatus::Cancelled);
            }
        }
    }

    /// V0: progress is recorded; what is not completed any more has its component's date again.
    pub(crate) fn set_status(&mut self, status: ReviewStatus, meeting: Meeting) {
        if status.is_completed() {
            self.each_open(|task| task.status = TaskStatus::Done);
        } else {
            self.at = meeting.at;
        }
        self.status = status;
        if self.lacks_tasks() {
            self.make_tasks(meeting);
        }
    }

    /// Whether this status would make tasks of a review that had none, or only cancelled ones.
    pub(crate) fn would_make_tasks(&self, status: ReviewStatus) -> bool {
        let mut copy = self.clone();
        copy.status = status;
        copy.lacks_tasks()
    }

    /// Whether it is scheduled and in nobody's calendar.
    fn lacks_tasks(&self) -> bool {
        let stands = |task: &Task| task.origin == self.origin && !task.is(TaskStatus::Cancelled);
        self.status == ReviewStatus::Scheduled && !self.tasks.iter().any(stands)
    }

    fn make_tasks(&mut self, meeting: Meeting) {
        self.make_task(Assignee::Learner, meeting.at);
        if meeting.administrator != ValueId::NULL {
            self.make_task(Assignee::Administrator(meeting.administrator), meeting.at);
        }
        self.drop_surplus();
    }

    /// Cancelled tasks go first, then done ones, the oldest first.
    fn drop_surplus(&mut self) {
        for status in [TaskStatus::Cancelled, TaskStatus::Done] {
            let mut surplus = self.tasks.len().saturating_sub(TASKS_MAX);
            self.tasks.retain(|task| {
                let goes = surplus > 0 && task.is(status);
                surplus -= usize::from(goes);
                !goes
            });
        }
    }

    fn make_task(&mut self, assignee: Assignee, at: ValueId) {
        self.tasks.push(Task {
            origin: self.origin,
            number: self.made_count,
            assignee,
            at,
            status: TaskStatus::Open,
        });
        self.made_count = self.made_count.saturating_add(1);
    }

    fn each_open(&mut self, change: impl Fn(&mut Task)) {
        let open = self.tasks.iter_mut();
        open.filter(|task| task.is(TaskStatus::Open))
            .for_each(change);
    }
}

impl Task {
    fn is(&self, status: TaskStatus) -> bool {
        self.status == status
    }
}

#[cfg(test)]
mod tests;
