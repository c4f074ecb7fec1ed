//! The warnings of a pair outcome (P4, V2–V5, M4), and their counts for a target.
//!
//! Warnings follow from the recorded pair outcome alone: nothing is looked up or judged again.

use crate::sync::pair_outcome::{PairOutcome, Reason, ReviewEffect};
use crate::sync::pair_outcomes::PairOutcomes;

/// A warning about one pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PairWarning {
    /// V2: the review and its tasks were cancelled and created anew.
    ReviewRecreated {
        /// The number of open tasks that were cancelled.
        tasks: u8,
        /// The number of tasks that were made; none if it was not recorded.
        made: Option<u8>,
    },
    /// V3: the review had begun, so its type stayed.
    ReviewTypeKept,
    /// V4: the review was completed, so the review and its meeting kept their date.
    CompletedReviewKept,
    /// M4: evidence that was submitted for the replaced exercise can no longer be reached.
    MarkingAidEvidence,
    /// V5: open tasks of a deleted component were cancelled.
    TasksCancelled {
        /// The number of tasks.
        tasks: u8,
    },
    /// V5: evidence was submitted for a component that is deleted.
    EvidenceDeleted {
        /// The number of pieces.
        evidence: u32,
    },
    /// V5: a deleted component was finished.
    FinishedDeleted,
    /// P4: only `planned_for_qa` was replayed.
    RestNotPermitted {
        /// Why the other changes were not replayed.
        reason: Reason,
    },
}

impl PairWarning {
    /// The number of kinds.
    pub const KINDS: usize = 8;

    /// Its index in the fixed order.
    pub const fn kind(self) -> usize {
        match self {
            Self::ReviewRecreated { .. } => 0,
            Self::ReviewTypeKept => 1,
            Self::CompletedReviewKept => 2,
            Self::MarkingAidEvidence => 3,
            Self::TasksCancelled { .. } => 4,
            Self::EvidenceDeleted { .. } => 5,
            Self::FinishedDeleted => 6,
            Self::RestNotPermitted { .. } => 7,
        }
    }

    /// Its code on the wire.
    pub const fn name(self) -> &'static str {
        NAMES[self.kind()]
    }

    /// The number of open tasks that were cancelled, for warnings that have it.
    pub const fn tasks(self) -> Option<u8> {
        match self {
            Self::ReviewRecreated { tasks, .. } | Self::TasksCancelled { tasks } => Some(tasks),
            Self::ReviewTypeKept
            | Self::CompletedReviewKept
            | Self::MarkingAidEvidence
            | Self::EvidenceDeleted { .. }
            | Self::FinishedDeleted
            | Self::RestNotPermitted { .. } => None,
        }
    }

    /// The number of tasks that were made for a review that was created anew.
    pub const fn made(self) -> Option<u8> {
        if let Self::ReviewRecreated { made, .. } = self {
            made
        } else {
            None
        }
    }

    /// The number of pieces of evidence that were deleted.
    pub const fn evidence(self) -> Option<u32> {
        if let Self::EvidenceDeleted { evidence } = self {
            Some(evidence)
        } else {
            None
        }
    }

    /// Why the other changes were not replayed.
    pub const fn reason(self) -> Option<Reason> {
        if let Self::RestNotPermitted { reason } = self {
            Some(reason)
        } else {
            None
        }
    }
}

/// The codes on the wire, in the fixed order.
const NAMES: [&str; PairWarning::KINDS] = [
    "review_recreated",
    "review_type_kept",
    "completed_review_kept",
    "marking_aid_evidence",
    "tasks_cancelled",
    "evidence_deleted",
    "finished_deleted",
    "rest_not_permitted",
];

impl PairOutcome {
    /// The warnings, in a fixed order.
    pub fn warnings(self) -> impl Iterator<Item = PairWarning> {
        let (made, lost) = (self.made(), self.lost());
        let (mut recreated, mut kept) = (None, None);
        match self.review() {
            ReviewEffect::Unaffected => {}
            // V2: a review without a meeting was replaced by one without a meeting.
            ReviewEffect::Recreated { tasks: 0 } if made == Some(0) => {}
            ReviewEffect::Recreated { tasks } => {
                recreated = Some(PairWarning::ReviewRecreated { tasks, made });
            }
            ReviewEffect::CompletedKept => kept = Some(PairWarning::CompletedReviewKept),
        }
        let tasks = lost.tasks;
        let evidence = lost.evidence;
        let all = [
            recreated,
            self.review_type_kept()
                .then_some(PairWarning::ReviewTypeKept),
            kept,
            self.evidence_lost()
                .then_some(PairWarning::MarkingAidEvidence),
            (tasks > 0).then_some(PairWarning::TasksCancelled { tasks }),
            (evidence > 0).then_some(PairWarning::EvidenceDeleted { evidence }),
            lost.finished.then_some(PairWarning::FinishedDeleted),
            self.rest_withheld()
                .map(|reason| PairWarning::RestNotPermitted { reason }),
        ];
        all.into_iter().flatten()
    }
}

/// The number of pairs with each warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WarningCounts {
    counts: [u64; PairWarning::KINDS],
}

impl WarningCounts {
    /// The codes in their fixed order, without those that no pair has.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        let counts = NAMES.into_iter().zip(self.counts);
        counts.filter(|(_, count)| *count > 0)
    }

    /// The number of pairs for each warning, in the fixed order.
    pub fn counts(&self) -> [u64; PairWarning::KINDS] {
        self.counts
    }
}

impl PairOutcomes {
    /// The number of the target's pairs with each warning.
    pub fn warnings(&self) -> WarningCounts {
        let mut counts = WarningCounts::default();
        for run in self.runs() {
            for warning in run.pair_outcome.warnings() {
                let count = &mut counts.counts[warning.kind()];
                *count = count.saturating_add(u64::from(run.count));
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::pair_outcome::{Action, OwnerEffect};

    const CHANGED: PairOutcome =
        PairOutcome::applied(Action::Synchronise, OwnerEffect::Kept, false);

    #[test]
    fn m4_a_pair_outcome_warns_of_all_that_is_recorded_with_it() {
        let all = CHANGED
            .with_review(ReviewEffect::Recreated { tasks: 2 })
            .with_review_type_kept(true)
            .with_evidence_lost(true);
        let kept = CHANGED.with_review(ReviewEffect::CompletedKept);
        let told = |pair_outcome: PairOutcome| -> Vec<_> {
            let warnings = pair_outcome.warnings();
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
        let pair_outcomes: PairOutcomes = [lost, none, two, two, CHANGED].into_iter().collect();
        let counts = pair_outcomes.warnings();
        let expected = [("review_recreated", 3), ("marking_aid_evidence", 1)];
        assert_eq!(counts.iter().collect::<Vec<_>>(), expected);
    }
}
