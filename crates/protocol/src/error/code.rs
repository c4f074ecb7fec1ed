//! The codes of refusals, their numbers, and the reasons that belong to some of them.

use crate::words::words;

words! {
    /// The kind of a refusal. A program decides by it what to do.
    ErrorCode {
        /// The subject, a header or the body is not as it must be; `details.path` names the field at fault.
        ///
        /// Correct the field as the message says. Sending it again unchanged is refused again.
        InvalidRequest = "invalid_request",
        /// The page would have more than 768 KiB.
        ///
        /// Ask for the same list with the `page_size` in `details.page_size`.
        PageTooLarge = "page_too_large",
        /// The actor in the subject is not an administrator of the tenant, or was removed.
        ///
        /// Correct the subject, or create the administrator with `administrator.put` as `system`.
        UnknownActor = "unknown_actor",
        /// The actor may not do this; `details.reason` says which permission is missing.
        ///
        /// Ask for the permission, or send it as another actor.
        NotPermitted = "not_permitted",
        /// The administrator has none of the permissions that synchronising requires.
        ///
        /// Ask for a permission to add, change or delete components, or for `internal_verifier`.
        SyncNotPermitted = "sync_not_permitted",
        /// There is no operation with this name.
        ///
        /// Correct the subject. `proto-schemas/asyncapi.json` lists all operations.
        UnknownOperation = "unknown_operation",
        /// The tenant does not exist: it has no settings.
        ///
        /// Correct the subject, or create the tenant with `tenant.put` as `system`.
        TenantNotFound = "tenant_not_found",
        /// There is no administrator with this id.
        ///
        /// Find the id with `administrator.list`.
        AdministratorNotFound = "administrator_not_found",
        /// There is no learner with this id, or the actor may not see the learner. Both have the same answer.
        ///
        /// Check the id, and the groups of the learner and of the administrator.
        LearnerNotAvailable = "learner_not_available",
        /// The plan, the template or the list of components to synchronise has no component with this id.
        ///
        /// Find the id with `plan.get`, `template.get` or `sync.components`.
        ComponentNotFound = "component_not_found",
        /// There is no programme with this id, or the learner is not enrolled on it.
        ///
        /// Check the id and the enrolments of the learner.
        ProgrammeNotFound = "programme_not_found",
        /// The session is not open, or belongs to another administrator; `details.reason` says why it was closed, if
        /// that is known.
        ///
        /// Open the learner's record with `record.open`, or go on with the session in `details.replaced_by`.
        SessionNotOpen = "session_not_open",
        /// There is no synchronisation with this id, or the actor may not read it. Both have the same answer.
        ///
        /// Find the id with `sync.list`.
        SyncNotFound = "sync_not_found",
        /// The plan does not have the version in `expected_version`, but that in `details.version`.
        ///
        /// Read the plan again, decide again, and send a new command with a new id.
        VersionConflict = "version_conflict",
        /// The command id belongs to another command, or to a durable command that was refused.
        ///
        /// Send the command with a new id. Keep an id only for repeating the same command.
        CommandIdReused = "command_id_reused",
        /// The source's plan or the request has changed since the preview that is confirmed; nothing was started.
        ///
        /// Preview again, and confirm the new preview.
        SourceChanged = "source_changed",
        /// The held list is no longer kept.
        ///
        /// Read the list again from its first page.
        ReadingExpired = "reading_expired",
        /// The plan already has a component with this id.
        ///
        /// Change the component, or add one with another id.
        ComponentExists = "component_exists",
        /// The id was used for another record session.
        ///
        /// Choose a new id, or let the engine choose one.
        SessionExists = "session_exists",
        /// The id was used for another synchronisation.
        ///
        /// Choose a new id, or let the engine choose one.
        SyncExists = "sync_exists",
        /// The header `content-type` names neither JSON nor MessagePack, or has several values.
        ///
        /// Send `application/json` or `application/msgpack`, or leave the header out.
        UnsupportedMediaType = "unsupported_media_type",
        /// More components are selected than one synchronisation may have; the message says how many.
        ///
        /// Synchronise them in several parts.
        TooManyComponents = "too_many_components",
        /// More learners are selected than one synchronisation may have; the message says how many.
        ///
        /// Synchronise to them in several parts.
        TooManyLearners = "too_many_learners",
        /// No component or no learner is selected; `details.path` is `components` or `learners`. The message tells
        /// whether nothing has changed since the record was opened, whether all changes were already synchronised, or
        /// whether the selection is empty.
        ///
        /// Change the plan first, or select something else.
        NothingSelected = "nothing_selected",
        /// No component of the programme has recent changes, and the type `changes_only` replays only these.
        ///
        /// Change the plan first, or use another type of synchronisation.
        NoRecentChanges = "no_recent_changes",
        /// The attribute may not be set or synchronised here; the message says why.
        ///
        /// Leave the attribute out.
        AttributeNotAllowed = "attribute_not_allowed",
        /// An administrator changes a due date, and gave no reason.
        ///
        /// Send the edit with a `reason`.
        ReasonRequired = "reason_required",
        /// The engine has too much to do, or a limit is reached, such as that of running synchronisations. Nothing was
        /// changed.
        ///
        /// Wait for `details.retry_after_ms`, and send it again, a command with the same id.
        Overloaded = "overloaded",
        /// The engine has a defect.
        ///
        /// Report the message to the operator of the service. A command may be sent again with the same id.
        Internal = "internal",
        /// A part of the log that is needed is damaged; the message says which. Nothing was changed.
        ///
        /// Report the message to the operator of the service, who runs `plansync audit verify`. What does not need that
        /// part is answered.
        LogDamaged = "log_damaged",
        /// The engine cannot read or write its log at the moment, for example because the disk is full. Nothing was
        /// changed.
        ///
        /// Wait, and send it again, a command with the same id.
        Unavailable = "unavailable",
        /// The learner was erased. Nothing was changed.
        ///
        /// Nothing: nothing about the learner can be changed any more. The plan can be read.
        LearnerErased = "learner_erased",
        /// A legal hold keeps the learner from being erased. Nothing was erased.
        ///
        /// Lift the hold with `learner.release`, if it may be lifted, and send the command again with a new id.
        LearnerHeld = "learner_held",
    }
}

impl ErrorCode {
    /// The number in the header `Nats-Service-Error-Code`; its meaning is that of HTTP.
    pub const fn number(self) -> u16 {
        match self {
            Self::InvalidRequest | Self::PageTooLarge => 400,
            Self::UnknownActor => 401,
            Self::NotPermitted | Self::SyncNotPermitted => 403,
            Self::UnknownOperation
            | Self::TenantNotFound
            | Self::AdministratorNotFound
            | Self::LearnerNotAvailable
            | Self::ComponentNotFound
            | Self::ProgrammeNotFound
            | Self::SessionNotOpen
            | Self::SyncNotFound => 404,
            Self::VersionConflict
            | Self::CommandIdReused
            | Self::SourceChanged
            | Self::ComponentExists
            | Self::SessionExists
            | Self::SyncExists
            | Self::LearnerHeld => 409,
            Self::ReadingExpired | Self::LearnerErased => 410,
            Self::UnsupportedMediaType => 415,
            Self::TooManyComponents
            | Self::TooManyLearners
            | Self::NothingSelected
            | Self::NoRecentChanges
            | Self::AttributeNotAllowed
            | Self::ReasonRequired => 422,
            Self::Overloaded => 429,
            Self::Internal | Self::LogDamaged => 500,
            Self::Unavailable => 503,
        }
    }
}

words! {
    /// Which permission is missing: `details.reason` of `not_permitted`.
    PermissionReason {
        /// Only the actor `system` may do this: reference data is written by programs that load it.
        ///
        /// Send it as `system`, if your NATS user may.
        SystemOnly = "system_only",
        /// Only administrators have open records.
        ///
        /// Send it as the administrator who works with the record.
        AdministratorOnly = "administrator_only",
        /// Reading reference data needs the permission `supervisor` or `compliance_qa`.
        ///
        /// Ask for one of them, or use the operations that are open to every administrator.
        ReadNotPermitted = "read_not_permitted",
        /// Adding a component needs `advanced_delivery_add`.
        ///
        /// Ask for this permission.
        AddNotPermitted = "add_not_permitted",
        /// Changing a component needs `advanced_delivery_edit`.
        ///
        /// Ask for this permission.
        EditNotPermitted = "edit_not_permitted",
        /// Changing a completed component needs `advanced_delivery_edit` and `edit_delete_finished`.
        ///
        /// Ask for both permissions.
        EditFinishedNotPermitted = "edit_finished_not_permitted",
        /// Deleting a component needs `advanced_delivery_delete`.
        ///
        /// Ask for this permission.
        DeleteNotPermitted = "delete_not_permitted",
        /// Deleting a completed component needs `advanced_delivery_delete` and `edit_delete_finished`.
        ///
        /// Ask for both permissions.
        DeleteFinishedNotPermitted = "delete_finished_not_permitted",
    }
}

words! {
    /// Why a record session ended: `details.reason` of `session_not_open`.
    SessionEnd {
        /// The administrator closed it.
        ///
        /// Open the record again; recent changes count from there.
        Closed = "closed",
        /// It was not used for the tenant's `record_idle_hours`.
        ///
        /// Open the record again; recent changes count from there.
        Idle = "idle",
        /// The administrator had 100 open records and opened another one.
        ///
        /// Close records that are no longer needed, and open this one again.
        Displaced = "displaced",
        /// The administrator opened the same record again.
        ///
        /// Go on with the session in `details.replaced_by`.
        Replaced = "replaced",
    }
}
