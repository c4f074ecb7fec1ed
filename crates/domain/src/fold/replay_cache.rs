//! The replay cache: a sync of thousands of learners mostly meets equal plans, and equal plans are
//! changed equally.
//!
//! It keeps the last replay of each sync and compares plans by the addresses of their shared parts,
//! so that a hit costs no replay and the results share memory.

use std::sync::Arc;

use crate::event::sync::TargetReplayed;
use crate::ids::version::Version;
use crate::ids::{AdministratorId, ComponentId, SyncId};
use crate::plan::Plan;
use crate::plan::column::Column;
use crate::sync::pair_outcomes::PairOutcomes;

/// The number of syncs whose last replay is kept: enough for those that run at once, and for those
/// that one group of fetched plans has in common.
const SYNCS_MAX: usize = 32;

/// The last replay of each sync on a plan. The entries belong to one tenant's state, whose values
/// the plans use.
#[derive(Debug, Clone, Default)]
pub struct ReplayCache {
    /// The most recently inserted one is at the end.
    replays: Arc<Vec<Arc<CachedReplay>>>,
}

#[derive(Debug)]
struct CachedReplay {
    sync: SyncId,
    pair_outcomes: PairOutcomes,
    case_owner: Option<AdministratorId>,
    before: Plan,
    after: Plan,
}

impl ReplayCache {
    /// The plan after a replay, if the same replay was done on the same plan just before.
    pub(crate) fn get(
        &self,
        plan: &Plan,
        version: Version,
        replayed: &TargetReplayed,
    ) -> Option<Plan> {
        let last = self.of(replayed.sync)?;
        let is_same = last.after.version == version
            && last.case_owner == replayed.case_owner
            && last.before.shallow_eq(plan)
            && last.pair_outcomes == replayed.pair_outcomes;
        is_same.then(|| last.after.clone())
    }

    /// Keeps the result of a replay. Columns that are equal to those of the previous result are
    /// shared with it.
    pub(crate) fn insert(&mut self, before: &Plan, replayed: &TargetReplayed, after: &mut Plan) {
        if let Some(last) = self.of(replayed.sync).or(self.replays.last()) {
            after.share_columns_of(&last.after);
        }
        let cached = Arc::new(CachedReplay {
            sync: replayed.sync,
            pair_outcomes: replayed.pair_outcomes.clone(),
            case_owner: replayed.case_owner.clone(),
            before: before.clone(),
            after: after.clone(),
        });
        let replays = Arc::make_mut(&mut self.replays);
        if let Some(known) = replays.iter_mut().rfind(|last| last.sync == replayed.sync) {
            *known = cached;
            return;
        }
        if replays.len() == SYNCS_MAX {
            replays.remove(0);
        }
        replays.push(cached);
    }

    fn of(&self, sync: SyncId) -> Option<&Arc<CachedReplay>> {
        self.replays.iter().rfind(|last| last.sync == sync)
    }
}

impl Plan {
    /// Whether it is equal to another plan, comparing the addresses of shared parts: equal plans
    /// that share nothing count as different.
    pub(crate) fn shallow_eq(&self, other: &Self) -> bool {
        let columns = self.table.columns.iter().zip(&other.table.columns);
        self.version == other.version
            && self.filled == other.filled
            && Arc::ptr_eq(self.shape(), other.shape())
            && columns
                .into_iter()
                .all(|(one, two)| columns_shallow_eq(one, two))
            && columns_shallow_eq(&self.status, &other.status)
            && columns_shallow_eq(&self.from_template, &other.from_template)
            && columns_shallow_eq(&self.last_changed, &other.last_changed)
            && same_map(&self.evidence, &other.evidence)
            && same_map(&self.reviews, &other.reviews)
            && same_map(&self.gone, &other.gone)
    }

    fn share_columns_of(&mut self, other: &Self) {
        if !Arc::ptr_eq(self.shape(), other.shape()) {
            return;
        }
        let columns = self.table.columns.iter_mut().zip(&other.table.columns);
        columns.for_each(|(own, others)| share(own, others));
        share(&mut self.status, &other.status);
        share(&mut self.from_template, &other.from_template);
        share(&mut self.last_changed, &other.last_changed);
    }
}

fn columns_shallow_eq<T: Copy + PartialEq>(one: &Column<T>, two: &Column<T>) -> bool {
    match (one, two) {
        (Column::Same(one), Column::Same(two)) => one == two,
        (Column::Each(one), Column::Each(two)) => Arc::ptr_eq(one, two),
        (Column::Same(_), Column::Each(_)) | (Column::Each(_), Column::Same(_)) => false,
    }
}

fn same_map<T>(one: &imbl::OrdMap<ComponentId, T>, two: &imbl::OrdMap<ComponentId, T>) -> bool {
    (one.is_empty() && two.is_empty()) || one.ptr_eq(two)
}

fn share<T: Copy + PartialEq>(own: &mut Column<T>, others: &Column<T>) {
    if let (Column::Each(cells), Column::Each(shared)) = (&*own, others)
        && !Arc::ptr_eq(cells, shared)
        && cells == shared
    {
        *own = Column::Each(Arc::clone(shared));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Command, Edit};
    use crate::ids::Actor;
    use crate::test_support::{
        Given, attributes, component, given, learner, programme, sync, template_component,
    };
    use crate::values::attribute::Attribute;

    /// Two plans that were made of one template.
    fn two() -> Given {
        let components = [1, 2].map(|number| template_component(number, "exam"));
        let begun = given().programme(1).template(1, components);
        let begun = begun.learner(1, [1]).learner(2, [1]);
        [1, 2].into_iter().fold(begun, |given, number| {
            let command = Command::InstantiatePlan {
                learner: learner(number),
                programme: programme(1),
            };
            given.done(&Actor::System, &command)
        })
    }

    fn edited(given: Given, number: u128, edit: Edit) -> Given {
        let command = Command::EditPlan {
            learner: learner(number),
            expected_version: None,
            edits: vec![edit],
        };
        given.done(&Actor::System, &command)
    }

    fn are_shallow_equal(given: &Given) -> bool {
        let plan = |number| given.tenant.plan(learner(number));
        plan(1).shallow_eq(plan(2))
    }

    fn named(name: &str) -> Edit {
        Edit::Change {
            component: component(1),
            set: attributes([(Attribute::Name, name.into())]),
            reason: None,
        }
    }

    #[test]
    fn plans_of_one_template_are_shallowly_equal_until_one_of_them_changes() {
        assert!(are_shallow_equal(&two()));
        let edits = [
            named("Another"),
            Edit::Remove {
                component: component(1),
            },
            Edit::SubmitEvidence {
                component: component(1),
            },
            Edit::SetStatus {
                component: component(1),
                status: crate::plan::status::Status::Completed,
            },
        ];
        for edit in edits {
            let one = edited(two(), 1, edit.clone());
            assert!(!are_shallow_equal(&one), "{edit:?}");
            // Nothing that one of them alone went through is shared.
            let both = edited(one, 2, edit.clone());
            let [first, second] = [1, 2].map(|number| both.tenant.plan(learner(number)).version());
            assert_eq!(first, second, "{edit:?}");
        }
    }

    #[test]
    fn columns_that_came_out_the_same_are_shared() {
        let both = edited(edited(two(), 1, named("Another")), 2, named("Another"));
        let plan = |number| Plan::clone(both.tenant.plan(learner(number)));
        let (first, mut second) = (plan(1), plan(2));
        assert!(!first.shallow_eq(&second));
        second.share_columns_of(&first);
        assert!(first.shallow_eq(&second));
    }

    #[test]
    fn of_every_sync_up_to_a_bound_the_last_replay_is_known() {
        let given = edited(two(), 1, named("Another"));
        let [before, after] = [2, 1].map(|number| Plan::clone(given.tenant.plan(learner(number))));
        let replayed = |number: u128| TargetReplayed {
            sync: sync(number),
            learner: learner(2),
            pair_outcomes: PairOutcomes::default(),
            case_owner: None,
            cause: None,
            cancelled: None,
        };
        let mut cache = ReplayCache::default();
        let bound = u128::try_from(SYNCS_MAX).unwrap();
        for number in (1..=bound + 1).chain([2]) {
            cache.insert(&before, &replayed(number), &mut after.clone());
        }
        let known = |plan: &Plan, version, number| {
            let again = cache.get(plan, version, &replayed(number));
            again.is_some_and(|again| again.shallow_eq(&after))
        };
        assert!(!known(&before, after.version(), 1));
        for number in 2..=bound + 1 {
            assert!(known(&before, after.version(), number), "{number}");
        }
        assert!(!known(&after, after.version(), 2));
        assert!(!known(&before, before.version(), 2));
    }
}
