//! The expected result of each change on each plan, computed by the rules in a simple and slow way.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::commands::demo::activities::{ACTIVITIES, index_of};
use crate::commands::demo::college::{DemoLearner, Review, learners};
use crate::commands::demo::edits::{
    ADDED, DELETED, MAPPED, MOVED, QUALITY_ASSURED, REVIEWED, REWRITTEN, component,
};

/// The changed activities.
pub(super) const CHANGED: [&str; 7] = [
    MOVED,
    MAPPED,
    REWRITTEN,
    REVIEWED,
    QUALITY_ASSURED,
    DELETED,
    ADDED,
];

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

/// The learners whose plans are synchronised.
pub(super) fn targets() -> Vec<DemoLearner> {
    learners()
        .into_iter()
        .filter(DemoLearner::may_be_chosen)
        .collect()
}

/// What should come of this activity on this plan, for somebody who may add, edit and delete, but
/// touch nothing that is finished.
pub(super) fn pair(learner: &DemoLearner, name: &str) -> Pair {
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

/// The learner who hands in work on this activity between the preview and the run.
pub(super) const LATE: (usize, &str) = (1, MOVED);

/// The expected result in the run, which confirms the preview.
pub(super) fn came_of(learner: &DemoLearner, name: &str) -> Pair {
    if (learner.index, name) == LATE {
        Pair::Skipped("changed_since_preview")
    } else {
        pair(learner, name)
    }
}

/// What should be known about this activity on this plan, and how many open tasks it takes away.
pub(super) fn warnings(learner: &DemoLearner, name: &str) -> Vec<(&'static str, Option<u64>)> {
    if pair(learner, name) != Pair::Applied {
        return Vec::new();
    }
    if name == DELETED {
        // Work was handed in for the activity that the learner is at.
        let at = index_of(name).filter(|index| *index == learner.completed);
        let has_work = at.is_some_and(|index| ACTIVITIES[index].evidence > 0);
        return has_work
            .then_some(("evidence_deleted", None))
            .into_iter()
            .collect();
    }
    if name != REVIEWED {
        return Vec::new();
    }
    match learner.review() {
        Review::Open => vec![("review_recreated", Some(0))],
        // The learner's task and the tutor's.
        Review::Dated => vec![("review_recreated", Some(2))],
        Review::Begun => vec![("review_recreated", Some(0)), ("review_type_kept", None)],
        Review::Held => vec![("completed_review_kept", None), ("review_type_kept", None)],
    }
}

/// All pairs together, in the preview or in the run.
pub(super) fn pairs(judged: fn(&DemoLearner, &str) -> Pair) -> Pairs {
    let mut pairs = Pairs::default();
    for learner in targets() {
        for name in CHANGED {
            pairs.count(judged(&learner, name));
        }
    }
    pairs
}

/// The pairs of each activity in the preview.
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

/// How often each reason should be given in the run.
pub(super) fn reasons() -> BTreeMap<String, u64> {
    let mut reasons = BTreeMap::new();
    for learner in targets() {
        for name in CHANGED {
            if let Pair::Skipped(reason) = came_of(&learner, name) {
                *reasons.entry(reason.to_owned()).or_default() += 1;
            }
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::{LATE, Pair, came_of, pair, reasons, targets, warnings};
    use crate::commands::demo::edits::{ADDED, REVIEWED, source};
    use crate::commands::demo::expected::CHANGED;

    #[test]
    fn the_demo_shows_every_kind_of_outcome_it_is_about() {
        let reasons: Vec<_> = reasons().into_keys().collect();
        let expected = [
            "already_absent",
            "changed_since_preview",
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

    #[test]
    fn the_demo_shows_a_review_at_every_point_of_its_way() {
        let mut seen: Vec<_> = targets()
            .iter()
            .map(|learner| warnings(learner, REVIEWED))
            .collect();
        seen.sort();
        seen.dedup();
        let expected = [
            vec![],
            vec![("completed_review_kept", None), ("review_type_kept", None)],
            vec![("review_recreated", Some(0))],
            vec![("review_recreated", Some(0)), ("review_type_kept", None)],
            vec![("review_recreated", Some(2))],
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn what_changes_after_the_preview_would_have_been_applied() {
        let targets = targets();
        let late = targets.iter().find(|learner| learner.index == LATE.0);
        assert_eq!(late.map(|late| pair(late, LATE.1)), Some(Pair::Applied));
        let skipped = Pair::Skipped("changed_since_preview");
        assert_eq!(late.map(|late| came_of(late, LATE.1)), Some(skipped));
    }
}
