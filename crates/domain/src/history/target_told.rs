//! What a sync did to one target, as ids of components and calendar tasks.
//!
//! Everything follows from the target's commit and from an outline of the change set, so no plan is
//! read. Ids of new tasks are derived; those of cancelled tasks are in the commit. If there are too
//! many ids, the order below decides which are reported.

use crate::event::sync::TargetReplayed;
use crate::history::task_changes::{cancelled_count, is_cancelling};
use crate::ids::{ComponentId, TaskId};
use crate::review::Origin;
use crate::sync::change_set::{Change, ChangeSet, Entry, Whole};
use crate::sync::pair_outcome::{Action, OwnerEffect, PairOutcome, ReviewEffect};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

/// The largest number of ids that are reported for one target.
pub const IDS_MAX: usize = 256;

/// The part of a change set that is needed for this, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    entries: Vec<Line>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line {
    component: ComponentId,
    is_review: bool,
    /// For a review that would be created with a date: whether the source's component has an owner.
    meeting: Option<bool>,
}

impl Outline {
    /// The outline of a change set.
    pub fn of(change_set: &ChangeSet) -> Self {
        let entries = change_set.entries().iter();
        Self {
            entries: entries.map(Line::of).collect(),
        }
    }

    /// The components, in the order of the change set.
    pub fn components(&self) -> impl Iterator<Item = ComponentId> + '_ {
        self.entries.iter().map(|line| line.component)
    }

    /// Its size in memory, in bytes.
    pub fn bytes(&self) -> usize {
        self.entries.len().saturating_mul(size_of::<Line>())
    }
}

impl Line {
    fn of(entry: &Entry) -> Self {
        let whole = match &entry.change {
            Change::Create(whole) | Change::Overwrite(whole) => Some(whole),
            Change::NoRecentChange
            | Change::NoTemplate
            | Change::Update(_)
            | Change::Delete
            | Change::Select { .. } => None,
        };
        let has = |whole: &Whole, attribute| {
            let value = whole.attributes.get(attribute);
            value.is_some_and(|value| *value != Value::Null)
        };
        let dated = whole
            .filter(|whole| entry.component_type.is_review() && has(whole, Attribute::ReviewAt));
        Self {
            component: entry.component,
            is_review: entry.component_type.is_review(),
            meeting: dated.map(|whole| has(whole, Attribute::Owner)),
        }
    }
}

/// What happened to a target, at most [`IDS_MAX`] ids: first the components that were created,
/// updated and deleted, then the tasks that were made and cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TargetTold {
    /// Components that were created.
    pub created: Vec<ComponentId>,
    /// Components that were updated.
    pub updated: Vec<ComponentId>,
    /// Components that were deleted.
    pub deleted: Vec<ComponentId>,
    /// Tasks that were made.
    pub made: Vec<TaskId>,
    /// Open tasks that were cancelled.
    pub cancelled: Vec<TaskId>,
    /// Whether there are more ids than these.
    pub truncated: bool,
}

/// The tasks of a commit of an earlier version, which does not name them: found by comparing the
/// plans before and after it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TasksFound {
    /// Tasks that were made.
    pub made: Vec<TaskId>,
    /// Open tasks that were cancelled.
    pub cancelled: Vec<TaskId>,
}

impl TargetTold {
    /// What a commit reports; none if the commit is of an earlier version and states only how many
    /// tasks there were, not which.
    pub fn of(outline: &Outline, replayed: &TargetReplayed) -> Option<Self> {
        let mut told = Self::default();
        let tasks = told.components(outline, replayed);
        if told.truncated {
            return Some(told);
        }
        let wanted = usize::try_from(tasks.cancelled).unwrap_or(usize::MAX);
        let cancelled = match &replayed.cancelled {
            Some(kept) if kept.len() >= wanted.min(told.room()) => kept.as_slice(),
            None if !tasks.may_cancel => &[],
            Some(_) | None => return None,
        };
        if tasks.is_untold {
            return None;
        }
        told.tasks(&tasks.made, cancelled);
        told.truncated |= wanted > told.cancelled.len();
        Some(told)
    }

    /// The same, for a commit whose tasks had to be found in the plans.
    pub fn with(outline: &Outline, replayed: &TargetReplayed, found: &TasksFound) -> Self {
        let mut told = Self::default();
        told.components(outline, replayed);
        told.tasks(&found.made, &found.cancelled);
        told
    }

    fn room(&self) -> usize {
        let told = self.created.len() + self.updated.len() + self.deleted.len();
        IDS_MAX.saturating_sub(told + self.made.len() + self.cancelled.len())
    }

    /// Tells the components; what becomes of the tasks, unless there are more components than are told.
    fn components(&mut self, outline: &Outline, replayed: &TargetReplayed) -> Tasks {
        let runs = replayed.pair_outcomes.runs();
        let applied = runs.iter().filter(|run| run.pair_outcome.is_applied());
        let count: u64 = applied.map(|run| u64::from(run.count)).sum();
        self.truncated = usize::try_from(count).is_ok_and(|count| count > IDS_MAX);
        let mut tasks = Tasks::default();
        let mut ids: [Vec<ComponentId>; Action::ALL.len()] = Default::default();
        let mut rest = outline.entries.as_slice();
        for run in runs {
            let count = usize::try_from(run.count).unwrap_or(usize::MAX);
            let (these, others) = rest.split_at(count.min(rest.len()));
            rest = others;
            let pair_outcome = run.pair_outcome;
            if !pair_outcome.is_applied() {
                continue;
            }
            let of_action = &mut ids[usize::from(pair_outcome.action().code())];
            let room = IDS_MAX - of_action.len();
            of_action.extend(these.iter().take(room).map(|line| line.component));
            if !self.truncated {
                let lines = these.iter();
                lines.for_each(|line| tasks.add(line, pair_outcome, replayed));
            }
        }
        let [updated, created, deleted] = ids;
        self.created = self.fitting(created);
        self.updated = self.fitting(updated);
        self.deleted = self.fitting(deleted);
        tasks
    }

    fn tasks(&mut self, made: &[TaskId], cancelled: &[TaskId]) {
        self.made = self.fitting(made.to_vec());
        self.cancelled = self.fitting(cancelled.to_vec());
    }

    /// The ids for which there is room.
    fn fitting<T>(&mut self, mut ids: Vec<T>) -> Vec<T> {
        let room = self.room();
        self.truncated |= ids.len() > room;
        ids.truncate(room);
        ids
    }
}

/// The tasks that pair outcomes made and cancelled.
#[derive(Debug, Default)]
struct Tasks {
    made: Vec<TaskId>,
    cancelled: u64,
    /// Whether some pair outcome can cancel tasks.
    may_cancel: bool,
    /// Whether some pair outcome does not state how many tasks it made or cancelled.
    is_untold: bool,
}

impl Tasks {
    fn add(&mut self, line: &Line, pair_outcome: PairOutcome, replayed: &TargetReplayed) {
        self.cancelled += u64::from(cancelled_count(pair_outcome));
        self.may_cancel |= line.is_review && is_cancelling(pair_outcome);
        let is_recreated = matches!(pair_outcome.review(), ReviewEffect::Recreated { .. });
        let count = match (pair_outcome.action(), pair_outcome.made()) {
            (Action::Create, _) => u32::from(line.made(pair_outcome, replayed)),
            (Action::Synchronise, Some(made)) if is_recreated => u32::from(made),
            (Action::Synchronise, None) if is_recreated => {
                self.is_untold = true;
                0
            }
            (Action::Synchronise, _) => {
                // Only the plans show whose tasks these were and are.
                self.is_untold |= line.is_review && pair_outcome.owner() != OwnerEffect::Kept;
                0
            }
            (Action::Delete, _) => 0,
        };
        // One more than is reported, so that the truncation is noticed.
        if count > 0 && self.made.len() <= IDS_MAX {
            let review = Origin::Sync(replayed.sync);
            let ids = review.first_tasks(replayed.learner, line.component, count);
            self.made.extend(ids);
        }
    }
}

impl Line {
    /// V1: the number of tasks that the review of a created component got.
    fn made(self, pair_outcome: PairOutcome, replayed: &TargetReplayed) -> u8 {
        let Some(source_has_owner) = self.meeting else {
            return 0;
        };
        let has_owner = match pair_outcome.owner() {
            OwnerEffect::Kept => false,
            OwnerEffect::Source => source_has_owner,
            OwnerEffect::TargetCaseOwner => replayed.case_owner.is_some(),
        };
        1 + u8::from(has_owner || replayed.case_owner.is_some())
    }
}
