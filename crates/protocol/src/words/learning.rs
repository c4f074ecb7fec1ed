//! Words about learners and their plans: statuses, conditions and changes.

use super::words;

words! {
    /// The status of a component.
    Status {
        /// Nothing has been done yet. A component that is added begins with this status.
        NotStarted = "not_started",
        /// The learner has begun.
        InProgress = "in_progress",
        /// The learner has submitted the work, and it waits for an assessment.
        Submitted = "submitted",
        /// The work was given back to the learner, who has to improve it.
        Returned = "returned",
        /// It is finished. Changing or deleting it needs the permission `edit_delete_finished` as well.
        Completed = "completed",
    }
}

words! {
    /// A condition on the component in a learner's plan: its status, or that it is planned for QA.
    Condition {
        /// Its status is `not_started`.
        NotStarted = "not_started",
        /// Its status is `in_progress`.
        InProgress = "in_progress",
        /// Its status is `submitted`.
        Submitted = "submitted",
        /// Its status is `returned`.
        Returned = "returned",
        /// Its status is `completed`.
        Completed = "completed",
        /// It is planned for QA, whatever its status.
        PlannedForQa = "planned_for_qa",
    }
}

words! {
    /// The status of a learner's enrolment on a programme.
    ProgrammeStatus {
        /// The learner is on the programme.
        Active = "active",
        /// The learner has paused, and is synchronised to all the same.
        OnBreak = "on_break",
        /// The learner has completed the programme, and is synchronised to all the same.
        Completed = "completed",
        /// The learner has left the programme, and is synchronised to all the same.
        Withdrawn = "withdrawn",
        /// The enrolment has expired; no synchronisation changes the plan.
        Expired = "expired",
        /// The enrolment was cancelled; no synchronisation changes the plan.
        Cancelled = "cancelled",
        /// The enrolment is archived; no synchronisation changes the plan.
        Archived = "archived",
        /// The learner is about to change to another programme; no synchronisation changes the plan.
        PendingChangeOfProgramme = "pending_change_of_programme",
    }
}

words! {
    /// How a component differs from what it was, or how an edit changed it.
    Change {
        /// It was added.
        Created = "created",
        /// It was there before, and differs.
        Updated = "updated",
        /// It was removed.
        Deleted = "deleted",
    }
}
