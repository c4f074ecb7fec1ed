//! What a pair's decision warns of (V2, V3, V4, M4), and how often a target's do.
//!
//! Owns the words. Everything is in the recorded decision: nothing is looked up, or judged again.

use crate::decision::{Decision, ReviewEffect};
use crate::decisions::Decisions;

/// What people are told about one pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PairWarning {
    /// V2: the review and its tasks were cancelled and created anew.
    ReviewRecreated {
        /// How many open tasks were cancelled.
        tasks: u8,
    },
    /// V3: the review had begun, so that its type stayed.
    ReviewTypeKept,
    /// V4: the review was completed, and it and its meeting kept their date.
    CompletedReviewKept,
    /// M4: what was submitted for the exercise that was there can be reached no longer.
    MarkingAidEvidence,
}

impl PairWarning {
    /// Its code on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReviewRecreated { .. } => "review_recreated",
            Self::ReviewTypeKept => "review_type_kept",
            Self::CompletedReviewKept => "completed_review_kept",
            Self::MarkingAidEvidence => "marking_aid_evidence",
        }
    }

    /// How many open tasks were cancelled, of a review that was.
    pub const fn tasks(self) -> Option<u8> {
        match self {
            Self::ReviewRecreated { tasks } => Some(tasks),
            Self::ReviewTypeKept | Self::CompletedReviewKept | Self::MarkingAidEvidence => None,
        }
    }
}

impl Decision {
    /// What it warns of, in a fixed order.
    pub fn warnings(self) -> impl Iterator<Item = PairWarning> {
        let of_review = match self.review() {
            ReviewEffect::Unaffected => None,
            ReviewEffect::Recreated { tasks } => Some(PairWarning::ReviewRecreated { tasks }),
            ReviewEffect::CompletedKept => Some(PairWarning::CompletedReviewKept),
        };
        let recreated = of_review.filter(|warning| warning.tasks().is_some());
        let kept = of_review.filter(|warning| warning.tasks().is_none());
        let type_kept = self
            .review_type_kept()
            .then_some(PairWarning::ReviewTypeKept);
        let evidence = self
            .evidence_lost()
            .then_some(PairWarning::MarkingAidEvidence);
        [recreated, type_kept, kept, evidence].into_iter().flatten()
    }
}

/// How many pairs warn of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WarningCounts {
    counts: [u64; 4],
}

impl WarningCounts {
    /// The codes in their fixed order, those that no pair warns of left out.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        let counts = ORDER.iter().map(|warning| warning.name()).zip(self.counts);
        counts.filter(|(_, count)| *count > 0)
    }
}

/// The fixed order.
const ORDER: [PairWarning; 4] = [
    PairWarning::ReviewRecreated { tasks: 0 },
    PairWarning::ReviewTypeKept,
    PairWarning::CompletedReviewKept,
    PairWarning::MarkingAidEvidence,
];

impl Decisions {
    /// How many of the target's pairs warn of what.
    pub fn warnings(&self) -> WarningCounts {
        let mut counts = WarningCounts::default();
        for (decision, count) in self.counts() {
            for warning in decision.warnings() {
                let same = |known: &PairWarning| known.name() == warning.name();
                if let Some(index) = ORDER.iter().position(same) {
                    counts.counts[index] = counts.counts[index].saturating_add(count);
                }
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::{Action, OwnerEffect};

    const CHANGED: Decision = Decision::applied(Action::Synchronise, OwnerEffect::Kept, false);

    #[test]
    fn m4_a_decision_warns_of_all_that_is_recorded_with_it() {
        let all = CHANGED
            .with_review(ReviewEffect::Recreated { tasks: 2 })
            .with_review_type_kept(true)
            .with_evidence_lost(true);
        let kept = CHANGED.with_review(ReviewEffect::CompletedKept);
        let told = |decision: Decision| -> Vec<_> {
            let warnings = decision.warnings();
            warnings
                .map(|warning| (warning.name(), warning.tasks()))
                .collect()
        };
        let expected = [
            ("review_recreated", Some(2)),
            ("review_type_kept", None),
            ("marking_aid_evidence", None),
        ];
        assert_eq!(told(all), expected);
        assert_eq!(told(kept), [("completed_review_kept", None)]);
        assert_eq!(told(CHANGED), []);
    }

    #[test]
    fn m4_a_targets_warnings_are_counted_in_a_fixed_order() {
        let none = CHANGED.with_review(ReviewEffect::Recreated { tasks: 0 });
        let two = CHANGED.with_review(ReviewEffect::Recreated { tasks: 2 });
        let lost = CHANGED.with_evidence_lost(true);
        let decisions: Decisions = [lost, none, two, two, CHANGED].into_iter().collect();
        let counts = decisions.warnings();
        let expected = [("review_recreated", 3), ("marking_aid_evidence", 1)];
        assert_eq!(counts.iter().collect::<Vec<_>>(), expected);
    }
}
