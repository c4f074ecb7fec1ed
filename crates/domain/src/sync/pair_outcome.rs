//! The decision about one component on one target, and its frozen code.
//!
//! How a pair outcome is reached is decided in `judging`; how it is carried out, in `fold`.
//!
//! The code of a pair outcome never changes its meaning. The first edition of the rules used sixteen bits:
//!
//! | bits | holds | values |
//! | --- | --- | --- |
//! | 0–1 | action | 0 synchronise, 1 create, 2 delete |
//! | 2–7 | outcome | 0 applied, 1 unchanged, otherwise the reason's own number |
//! | 8–9 | owner | 0 kept (none on a created component), 1 the source's, 2 the target's case owner |
//! | 10 | exercise | 1: withheld because Marking Aid was off |
//! | 11–13 | review | 0 as it was (created with its component), 1–3 created anew with 0–2 open tasks cancelled, 4 completed and kept |
//! | 14 | review's type | 1: kept because the review had begun |
//! | 15 | evidence | 1: submitted for an exercise that was replaced |
//! | 16–17 | tasks made | of a review created anew: 0 not recorded, 1–3 for 0–2 |
//! | 18–19 | tasks cancelled | of a deleted component: 0–2 open ones |
//! | 20 | finished | 1: the deleted component was finished |
//! | 21–22 | rest withheld | all but `planned_for_qa`: 0 nothing, 1 `edit_not_permitted`, 2 `edit_finished_not_permitted` |
//! | 32–63 | evidence deleted | how many pieces were submitted for a deleted component |

use std::fmt;

pub use crate::sync::effect::{OwnerEffect, ReviewEffect};

/// The action that a pair's row in the summary states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// The target's component gets the content of the change set.
    Synchronise,
    /// The target gets the component.
    Create,
    /// The target loses the component.
    Delete,
}

impl Action {
    /// Every action, in the order of codes.
    pub const ALL: [Self; 3] = [Self::Synchronise, Self::Create, Self::Delete];

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Synchronise => "synchronise",
            Self::Create => "create",
            Self::Delete => "delete",
        }
    }

    /// Its number in the code of a pair outcome, and its index in [`Action::ALL`].
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
            /// Every reason, in the order in which `judging` finds them (T8). The order of this list
            /// decides nothing.
            pub const ALL: &[Self] = &[$(Self::$reason,)*];

            /// Its name on the wire.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$reason => $name,)*
                }
            }

            /// Its number in the code of a pair outcome.
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

            /// The reason with this name.
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
    /// The sync was cancelled before this target was processed.
    Cancelled = 2, "cancelled";
    /// The learner is unknown, or not visible to the administrator.
    LearnerNotAvailable = 3, "learner_not_available";
    /// The target was erased (D6).
    LearnerErased = 21, "learner_erased";
    /// The source learner was named as a target.
    IsSource = 4, "is_source";
    /// The target is not enrolled on the programme.
    NotOnProgramme = 5, "not_on_programme";
    /// The target's enrolment has a status that excludes it from synchronisation.
    ProgrammeStatusExcluded = 6, "programme_status_excluded";
    /// The target changed after the preview that was confirmed.
    ChangedSincePreview = 7, "changed_since_preview";
    /// Only changes were requested, and the component has none.
    NoRecentChange = 8, "no_recent_change";
    /// The programme's template does not have the component.
    NoTemplate = 9, "no_template";
    /// The target does not have the component that was to be edited.
    MissingOnTarget = 10, "missing_on_target";
    /// The target does not have the component that was to be deleted.
    AlreadyAbsent = 11, "already_absent";
    /// The target's component has another type or programme.
    TypeMismatch = 12, "type_mismatch";
    /// The target's component has a status that the sync does not apply to.
    StatusNotSelected = 13, "status_not_selected";
    /// P2 forbids creating.
    AddNotPermitted = 14, "add_not_permitted";
    /// P3 forbids editing.
    EditNotPermitted = 15, "edit_not_permitted";
    /// P3 forbids editing a finished component.
    EditFinishedNotPermitted = 16, "edit_finished_not_permitted";
    /// P5 forbids deleting.
    DeleteNotPermitted = 17, "delete_not_permitted";
    /// P5 forbids deleting a finished component.
    DeleteFinishedNotPermitted = 18, "delete_finished_not_permitted";
    /// The result would exceed a bound of the component or of the plan.
    LimitExceeded = 19, "limit_exceeded";
    /// An internal error, stated in the commit.
    Failed = 20, "failed";
}

/// The outcome of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The target's component changes.
    Applied,
    /// There is nothing to change (T4).
    Unchanged,
    /// The target's component is left unchanged, for this reason.
    Skipped(Reason),
}

impl Outcome {
    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Unchanged => "unchanged",
            Self::Skipped(_) => "skipped",
        }
    }

    /// Why it was skipped; none if it was not.
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

/// What a deletion removed with the component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Lost {
    /// Open calendar tasks that were cancelled, at most 2.
    pub tasks: u8,
    /// Pieces of evidence.
    pub evidence: u32,
    /// Whether the component was finished.
    pub finished: bool,
}

/// The decision about one component on one target: enough to replay it without any rule.
///
/// It is stored as its frozen code, and no value has a code that does not stand for a pair outcome:
/// a sync compares, writes and reads millions of them.
///
/// ```
/// use plansync_domain::sync::pair_outcome::{Action, Outcome, PairOutcome, Reason};
///
/// let skipped = PairOutcome::skipped(Action::Delete, Reason::AlreadyAbsent);
/// assert_eq!(skipped.outcome(), Outcome::Skipped(Reason::AlreadyAbsent));
/// assert_eq!(PairOutcome::from_code(skipped.code()), Some(skipped));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PairOutcome(u64);

impl PairOutcome {
    /// The target's component changes.
    pub const fn applied(action: Action, owner: OwnerEffect, exercise_withheld: bool) -> Self {
        Self::without_effect(action, Outcome::Applied)
            .with_bits(owner.code() << OWNER_SHIFT, TWO_BITS << OWNER_SHIFT)
            .with_flag(exercise_withheld, EXERCISE_WITHHELD)
    }

    /// The same with this effect on the component's review.
    #[must_use]
    pub const fn with_review(self, review: ReviewEffect) -> Self {
        self.with_bits(review.code() << REVIEW_SHIFT, REVIEW_MASK << REVIEW_SHIFT)
    }

    /// The same; whether the review keeps its type because it has begun (V3).
    #[must_use]
    pub const fn with_review_type_kept(self, review_type_kept: bool) -> Self {
        self.with_flag(review_type_kept, REVIEW_TYPE_KEPT)
    }

    /// The same; whether evidence was submitted for the exercise that is replaced, and can no
    /// longer be reached.
    #[must_use]
    pub const fn with_evidence_lost(self, evidence_lost: bool) -> Self {
        self.with_flag(evidence_lost, EVIDENCE_LOST)
    }

    /// The same; the number of tasks made for the review that was created anew, at most 2.
    #[must_use]
    pub const fn with_made(self, made: u8) -> Self {
        let bits = two_at_most(made) + 1;
        self.with_bits(bits << MADE_SHIFT, TWO_BITS << MADE_SHIFT)
    }

    /// The same; what the deletion removes with the component.
    #[must_use]
    pub const fn with_lost(self, lost: Lost) -> Self {
        let tasks = two_at_most(lost.tasks);
        let evidence = lost.evidence as u64;
        self.with_bits(tasks << CANCELLED_SHIFT, TWO_BITS << CANCELLED_SHIFT)
            .with_bits(evidence << EVIDENCE_SHIFT, u64::MAX << EVIDENCE_SHIFT)
            .with_flag(lost.finished, FINISHED)
    }

    /// The same; only `planned_for_qa` changes, because P3 forbids the other changes for this
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

    /// The target's component is left unchanged.
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

    /// The action that the pair's row in the summary states.
    pub const fn action(self) -> Action {
        match self.0 & ACTION_MASK {
            0 => Action::Synchronise,
            1 => Action::Create,
            _ => Action::Delete,
        }
    }

    /// The outcome of the pair.
    pub const fn outcome(self) -> Outcome {
        match Outcome::from_code((self.0 >> OUTCOME_SHIFT) & OUTCOME_MASK) {
            Some(outcome) => outcome,
            // No pair outcome has such a code.
            None => Outcome::Skipped(Reason::Failed),
        }
    }

    /// The origin of the owner, for an applied pair.
    pub const fn owner(self) -> OwnerEffect {
        match OwnerEffect::from_code((self.0 >> OWNER_SHIFT) & TWO_BITS) {
            Some(owner) => owner,
            None => OwnerEffect::Kept,
        }
    }

    /// Whether the exercise stays as it is because the tenant had no Marking Aid, for an applied
    /// pair.
    pub const fn exercise_withheld(self) -> bool {
        self.0 & EXERCISE_WITHHELD != 0
    }

    /// The effect on the component's review, for an applied pair.
    pub const fn review(self) -> ReviewEffect {
        match ReviewEffect::from_code((self.0 >> REVIEW_SHIFT) & REVIEW_MASK) {
            Some(review) => review,
            None => ReviewEffect::Unaffected,
        }
    }

    /// Whether the review keeps its type because it has begun.
    pub const fn review_type_kept(self) -> bool {
        self.0 & REVIEW_TYPE_KEPT != 0
    }

    /// Whether evidence was submitted for an exercise that is replaced, for an applied pair.
    pub const fn evidence_lost(self) -> bool {
        self.0 & EVIDENCE_LOST != 0
    }

    /// The number of tasks made for the review that was created anew; none if it was not recorded.
    pub const fn made(self) -> Option<u8> {
        self.two_bits(MADE_SHIFT).checked_sub(1)
    }

    /// What a deletion removed with the component.
    pub const fn lost(self) -> Lost {
        Lost {
            tasks: self.two_bits(CANCELLED_SHIFT),
            evidence: (self.0 >> EVIDENCE_SHIFT) as u32,
            finished: self.0 & FINISHED != 0,
        }
    }

    /// Why P3 forbade all changes except `planned_for_qa`; none if it did not (P4).
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

    /// The frozen code: see the table at the top of this file.
    pub const fn code(self) -> u64 {
        self.0
    }

    /// The pair outcome with this code; none if this version does not know the code.
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
