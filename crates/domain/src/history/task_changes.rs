//! Which calendar tasks of a component a commit made and which it cancelled, by their ids (V6).

use crate::ids::{ComponentId, LearnerId, TaskId};
use crate::plan::{ComponentView, Plan};
use crate::review::Task;
use crate::review::status::TaskStatus;
use crate::sync::pair_outcome::{Action, PairOutcome, ReviewEffect};
use crate::sync::pair_outcomes::PairOutcomes;
use crate::values::ValueId;
use crate::values::attribute::Attribute;

/// The tasks of one component that a commit changed, in the order in which they were made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskChanges {
    /// Tasks that were made.
    pub made: Vec<TaskId>,
    /// Tasks that were open and are cancelled.
    pub cancelled: Vec<TaskId>,
}

/// The evidence for who attended a component's meetings before a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witness {
    /// A commit by hand: somebody attended if the component had an owner, or the learner a case
    /// owner.
    Hand {
        /// Whether the learner had a case owner.
        has_case_owner: bool,
    },
    /// A sync, which counted the open tasks.
    Sync(PairOutcome),
}

impl TaskChanges {
    /// What a commit did to the tasks of a component that exists before and after it.
    pub fn between(
        learner: LearnerId,
        component: ComponentId,
        before: Option<ComponentView<'_>>,
        after: Option<ComponentView<'_>>,
        witness: Witness,
    ) -> Self {
        let before = before.map_or_else(Vec::new, |before| witness.tasks(before));
        let after = after.map_or_else(Vec::new, |after| match witness {
            Witness::Hand { .. } => witness.tasks(after),
            // A sync makes tasks for the administrator who attends the meeting.
            Witness::Sync(_) => recorded_tasks(after),
        });
        let is_off = |task: &&Task| task.status == TaskStatus::Cancelled;
        let stands = |task: &&Task| {
            let kept = after.iter().find(|kept| kept.is_same(task));
            kept.is_some_and(|kept| !is_off(&kept))
        };
        let is_new = |task: &&Task| !before.iter().any(|known| known.is_same(task));
        let was_open = before.iter().filter(|task| task.status == TaskStatus::Open);
        let id = |task: &Task| task.id(learner, component);
        Self {
            cancelled: was_open.filter(|task| !stands(task)).map(id).collect(),
            made: after
                .iter()
                .filter(|task| is_new(task) && !is_off(task))
                .map(id)
                .collect(),
        }
    }
}

impl Witness {
    /// The evidence of a sync's pair outcome. If the sync leaves a review as it is, an owner that
    /// it sets or removes moves the administrator's task as an edit by hand does.
    pub fn of_sync(pair_outcome: PairOutcome, has_case_owner: bool) -> Self {
        if leaves_review(pair_outcome) {
            Self::Hand { has_case_owner }
        } else {
            Self::Sync(pair_outcome)
        }
    }

    /// The tasks of a component as they were shown then (V6).
    fn tasks(self, view: ComponentView<'_>) -> Vec<Task> {
        let somebody_goes = match self {
            Self::Hand { has_case_owner } => {
                has_case_owner || view.value(Attribute::Owner) != ValueId::NULL
            }
            // None were open, or the first edition did not count those of components that it
            // deleted.
            Self::Sync(pair_outcome) if cancelled_count(pair_outcome) == 0 => {
                return recorded_tasks(view);
            }
            Self::Sync(pair_outcome) => cancelled_count(pair_outcome) > 1,
        };
        let administrator = somebody_goes.then_some(ValueId::UNKNOWN);
        let review = view.review();
        review.map_or_else(Vec::new, |review| review.tasks_of(administrator))
    }
}

fn recorded_tasks(view: ComponentView<'_>) -> Vec<Task> {
    let review = view.review();
    review.map_or_else(Vec::new, |review| review.tasks().to_vec())
}

/// The number of open tasks that a pair outcome states it cancelled.
pub(crate) const fn cancelled_count(pair_outcome: PairOutcome) -> u8 {
    if let ReviewEffect::Recreated { tasks } = pair_outcome.review() {
        tasks
    } else {
        pair_outcome.lost().tasks
    }
}

/// Whether a pair outcome cancels the open tasks of a review, if there are any.
pub(crate) const fn is_cancelling(pair_outcome: PairOutcome) -> bool {
    let is_recreated = matches!(pair_outcome.review(), ReviewEffect::Recreated { .. });
    pair_outcome.is_applied() && (is_recreated || matches!(pair_outcome.action(), Action::Delete))
}

/// Whether a pair outcome changes an existing component without creating its review anew.
pub(crate) const fn leaves_review(pair_outcome: PairOutcome) -> bool {
    matches!(pair_outcome.action(), Action::Synchronise)
        && !matches!(pair_outcome.review(), ReviewEffect::Recreated { .. })
}

/// Whether any of these pair outcomes can cancel open tasks.
pub fn may_cancel(pair_outcomes: &PairOutcomes) -> bool {
    let mut runs = pair_outcomes.runs().iter();
    runs.any(|run| is_cancelling(run.pair_outcome))
}

/// The open tasks that pair outcomes cancel on a plan, at most `count_max` of them. The log stores these
/// ids, because nothing else in the commit leads to them.
pub fn cancelled(
    learner: LearnerId,
    plan: &Plan,
    components: impl Iterator<Item = ComponentId>,
    pair_outcomes: &PairOutcomes,
    count_max: usize,
) -> Vec<TaskId> {
    let mut components = components;
    let mut found = Vec::new();
    for run in pair_outcomes.runs() {
        let count = usize::try_from(run.count).unwrap_or(usize::MAX);
        let these = components.by_ref().take(count);
        let cancels = run.pair_outcome.is_applied() && cancelled_count(run.pair_outcome) > 0;
        if !cancels {
            these.for_each(drop);
            continue;
        }
        for component in these {
            if found.len() >= count_max {
                return found;
            }
            let view = plan.component(component);
            let tasks = view.map(|view| Witness::Sync(run.pair_outcome).tasks(view));
            let open = tasks.into_iter().flatten();
            let open = open.filter(|task| task.status == TaskStatus::Open);
            let ids = open.map(|task| task.id(learner, component));
            found.extend(ids.take(count_max - found.len()));
        }
    }
    found
}
