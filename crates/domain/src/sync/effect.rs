//! The effects of an applied pair outcome on owner and review, and their numbers in the code of a
//! pair outcome.

/// The origin of the owner of a target's component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnerEffect {
    /// The owner stays as it is; a created component has none.
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

/// What happens to the review of a component that a sync changes (V2, V4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReviewEffect {
    /// Nothing; a created component gets a review of its own (V1).
    Unaffected,
    /// It is cancelled and created anew.
    Recreated {
        /// The number of open tasks that are cancelled, at most 2.
        tasks: u8,
    },
    /// It was completed, and keeps a date that is no longer that of its component.
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
