//! Words about the result of a synchronisation: outcomes, reasons and warnings.

use super::words;

words! {
    /// The outcome of one component in the plan of one learner.
    Outcome {
        /// Changes were applied; in a preview: would be applied.
        ///
        /// Nothing; `plan.change` returns what was changed.
        Applied = "applied",
        /// The plan already has these values, so there was nothing to change.
        ///
        /// Nothing: the plan is as it should be.
        Unchanged = "unchanged",
        /// The component was left as it was.
        ///
        /// Read the reason.
        Skipped = "skipped",
    }
}

words! {
    /// Why a component was skipped in the plan of a learner. If several reasons apply, it is the first one of this
    /// list. A component that the plan already has as it should be is `unchanged`, even if one of the last seven
    /// applies.
    Reason {
        /// The synchronisation was cancelled before it reached the learner.
        ///
        /// Start another synchronisation for the learners who are left.
        Cancelled = "cancelled",
        /// There is no learner with this id, or the administrator may not see the learner.
        ///
        /// Check the id, the learner's groups and the groups of the administrator.
        LearnerNotAvailable = "learner_not_available",
        /// The learner was erased: nothing about them changes any more.
        ///
        /// Nothing; leave the learner out.
        LearnerErased = "learner_erased",
        /// The learner is the source, whose plan already has the changes.
        ///
        /// Nothing; leave the source out of the learners.
        IsSource = "is_source",
        /// The learner is not enrolled on the programme.
        ///
        /// Check the learner's enrolments, or choose another programme.
        NotOnProgramme = "not_on_programme",
        /// The enrolment is `expired`, `cancelled`, `archived` or `pending_change_of_programme`.
        ///
        /// Correct the status of the enrolment if it is wrong; otherwise nothing.
        ProgrammeStatusExcluded = "programme_status_excluded",
        /// The component has changed in this plan since the preview that was confirmed.
        ///
        /// Preview again, and synchronise to this learner if the new preview shows what is wanted.
        ChangedSincePreview = "changed_since_preview",
        /// The component was selected, but has no recent change.
        ///
        /// Leave it out, or use the type `all_attributes`.
        NoRecentChange = "no_recent_change",
        /// The template of the programme does not have the component.
        ///
        /// Leave it out, add it to the template with `template.put`, or use another type of synchronisation.
        NoTemplate = "no_template",
        /// The plan does not have the component, and this synchronisation does not create it.
        ///
        /// Use the type `all_attributes`, which creates it, or add it to the plan first.
        MissingOnTarget = "missing_on_target",
        /// The component would be deleted, and the plan does not have it.
        ///
        /// Nothing: the plan is as it should be.
        AlreadyAbsent = "already_absent",
        /// The plan has a component with the same id, but of another type or of another programme.
        ///
        /// Remove the other component from the plan if it is there by mistake.
        TypeMismatch = "type_mismatch",
        /// The component in the plan meets none of the conditions in `statuses`.
        ///
        /// Synchronise without the conditions, or with others, if it should be changed too.
        StatusNotSelected = "status_not_selected",
        /// The component would be created, and the administrator may not add components.
        ///
        /// Ask for the permission `advanced_delivery_add`.
        AddNotPermitted = "add_not_permitted",
        /// The component would be changed, and the administrator may not change components.
        ///
        /// Ask for the permission `advanced_delivery_edit`.
        EditNotPermitted = "edit_not_permitted",
        /// The component is completed, and the administrator may not change completed components.
        ///
        /// Ask for the permissions `advanced_delivery_edit` and `edit_delete_finished`.
        EditFinishedNotPermitted = "edit_finished_not_permitted",
        /// The component would be deleted, and the administrator may not delete components.
        ///
        /// Ask for the permission `advanced_delivery_delete`.
        DeleteNotPermitted = "delete_not_permitted",
        /// The component is completed, and the administrator may not delete completed components.
        ///
        /// Ask for the permissions `advanced_delivery_delete` and `edit_delete_finished`.
        DeleteFinishedNotPermitted = "delete_finished_not_permitted",
        /// The plan would have more than 5,000 components, or the component more than 96 KiB of text.
        ///
        /// Remove components from the plan, or shorten the texts at the source.
        LimitExceeded = "limit_exceeded",
        /// The engine could not process this learner's plan; `cause` says why. The other learners are not affected.
        ///
        /// Report the cause to the operator of the service, and synchronise again afterwards.
        Failed = "failed",
    }
}

words! {
    /// A warning about a component in the plan of a learner.
    PairWarning {
        /// The open review of the component is replaced: its open calendar tasks are cancelled and made again.
        ///
        /// Tell the people whose tasks they are, if the date matters to them.
        ReviewRecreated = "review_recreated",
        /// The review has begun, so its type stays; the other changes are applied.
        ///
        /// Use the type `all_attributes` if the type of the review must change too.
        ReviewTypeKept = "review_type_kept",
        /// The component or its review is completed, so the review keeps its own date.
        ///
        /// Nothing, unless the date of the past meeting is wrong.
        CompletedReviewKept = "completed_review_kept",
        /// The Marking Aid exercise is replaced, and evidence that was submitted for the old one can no longer be
        /// reached.
        ///
        /// Look at the evidence before the synchronisation, or leave the component out.
        MarkingAidEvidence = "marking_aid_evidence",
        /// The component is deleted, and its open calendar tasks are cancelled.
        ///
        /// Tell the people whose tasks they are.
        TasksCancelled = "tasks_cancelled",
        /// The component is deleted with evidence that the learner has submitted.
        ///
        /// Leave the component out, or set conditions in `statuses`, if the evidence must be kept.
        EvidenceDeleted = "evidence_deleted",
        /// The component is deleted although it is completed.
        ///
        /// Leave the component out, or set conditions in `statuses`, if it must be kept.
        FinishedDeleted = "finished_deleted",
        /// Only `planned_for_qa` is changed; the administrator may not change the other attributes, and `reason` says
        /// which permission is missing.
        ///
        /// Ask for the permission, and synchronise again.
        RestNotPermitted = "rest_not_permitted",
    }
}

words! {
    /// A warning of a preview about the whole synchronisation, with the numbers of learners and components.
    SummaryWarning {
        /// Some components will not be synchronised for some learners.
        ///
        /// `sync.explain` returns the learners and the reasons.
        SomeNotSynchronised = "some_not_synchronised",
        /// Some reviews will be replaced: their open calendar tasks are cancelled and made again.
        ReviewRecreated = "review_recreated",
        /// Some reviews have begun, and keep their type.
        ReviewTypeKept = "review_type_kept",
        /// Some components or reviews are completed, and the reviews keep their date.
        CompletedReviewKept = "completed_review_kept",
        /// Evidence for replaced Marking Aid exercises will no longer be reachable.
        MarkingAidEvidence = "marking_aid_evidence",
        /// Open calendar tasks of deleted components will be cancelled.
        TasksCancelled = "tasks_cancelled",
        /// Components will be deleted with evidence that learners have submitted.
        EvidenceDeleted = "evidence_deleted",
        /// Completed components will be deleted.
        FinishedDeleted = "finished_deleted",
        /// Only `planned_for_qa` will be changed where the administrator may not change the rest.
        RestNotPermitted = "rest_not_permitted",
        /// The plan of the source itself will be changed too (type `selected_attributes`).
        ///
        /// Nothing, if that is wanted; its row has the field `source`.
        SourceWillBeUpdated = "source_will_be_updated",
    }
}
