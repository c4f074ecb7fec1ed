//! What an applied pair outcome does beside the values that it copies: to the owner, and to the review.
//!
//! Owns the vocabulary and its numbers within a pair outcome code. Refuses to know when which holds.

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
    pub(crate) const fn code(self) -> u64 {
        match self {
            Self::Kept => 0,
            Self::Source => 1,
            Self::TargetCaseOwner => 2,
        }
    }

    pub(crate) const fn from_code(code: u64) -> Option<Self> {
        match code {
            0 => Some(Self::Kept),
            1 => Some(Self::Source),
            2 => Some(Self::TargetCaseOwner),
            _ => None,
        }
    }
}

/// What becomes of the review of a component that a sync changes (V2, V4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReviewEffect {
    /// Nothing; a created component gets one of its own (V1).
    Unaffected,
    /// It is cancelled and created anew, with so many open tasks cancelled: 2 at most.
    Recreated {
        /// How many.
        tasks: u8,
    },
    /// It was completed, and keeps a date that is not its component's any more.
    CompletedKept,
}

impl ReviewEffect {
    pub(crate) const fn code(self) -> u64 {
        match self {
            Self::Unaffected => 0,
            Self::Recreated { tasks: 0 } => 1,
            Self::Recreated { tasks: 1 } => 2,
            Self::Recreated { tasks: _ } => 3,
            Self::CompletedKept => 4,
        }
    }

    pub(crate) const fn from_code(code: u64) -> Option<Self> {
        match code {
            0 => Some(Self::Unaffected),
            1 => Some(Self::Recreated { tasks: 0 }),
            2 => Some(Self::Recreated { tasks: 1 }),
            3 => Some(Self::Recreated { tasks: 2 }),
            4 => Some(Self::CompletedKept),
            _ => None,
        }
    }
}
