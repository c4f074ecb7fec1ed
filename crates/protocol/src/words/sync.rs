//! Words about what a synchronisation is asked for and what it replays.

use super::words;

words! {
    /// How a component is replayed.
    Replay {
        /// It is added to the plans that do not have it. On the others, what was set explicitly at the source is
        /// replayed.
        Created = "created",
        /// Its recent changes are replayed.
        Updated = "updated",
        /// It is deleted.
        Deleted = "deleted",
        /// Its attributes are overwritten: all of them, or the selected ones.
        Overwrite = "overwrite",
    }
}

words! {
    /// The three types of synchronisation.
    SyncType {
        /// Replays the recent changes of the selected components: what was created, changed and deleted since the
        /// record was opened.
        ChangesOnly = "changes_only",
        /// Overwrites all attributes of the selected components with the values of the source; creates those that a
        /// plan does not have, and deletes those that were deleted recently.
        AllAttributes = "all_attributes",
        /// Sets the selected attributes to the values of the programme's template, on the learners' plans and on the
        /// source's own plan, which is in none of the counts of learners and components.
        SelectedAttributes = "selected_attributes",
    }
}

impl SyncType {
    /// Whether a request of this type chooses the attributes that are replayed.
    pub const fn chooses_attributes(self) -> bool {
        match self {
            Self::ChangesOnly | Self::AllAttributes => false,
            Self::SelectedAttributes => true,
        }
    }

    /// Whether the values are those of the programme's template, and the source's own plan is updated
    /// too.
    pub const fn replays_template(self) -> bool {
        match self {
            Self::ChangesOnly | Self::AllAttributes => false,
            Self::SelectedAttributes => true,
        }
    }

    /// Whether it is refused if the source has no recent changes.
    pub const fn needs_recent_changes(self) -> bool {
        match self {
            Self::ChangesOnly => true,
            Self::AllAttributes | Self::SelectedAttributes => false,
        }
    }
}

impl Default for SyncType {
    /// The type of a request that names none.
    fn default() -> Self {
        Self::ChangesOnly
    }
}

words! {
    /// The state of a synchronisation.
    SyncState {
        /// It has learners left to do.
        ///
        /// Wait for the event `sync.completed`, or ask again; `sync.cancel` stops it.
        Running = "running",
        /// It has done all learners.
        ///
        /// `sync.outcomes` returns the result for each learner and component.
        Completed = "completed",
        /// It was stopped. What was done before stays; the rest was skipped with `cancelled`.
        ///
        /// Start another one for the learners who are left.
        Cancelled = "cancelled",
    }
}

words! {
    /// What a synchronisation does with a component in the plan of a learner.
    Action {
        /// Changes the component that the plan has.
        Synchronise = "synchronise",
        /// Adds the component to the plan.
        Create = "create",
        /// Deletes the component from the plan.
        Delete = "delete",
    }
}

words! {
    /// The learners for whom a component is synchronised, or those for whom it is not.
    Side {
        /// Those for whom it is synchronised.
        Synchronised = "synchronised",
        /// Those for whom it is not, with the reason.
        NotSynchronised = "not_synchronised",
    }
}
