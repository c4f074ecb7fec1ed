//! Words about reference data and records: permissions, settings, filters and why a record was closed.

use super::words;

words! {
    /// A permission of an administrator.
    Permission {
        /// May do everything to the learners whom they may see, and read reference data.
        Supervisor = "supervisor",
        /// May do the same as a `supervisor`.
        ComplianceQa = "compliance_qa",
        /// May set and clear `planned_for_qa`, and nothing else with it.
        InternalVerifier = "internal_verifier",
        /// May add components.
        AdvancedDeliveryAdd = "advanced_delivery_add",
        /// May change components that are not completed.
        AdvancedDeliveryEdit = "advanced_delivery_edit",
        /// May delete components that are not completed.
        AdvancedDeliveryDelete = "advanced_delivery_delete",
        /// Extends the permissions to change and to delete to completed components. Permits nothing by itself.
        EditDeleteFinished = "edit_delete_finished",
    }
}

words! {
    /// What a synchronisation does with the owner of a component, if the owner at the source is the case owner of
    /// the source learner.
    OwnerRule {
        /// A component that a learner already has keeps its owner.
        Keep = "keep",
        /// The component gets the case owner of the learner that is synchronised to.
        FollowCaseOwner = "follow_case_owner",
    }
}

words! {
    /// Why a record was closed.
    CloseReason {
        /// Its administrator closed it.
        Closed = "closed",
        /// It was not used for the tenant's `record_idle_hours`.
        Idle = "idle",
        /// Its administrator had 100 open records and opened another one; this was the one that had been unused for
        /// longest.
        Displaced = "displaced",
    }
}

words! {
    /// A filter whose values `sync.filters` lists.
    FilterField {
        /// The types of components.
        Type = "type",
        /// The statuses of enrolments.
        ProgrammeStatus = "programme_status",
        /// The groups of learners.
        Group = "group",
        /// The tutors of learners.
        Tutor = "tutor",
    }
}
