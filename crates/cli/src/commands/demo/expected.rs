//! What should come of each change on each plan: the rules, done the slow and obvious way.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::commands::demo::activities::index_of;
use crate::commands::demo::college::{Learner, learners};
use crate::commands::demo::edits::{
    ADDED, DELETED, MAPPED, MOVED, QUALITY_ASSURED, REWRITTEN, component,
};

/// The changed activities.
pub(super) const CHANGED: [&str; 6] = [MOVED, MAPPED, REWRITTEN, QUALITY_ASSURED, DELETED, ADDED];

/// What comes of one activity on one plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pair {
    Applied,
    Unchanged,
    Skipped(&'static str),
}

/// How many pairs there are of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Pairs {
    pub(super) applied: u64,
    pub(super) unchanged: u64,
    pub(super) skipped: u64,
}

impl Pairs {
    fn count(&mut self, pair: Pair) {
        match pair {
            Pair::Applied => self.applied += 1,
            Pair::Unchanged => self.unchanged += 1,
            Pair::Skipped(_) => self.skipped += 1,
        }
    }
}

/// The learners who are synchronised onto.
pub(super) fn targets() -> Vec<Learner> {
    learners()
        .into_iter()
        .filter(Learner::may_be_chosen)
        .collect()
}

/// What should come of this activity on this plan, for somebody who may add, edit and delete, but
/// touch nothing that is finished.
pub(super) fn pair(learner: &Learner, name: &str) -> Pair {
    let is_finished = index_of(name).is_some_and(|index| index < learner.completed);
    match name {
        ADDED => Pair::Applied,
        DELETED if learner.lacks_deleted_activity() => Pair::Skipped("already_absent"),
        DELETED if is_finished => Pair::Skipped("delete_finished_not_permitted"),
        REWRITTEN if learner.lacks_rewritten_activity() => Pair::Skipped("missing_on_target"),
        MAPPED if learner.has_criterion_already() => Pair::Unchanged,
        _ if is_finished => Pair::Skipped("edit_finished_not_permitted"),
        _ => Pair::Applied,
    }
}

/// All pairs together.
pub(super) fn pairs() -> Pairs {
    let mut pairs = Pairs::default();
    for learner in targets() {
        for name in CHANGED {
            pairs.count(pair(&learner, name));
        }
    }
    pairs
}

/// The pairs of each activity.
pub(super) fn pairs_by_component() -> BTreeMap<Uuid, Pairs> {
    let targets = targets();
    let of = |name: &str| {
        let mut pairs = Pairs::default();
        for learner in &targets {
            pairs.count(pair(learner, name));
        }
        pairs
    };
    CHANGED
        .iter()
        .map(|name| (component(name), of(name)))
        .collect()
}

/// How often each reason should be given.
pub(super) fn reasons() -> BTreeMap<String, u64> {
    let mut reasons = BTreeMap::new();
    for learner in targets() {
        for name in CHANGED {
            if let Pair::Skipped(reason) = pair(&learner, name) {
                *reasons.entry(reason.to_owned()).or_default() += 1;
            }
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::{Pair, pair, reasons, targets};
    use crate::commands::demo::edits::{ADDED, source};
    use crate::commands::demo::expected::CHANGED;

    #[test]
    fn the_demo_shows_every_kind_of_outcome_it_is_about() {
        let reasons: Vec<_> = reasons().into_keys().collect();
        let expected = [
            "already_absent",
            "delete_finished_not_permitted",
            "edit_finished_not_permitted",
            "missing_on_target",
        ];
        assert_eq!(reasons, expected);
        let unchanged = |learner| {
            CHANGED
                .iter()
                .any(|name| pair(learner, name) == Pair::Unchanged)
        };
        assert!(targets().iter().any(unchanged));
        assert!(
            targets()
                .iter()
                .all(|learner| pair(learner, ADDED) == Pair::Applied)
        );
    }

    #[test]
    fn the_source_has_finished_nothing_that_is_edited() {
        for name in CHANGED {
            assert_eq!(pair(&source(), name), Pair::Applied, "{name}");
        }
    }
}
