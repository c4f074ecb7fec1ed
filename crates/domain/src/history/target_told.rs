//! What a sync did to one target, told by ids: components, and calendar tasks.
//!
//! Everything follows from the target's commit and from an outline of the change set; of tasks that were
//! cancelled the commit has the ids. Owns which ids are told where there are too many. Reads no plan.

use crate::event::sync::TargetReplayed;
use crate::history::task_changes::{cancelled_count, is_cancelling};
use crate::ids::{ComponentId, TaskId};
use crate::review::Origin;
use crate::sync::change_set::{Change, ChangeSet, Entry, Whole};
use crate::sync::pair_outcome::{Action, OwnerEffect, PairOutcome, ReviewEffect};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

/// The most ids that are told of one target.
pub const IDS_MAX: usize = 256;

/// What telling needs of a change set, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    entries: Vec<Line>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line {
    component: ComponentId,
    is_review: bool,
    /// Of a review that would be created with a date: whether the source's component has an owner.
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

    /// The components, in the change set's order.
    pub fn components(&self) -> impl Iterator<Item = ComponentId> + '_ {
        self.entries.iter().map(|line| line.component)
    }

    /// What it takes in memory.
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

/// What became of a target, at most [`IDS_MAX`] ids in all: first the components, created, updated, deleted,
/// then the tasks, made, cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TargetTold {
    /// Components that the target got.
    pub created: Vec<ComponentId>,
    /// Components that were changed.
    pub updated: Vec<ComponentId>,
    /// Components that the target lost.
    pub deleted: Vec<ComponentId>,
    /// Tasks that were made.
    pub made: Vec<TaskId>,
    /// Open tasks that were cancelled.
    pub cancelled: Vec<TaskId>,
    /// Whether there are more than are told.
    pub truncated: bool,
}

/// Tasks as they are to be told of an earlier version's commit, which does not say: what the plan before and
/// after it shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TasksFound {
    /// Tasks that were made.
    pub made: Vec<TaskId>,
    /// Open tasks that were cancelled.
    pub cancelled: Vec<TaskId>,
}

impl TargetTold {
    /// What a commit tells; none where it is of an earlier version, and says how many tasks, and not which.
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

    /// The same, where the tasks had to be found.
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

    /// Those that there is room for.
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
    /// Whether some pair outcome is of those that cancel tasks.
    may_cancel: bool,
    /// Whether some pair outcome does not say how many tasks it made or cancelled.
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
                // Whose task there was, and is, the plan shows.
                self.is_untold |= line.is_review && pair_outcome.owner() != OwnerEffect::Kept;
                0
            }
            (Action::Delete, _) => 0,
        };
        // One more than is told, so that it shows that there are more.
        if count > 0 && self.made.len() <= IDS_MAX {
            let review = Origin::Sync(replayed.sync);
            let ids = review.first_tasks(replayed.learner, line.component, count);
            self.made.extend(ids);
        }
    }
}

impl Line {
    /// V1: how many tasks the review of a created component got.
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
