//! What was decided of one component on one target, and its frozen code.
//!
//! Owns the vocabulary of outcomes and the numbers that the log keeps for them. Refuses to know
//! how a decision is reached, or how it is carried out.
//!
//! The code of a decision is sixteen bits, and never changes its meaning:
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

pub use crate::effect::{OwnerEffect, ReviewEffect};

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

    /// The action's number within a decision code, and its place in [`Action::ALL`].
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

            /// The reason's number within a decision code.
            pub const fn code(self) -> u16 {
                match self {
                    $(Self::$reason => $code,)*
                }
            }

            const fn from_code(code: u16) -> Option<Self> {
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

    const fn code(self) -> u16 {
        match self {
            Self::Applied => 0,
            Self::Unchanged => 1,
            Self::Skipped(reason) => reason.code(),
        }
    }

    const fn from_code(code: u16) -> Option<Self> {
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

const ACTION_MASK: u16 = 0b11;
const OUTCOME_SHIFT: u32 = 2;
const OUTCOME_MASK: u16 = 0b11_1111;
const OWNER_SHIFT: u32 = 8;
const OWNER_MASK: u16 = 0b11;
const EXERCISE_WITHHELD: u16 = 1 << 10;
const REVIEW_SHIFT: u32 = 11;
const REVIEW_MASK: u16 = 0b111;
const REVIEW_TYPE_KEPT: u16 = 1 << 14;
const EVIDENCE_LOST: u16 = 1 << 15;

/// What was decided of one component on one target: enough to replay it without any rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decision {
    action: Action,
    outcome: Outcome,
    owner: OwnerEffect,
    exercise_withheld: bool,
    review: ReviewEffect,
    review_type_kept: bool,
    evidence_lost: bool,
}

impl Decision {
    /// The target's component changes.
    pub const fn applied(action: Action, owner: OwnerEffect, exercise_withheld: bool) -> Self {
        Self {
            owner,
            exercise_withheld,
            ..Self::without_effect(action, Outcome::Applied)
        }
    }

    /// The same, and this becomes of the component's review.
    #[must_use]
    pub const fn with_review(self, review: ReviewEffect) -> Self {
        Self { review, ..self }
    }

    /// The same; the review's type stays, if the review has begun (V3).
    #[must_use]
    pub const fn with_review_type_kept(self, review_type_kept: bool) -> Self {
        Self {
            review_type_kept,
            ..self
        }
    }

    /// The same; what was submitted for the exercise can be reached no longer, if anything was.
    #[must_use]
    pub const fn with_evidence_lost(self, evidence_lost: bool) -> Self {
        Self {
            evidence_lost,
            ..self
        }
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
        Self {
            action,
            outcome,
            owner: OwnerEffect::Kept,
            exercise_withheld: false,
            review: ReviewEffect::Unaffected,
            review_type_kept: false,
            evidence_lost: false,
        }
    }

    /// What the pair's row in the summary says.
    pub const fn action(self) -> Action {
        self.action
    }

    /// What becomes of the pair.
    pub const fn outcome(self) -> Outcome {
        self.outcome
    }

    /// Where the owner comes from; of an applied pair only.
    pub const fn owner(self) -> OwnerEffect {
        self.owner
    }

    /// Whether Marking Aid was off, so that the exercise stays as it is; of an applied pair only.
    pub const fn exercise_withheld(self) -> bool {
        self.exercise_withheld
    }

    /// What becomes of the component's review; of an applied pair only.
    pub const fn review(self) -> ReviewEffect {
        self.review
    }

    /// Whether the review had begun, so that its type stays as it is.
    pub const fn review_type_kept(self) -> bool {
        self.review_type_kept
    }

    /// Whether evidence was submitted for an exercise that changes; of an applied pair only.
    pub const fn evidence_lost(self) -> bool {
        self.evidence_lost
    }

    /// Whether the target's component changes.
    pub const fn is_applied(self) -> bool {
        matches!(self.outcome, Outcome::Applied)
    }

    /// The frozen code: the table is at the head of this file.
    pub const fn code(self) -> u16 {
        self.action.code()
            | (self.outcome.code() << OUTCOME_SHIFT)
            | (self.owner.code() << OWNER_SHIFT)
            | flag(self.exercise_withheld, EXERCISE_WITHHELD)
            | (self.review.code() << REVIEW_SHIFT)
            | flag(self.review_type_kept, REVIEW_TYPE_KEPT)
            | flag(self.evidence_lost, EVIDENCE_LOST)
    }

    /// The decision that a code stands for; none if this version knows no such code.
    pub fn from_code(code: u16) -> Option<Self> {
        Some(Self {
            action: *Action::ALL.get(usize::from(code & ACTION_MASK))?,
            outcome: Outcome::from_code((code >> OUTCOME_SHIFT) & OUTCOME_MASK)?,
            owner: OwnerEffect::from_code((code >> OWNER_SHIFT) & OWNER_MASK)?,
            exercise_withheld: code & EXERCISE_WITHHELD != 0,
            review: ReviewEffect::from_code((code >> REVIEW_SHIFT) & REVIEW_MASK)?,
            review_type_kept: code & REVIEW_TYPE_KEPT != 0,
            evidence_lost: code & EVIDENCE_LOST != 0,
        })
    }
}

const fn flag(is_set: bool, bit: u16) -> u16 {
    if is_set { bit } else { 0 }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
