//! What was decided of one component on one target, and its frozen code.
//!
//! Owns the vocabulary of outcomes and the numbers that the log keeps for them. Refuses to know
//! how a pair outcome is reached, or how it is carried out.
//!
//! The code of a pair outcome never changes its meaning; the first edition of the rules had sixteen bits:
//!
//! | bits | holds | values |
//! | --- | --- | --- |
//! | 0–1 | action | 0 synchronise, 1 create, 2 delete |
//! | 2–7 | outcome | 0 applied, 1 unchanged, otherwise the reason's own number |
//! | 8–9 | owner | 0 kept (none, on a created component), 1 the source's, 2 the target's case owner |
//! | 10 | exercise | 1: withheld, since Marking Aid was off |
//! | 11–13 | review | 0 as it was (created with its component), 1–3 created anew, its 0–2 open tasks cancelled, 4 completed and kept |
//! | 14 | review's type | 1: kept, since the review had begun |
//! | 15 | evidence | 1: submitted for an exercise that is not the component's any more |
//! | 16–17 | tasks made | of a review created anew: 0 not told, 1–3 for 0–2 |
//! | 18–19 | tasks cancelled | of a deleted component: 0–2 open ones |
//! | 20 | finished | 1: the deleted component was |
//! | 21–22 | rest withheld | all but `planned_for_qa`: 0 nothing, 1 `edit_not_permitted`, 2 `edit_finished_not_permitted` |
//! | 32–63 | evidence deleted | how many pieces were submitted for a deleted component |

use std::fmt;

pub use crate::sync::effect::{OwnerEffect, ReviewEffect};

/// What a pair's row in the summary says is done to the component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// The target's component takes over what the change set holds.
    Synchronise,
    /// The target gets the component.
    Create,
    /// The target loses the component.
    Delete,
}

impl Action {
    /// Every action, in the order of its code.
    pub const ALL: [Self; 3] = [Self::Synchronise, Self::Create, Self::Delete];

    /// The action's word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Synchronise => "synchronise",
            Self::Create => "create",
            Self::Delete => "delete",
        }
    }

    /// The action's number within a pair outcome code, and its place in [`Action::ALL`].
    pub const fn code(self) -> u16 {
        match self {
            Self::Synchronise => 0,
            Self::Create => 1,
            Self::Delete => 2,
        }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $reason:ident = $code:literal, $name:literal;)*) => {
        /// Why a pair is skipped (T8), with its frozen number.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Reason {
            $($(#[$doc])* $reason = $code,)*
        }

        impl Reason {
            /// Every reason, in the order in which the first that holds is given.
            pub const ALL: &[Self] = &[$(Self::$reason,)*];

            /// The reason's word on the wire.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$reason => $name,)*
                }
            }

            /// The reason's number within a pair outcome code.
            pub const fn code(self) -> u16 {
                match self {
                    $(Self::$reason => $code,)*
                }
            }

            const fn from_code(code: u64) -> Option<Self> {
                match code {
                    $($code => Some(Self::$reason),)*
                    _ => None,
                }
            }

            /// The reason that this word names.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$reason),)*
                    _ => None,
                }
            }
        }
    };
}

reasons! {
    /// The sync was cancelled before this target's turn.
    Cancelled = 2, "cancelled";
    /// Unknown, or not seen by who asks.
    LearnerNotAvailable = 3, "learner_not_available";
    /// The source learner was named as a target.
    IsSource = 4, "is_source";
    /// The target is not enrolled on the programme.
    NotOnProgramme = 5, "not_on_programme";
    /// The target's enrolment has a status that no sync reaches.
    ProgrammeStatusExcluded = 6, "programme_status_excluded";
    /// The target moved after the preview that was confirmed.
    ChangedSincePreview = 7, "changed_since_preview";
    /// Only changes were asked for, and the component has none.
    NoRecentChange = 8, "no_recent_change";
    /// The programme's template has no such component.
    NoTemplate = 9, "no_template";
    /// The target lacks the component that was to be edited.
    MissingOnTarget = 10, "missing_on_target";
    /// The target lacks the component that was to be deleted.
    AlreadyAbsent = 11, "already_absent";
    /// The target's component is of another type or programme.
    TypeMismatch = 12, "type_mismatch";
    /// The target's component has a status that the sync does not apply to.
    StatusNotSelected = 13, "status_not_selected";
    /// P2 withholds creating.
    AddNotPermitted = 14, "add_not_permitted";
    /// P3 withholds editing.
    EditNotPermitted = 15, "edit_not_permitted";
    /// P3 withholds editing what is finished.
    EditFinishedNotPermitted = 16, "edit_finished_not_permitted";
    /// P5 withholds deleting.
    DeleteNotPermitted = 17, "delete_not_permitted";
    /// P5 withholds deleting what is finished.
    DeleteFinishedNotPermitted = 18, "delete_finished_not_permitted";
    /// The result would pass a bound of the component or of the plan.
    LimitExceeded = 19, "limit_exceeded";
    /// The engine's own fault; the commit says which.
    Failed = 20, "failed";
}

/// What became, or would become, of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The target's component changes.
    Applied,
    /// There is nothing to change (T4).
    Unchanged,
    /// The target's component is left alone, for this reason.
    Skipped(Reason),
}

impl Outcome {
    /// The outcome's word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Unchanged => "unchanged",
            Self::Skipped(_) => "skipped",
        }
    }

    /// Why it was skipped, if it was.
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Self::Applied | Self::Unchanged => None,
            Self::Skipped(reason) => Some(reason),
        }
    }

    const fn code(self) -> u64 {
        match self {
            Self::Applied => 0,
            Self::Unchanged => 1,
            Self::Skipped(reason) => reason.code() as u64,
        }
    }

    const fn from_code(code: u64) -> Option<Self> {
        match code {
            0 => Some(Self::Applied),
            1 => Some(Self::Unchanged),
            _ => match Reason::from_code(code) {
                Some(reason) => Some(Self::Skipped(reason)),
                None => None,
            },
        }
    }
}

const ACTION_MASK: u64 = 0b11;
const OUTCOME_SHIFT: u32 = 2;
const OUTCOME_MASK: u64 = 0b11_1111;
const OWNER_SHIFT: u32 = 8;
const EXERCISE_WITHHELD: u64 = 1 << 10;
const REVIEW_SHIFT: u32 = 11;
const REVIEW_MASK: u64 = 0b111;
const REVIEW_TYPE_KEPT: u64 = 1 << 14;
const EVIDENCE_LOST: u64 = 1 << 15;
const MADE_SHIFT: u32 = 16;
const CANCELLED_SHIFT: u32 = 18;
const FINISHED: u64 = 1 << 20;
const WITHHELD_SHIFT: u32 = 21;
const TWO_BITS: u64 = 0b11;
const EVIDENCE_SHIFT: u32 = 32;
/// Bits that no version has used.
const UNUSED: u64 = 0b1_1111_1111 << 23;

/// What a deletion took along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Lost {
    /// Open calendar tasks, which it cancelled: 2 at most.
    pub tasks: u8,
    /// Pieces of evidence.
    pub evidence: u32,
    /// Whether the component was finished.
    pub finished: bool,
}

/// What was decided of one component on one target: enough to replay it without any rule.
///
/// It is kept as its frozen code, of which there is none that does not stand for a pair outcome: a sync
/// compares pair outcomes, writes them and reads them back by the million.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PairOutcome(u64);

impl PairOutcome {
    /// The target's component changes.
    pub const fn applied(action: Action, owner: OwnerEffect, exercise_withheld: bool) -> Self {
        Self::without_effect(action, Outcome::Applied)
            .with_bits(owner.code() << OWNER_SHIFT, TWO_BITS << OWNER_SHIFT)
            .with_flag(exercise_withheld, EXERCISE_WITHHELD)
    }

    /// The same, and this becomes of the component's review.
    #[must_use]
    pub const fn with_review(self, review: ReviewEffect) -> Self {
        self.with_bits(review.code() << REVIEW_SHIFT, REVIEW_MASK << REVIEW_SHIFT)
    }

    /// The same; the review's type stays, if the review has begun (V3).
    #[must_use]
    pub const fn with_review_type_kept(self, review_type_kept: bool) -> Self {
        self.with_flag(review_type_kept, REVIEW_TYPE_KEPT)
    }

    /// The same; what was submitted for the exercise can be reached no longer, if anything was.
    #[must_use]
    pub const fn with_evidence_lost(self, evidence_lost: bool) -> Self {
        self.with_flag(evidence_lost, EVIDENCE_LOST)
    }

    /// The same; so many tasks were made for the review that was created anew: 2 at most.
    #[must_use]
    pub const fn with_made(self, made: u8) -> Self {
        let bits = two_at_most(made) + 1;
        self.with_bits(bits << MADE_SHIFT, TWO_BITS << MADE_SHIFT)
    }

    /// The same; the deletion takes this along.
    #[must_use]
    pub const fn with_lost(self, lost: Lost) -> Self {
        let tasks = two_at_most(lost.tasks);
        let evidence = lost.evidence as u64;
        self.with_bits(tasks << CANCELLED_SHIFT, TWO_BITS << CANCELLED_SHIFT)
            .with_bits(evidence << EVIDENCE_SHIFT, u64::MAX << EVIDENCE_SHIFT)
            .with_flag(lost.finished, FINISHED)
    }

    /// The same; of all that would change, `planned_for_qa` alone does: P3 withholds the rest for this
    /// reason (P4).
    #[must_use]
    pub const fn with_rest_withheld(self, reason: Reason) -> Self {
        let is_of_finished = matches!(reason, Reason::EditFinishedNotPermitted);
        let bits = if is_of_finished { 2 } else { 1 };
        self.with_bits(bits << WITHHELD_SHIFT, TWO_BITS << WITHHELD_SHIFT)
    }

    /// There is nothing to change.
    pub const fn unchanged(action: Action) -> Self {
        Self::without_effect(action, Outcome::Unchanged)
    }

    /// The target's component is left alone.
    pub const fn skipped(action: Action, reason: Reason) -> Self {
        Self::without_effect(action, Outcome::Skipped(reason))
    }

    const fn without_effect(action: Action, outcome: Outcome) -> Self {
        Self(action.code() as u64 | (outcome.code() << OUTCOME_SHIFT))
    }

    const fn with_bits(self, bits: u64, mask: u64) -> Self {
        Self((self.0 & !mask) | bits)
    }

    const fn with_flag(self, is_set: bool, bit: u64) -> Self {
        self.with_bits(if is_set { bit } else { 0 }, bit)
    }

    const fn two_bits(self, shift: u32) -> u8 {
        ((self.0 >> shift) & TWO_BITS) as u8
    }

    /// What the pair's row in the summary says.
    pub const fn action(self) -> Action {
        match self.0 & ACTION_MASK {
            0 => Action::Synchronise,
            1 => Action::Create,
            _ => Action::Delete,
        }
    }

    /// What becomes of the pair.
    pub const fn outcome(self) -> Outcome {
        match Outcome::from_code((self.0 >> OUTCOME_SHIFT) & OUTCOME_MASK) {
            Some(outcome) => outcome,
            // No pair outcome has such a code.
            None => Outcome::Skipped(Reason::Failed),
        }
    }

    /// Where the owner comes from; of an applied pair only.
    pub const fn owner(self) -> OwnerEffect {
        match OwnerEffect::from_code((self.0 >> OWNER_SHIFT) & TWO_BITS) {
            Some(owner) => owner,
            None => OwnerEffect::Kept,
        }
    }

    /// Whether Marking Aid was off, so that the exercise stays as it is; of an applied pair only.
    pub const fn exercise_withheld(self) -> bool {
        self.0 & EXERCISE_WITHHELD != 0
    }

    /// What becomes of the component's review; of an applied pair only.
    pub const fn review(self) -> ReviewEffect {
        match ReviewEffect::from_code((self.0 >> REVIEW_SHIFT) & REVIEW_MASK) {
            Some(review) => review,
            None => ReviewEffect::Unaffected,
        }
    }

    /// Whether the review had begun, so that its type stays as it is.
    pub const fn review_type_kept(self) -> bool {
        self.0 & REVIEW_TYPE_KEPT != 0
    }

    /// Whether evidence was submitted for an exercise that changes; of an applied pair only.
    pub const fn evidence_lost(self) -> bool {
        self.0 & EVIDENCE_LOST != 0
    }

    /// How many tasks were made for the review that was created anew; none where that was not told.
    pub const fn made(self) -> Option<u8> {
        self.two_bits(MADE_SHIFT).checked_sub(1)
    }

    /// What a deletion took along.
    pub const fn lost(self) -> Lost {
        Lost {
            tasks: self.two_bits(CANCELLED_SHIFT),
            evidence: (self.0 >> EVIDENCE_SHIFT) as u32,
            finished: self.0 & FINISHED != 0,
        }
    }

    /// Why P3 withheld all but `planned_for_qa`, if it did (P4).
    pub const fn rest_withheld(self) -> Option<Reason> {
        match self.two_bits(WITHHELD_SHIFT) {
            0 => None,
            1 => Some(Reason::EditNotPermitted),
            _ => Some(Reason::EditFinishedNotPermitted),
        }
    }

    /// Whether the target's component changes.
    pub const fn is_applied(self) -> bool {
        (self.0 >> OUTCOME_SHIFT) & OUTCOME_MASK == 0
    }

    /// The frozen code: the table is at the head of this file.
    pub const fn code(self) -> u64 {
        self.0
    }

    /// The pair outcome that a code stands for; none if this version knows no such code.
    pub const fn from_code(code: u64) -> Option<Self> {
        let pair_outcome = Self(code);
        let is_known = code & UNUSED == 0
            && code & ACTION_MASK != 3
            && Outcome::from_code((code >> OUTCOME_SHIFT) & OUTCOME_MASK).is_some()
            && OwnerEffect::from_code((code >> OWNER_SHIFT) & TWO_BITS).is_some()
            && ReviewEffect::from_code((code >> REVIEW_SHIFT) & REVIEW_MASK).is_some()
            && pair_outcome.two_bits(CANCELLED_SHIFT) != 3
            && pair_outcome.two_bits(WITHHELD_SHIFT) != 3;
        if is_known { Some(pair_outcome) } else { None }
    }
}

impl fmt::Debug for PairOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PairOutcome")
            .field("action", &self.action())
            .field("outcome", &self.outcome())
            .field("owner", &self.owner())
            .field("exercise_withheld", &self.exercise_withheld())
            .field("review", &self.review())
            .field("review_type_kept", &self.review_type_kept())
            .field("evidence_lost", &self.evidence_lost())
            .field("made", &self.made())
            .field("lost", &self.lost())
            .field("rest_withheld", &self.rest_withheld())
            .finish()
    }
}

const fn two_at_most(number: u8) -> u64 {
    if number < 2 { number as u64 } else { 2 }
}

#[cfg(test)]
mod tests;
