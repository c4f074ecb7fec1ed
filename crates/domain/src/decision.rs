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
//! | 11–15 | free | 0 till a rule needs them |

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

/// Where the owner of a target's component comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnerEffect {
    /// It stays; a created component has none.
    Kept,
    /// The source component's owner.
    Source,
    /// The target learner's case owner.
    TargetCaseOwner,
}

impl OwnerEffect {
    const fn code(self) -> u16 {
        match self {
            Self::Kept => 0,
            Self::Source => 1,
            Self::TargetCaseOwner => 2,
        }
    }

    const fn from_code(code: u16) -> Option<Self> {
        match code {
            0 => Some(Self::Kept),
            1 => Some(Self::Source),
            2 => Some(Self::TargetCaseOwner),
            _ => None,
        }
    }
}

const ACTION_MASK: u16 = 0b11;
const OUTCOME_SHIFT: u32 = 2;
const OUTCOME_MASK: u16 = 0b11_1111;
const OWNER_SHIFT: u32 = 8;
const OWNER_MASK: u16 = 0b11;
const EXERCISE_WITHHELD: u16 = 1 << 10;
const FREE: u16 = 0b1111_1000_0000_0000;

/// What was decided of one component on one target: enough to replay it without any rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decision {
    action: Action,
    outcome: Outcome,
    owner: OwnerEffect,
    exercise_withheld: bool,
}

impl Decision {
    /// The target's component changes.
    pub const fn applied(action: Action, owner: OwnerEffect, exercise_withheld: bool) -> Self {
        Self {
            action,
            outcome: Outcome::Applied,
            owner,
            exercise_withheld,
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

    /// Whether the target's component changes.
    pub const fn is_applied(self) -> bool {
        matches!(self.outcome, Outcome::Applied)
    }

    /// The frozen code: the table is at the head of this file.
    pub const fn code(self) -> u16 {
        let exercise = if self.exercise_withheld {
            EXERCISE_WITHHELD
        } else {
            0
        };
        self.action.code()
            | (self.outcome.code() << OUTCOME_SHIFT)
            | (self.owner.code() << OWNER_SHIFT)
            | exercise
    }

    /// The decision that a code stands for; none if this version knows no such code.
    pub fn from_code(code: u16) -> Option<Self> {
        if code & FREE != 0 {
            return None;
        }
        Some(Self {
            action: *Action::ALL.get(usize::from(code & ACTION_MASK))?,
            outcome: Outcome::from_code((code >> OUTCOME_SHIFT) & OUTCOME_MASK)?,
            owner: OwnerEffect::from_code((code >> OWNER_SHIFT) & OWNER_MASK)?,
            exercise_withheld: code & EXERCISE_WITHHELD != 0,
        })
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
