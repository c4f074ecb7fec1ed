//! Why a request to synchronise selects nothing (S8). All have one code; the message says which it is.

/// What is missing from a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nothing {
    /// The recent changes were selected, and there are none.
    Changed,
    /// The recent changes were selected, and all of them were already synchronised (C7).
    LeftToSynchronise,
    /// All components were selected, and there are none.
    InProgramme,
    /// An empty list of components was given.
    ListedComponents,
    /// All learners were selected, and there are none.
    OtherLearners,
    /// A filter was given that no learner passes.
    MatchingLearners,
    /// An empty list of learners was given.
    ListedLearners,
}

impl Nothing {
    /// The field of the request at fault.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Changed
            | Self::LeftToSynchronise
            | Self::InProgramme
            | Self::ListedComponents => "components",
            Self::OtherLearners | Self::MatchingLearners | Self::ListedLearners => "learners",
        }
    }

    /// What is the case, and what to do.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Changed => {
                "nothing of this programme has changed since the record was opened, so there is nothing to \
                 synchronise; change the plan first, or list components and choose another type of synchronisation"
            }
            Self::LeftToSynchronise => {
                "all changes since the record was opened were already synchronised, so none is selected; list \
                 components to synchronise their changes again"
            }
            Self::InProgramme => {
                "the source's plan has no component of this programme; choose another programme"
            }
            Self::ListedComponents => {
                "no component is selected; list at least one, or send `recent` or `all`"
            }
            Self::OtherLearners => {
                "there is no other learner on this programme whom you may see and who can be synchronised to; \
                 choose another programme"
            }
            Self::MatchingLearners => {
                "no learner on this programme whom you may see matches the filter; choose another filter"
            }
            Self::ListedLearners => {
                "no learner is selected; list at least one, or send `all` or a filter"
            }
        }
    }
}
