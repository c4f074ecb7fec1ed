//! The closed lists of words that both the protocol and the domain have, one to one.
//!
//! Every match names all variants, so that a word that is missing on one side does not compile.

use plansync_domain::event::CloseReason;
use plansync_domain::event::refusal::RefusalCode;
use plansync_domain::history::plan_change::ChangeKind;
use plansync_domain::permission::{Permission, PermissionReason};
use plansync_domain::plan::status::Status;
use plansync_domain::preview::explain::Side;
use plansync_domain::preview::summary::WarningCode;
use plansync_domain::recent::change::RecentKind;
use plansync_domain::reference::learner::EnrolmentStatus;
use plansync_domain::reference::settings::OwnerRule;
use plansync_domain::review::status::{ReviewStatus, TaskStatus};
use plansync_domain::selection::filter_values::FilterField;
use plansync_domain::sync::pair_outcome::{Action, Reason};
use plansync_domain::sync::request::SyncKind;
use plansync_domain::sync::status::SyncStatus;
use plansync_domain::sync::warning::PairWarning;
use plansync_domain::values::attribute::Attribute;
use plansync_engine::read::{CommitKind, OutcomeWord};
use plansync_protocol as wire;
use plansync_protocol::audit::AuditKind;

/// A word of the domain as a word of the protocol.
pub(crate) trait ToWire {
    type Wire;

    fn wire(self) -> Self::Wire;
}

/// A word of the protocol as a word of the domain.
pub(crate) trait ToDomain {
    type Domain;

    fn domain(self) -> Self::Domain;
}

macro_rules! to_wire {
    ($domain:ident as $wire:ident { $($variant:ident),+ $(,)? }) => {
        impl ToWire for $domain {
            type Wire = wire::$wire;

            fn wire(self) -> wire::$wire {
                match self {
                    $($domain::$variant => wire::$wire::$variant,)+
                }
            }
        }
    };
}

macro_rules! to_domain {
    ($domain:ident as $wire:ident { $($variant:ident),+ $(,)? }) => {
        impl ToDomain for wire::$wire {
            type Domain = $domain;

            fn domain(self) -> $domain {
                match self {
                    $(wire::$wire::$variant => $domain::$variant,)+
                }
            }
        }
    };
}

macro_rules! both {
    ($domain:ident as $wire:ident { $($variant:ident),+ $(,)? }) => {
        to_wire! { $domain as $wire { $($variant),+ } }
        to_domain! { $domain as $wire { $($variant),+ } }
    };
}

both! {
    Attribute as AttributeName {
        Name, DueDate, CompletionMode, Criteria, Instructions, EvidenceRequired, MinEvidence,
        Documents, DeliveryViaOrganisation, DeliveryViaEmployer, MarkingAidExercise, PlannedForQa,
        ReviewType, ReviewAt, Owner,
    }
}
both! { Status as Status { NotStarted, InProgress, Submitted, Returned, Completed } }
both! {
    EnrolmentStatus as ProgrammeStatus {
        Active, OnBreak, Completed, Withdrawn, Expired, Cancelled, Archived,
        PendingChangeOfProgramme,
    }
}
both! {
    Permission as Permission {
        Supervisor, ComplianceQa, InternalVerifier, AdvancedDeliveryAdd, AdvancedDeliveryEdit,
        AdvancedDeliveryDelete, EditDeleteFinished,
    }
}
both! {
    PermissionReason as PermissionReason {
        AddNotPermitted, EditNotPermitted, EditFinishedNotPermitted, DeleteNotPermitted,
        DeleteFinishedNotPermitted, SystemOnly, AdministratorOnly, ReadNotPermitted,
    }
}
to_wire! {
    RefusalCode as ErrorCode {
        InvalidRequest, UnknownActor, NotPermitted, SyncNotPermitted, UnknownOperation,
        TenantNotFound, AdministratorNotFound, LearnerNotAvailable, ComponentNotFound,
        ProgrammeNotFound, SessionNotOpen, SyncNotFound, VersionConflict, CommandIdReused,
        SourceChanged, ReadingExpired, ComponentExists, SessionExists, SyncExists,
        UnsupportedMediaType, TooManyComponents, TooManyLearners, NothingSelected,
        NoRecentChanges, AttributeNotAllowed, ReasonRequired, Overloaded, Internal, LogDamaged,
        LearnerErased, LearnerHeld,
    }
}
both! { ReviewStatus as ReviewStatus { NotScheduled, Scheduled, InProgress, Completed } }
to_wire! { TaskStatus as TaskStatus { Open, Done, Cancelled } }
to_wire! { CloseReason as CloseReason { Closed, Idle, Displaced } }
both! { OwnerRule as OwnerRule { Keep, FollowCaseOwner } }
both! { SyncKind as SyncType { ChangesOnly, AllAttributes, SelectedAttributes } }
both! {
    Reason as Reason {
        Cancelled, LearnerNotAvailable, LearnerErased, IsSource, NotOnProgramme,
        ProgrammeStatusExcluded, ChangedSincePreview, NoRecentChange, NoTemplate, MissingOnTarget, AlreadyAbsent,
        TypeMismatch, StatusNotSelected, AddNotPermitted, EditNotPermitted,
        EditFinishedNotPermitted, DeleteNotPermitted, DeleteFinishedNotPermitted, LimitExceeded,
        Failed,
    }
}
both! { OutcomeWord as Outcome { Applied, Unchanged, Skipped } }
to_wire! { Action as Action { Synchronise, Create, Delete } }
to_wire! { SyncStatus as SyncState { Running, Completed, Cancelled } }
to_wire! { ChangeKind as Change { Created, Updated, Deleted } }
to_wire! { RecentKind as Change { Created, Updated, Deleted } }
to_wire! {
    WarningCode as SummaryWarning {
        SomeNotSynchronised, ReviewRecreated, ReviewTypeKept, CompletedReviewKept, MarkingAidEvidence,
        TasksCancelled, EvidenceDeleted, FinishedDeleted, RestNotPermitted, SourceWillBeUpdated,
    }
}
to_domain! { Side as Side { Synchronised, NotSynchronised } }
to_domain! { FilterField as FilterField { Type, ProgrammeStatus, Group, Tutor } }

macro_rules! commit_kinds {
    ($($kind:ident),+ $(,)?) => {
        impl ToWire for CommitKind {
            type Wire = AuditKind;

            fn wire(self) -> AuditKind {
                match self {
                    $(Self::$kind => AuditKind::$kind,)+
                }
            }
        }

        impl ToDomain for AuditKind {
            type Domain = CommitKind;

            fn domain(self) -> CommitKind {
                match self {
                    $(Self::$kind => CommitKind::$kind,)+
                }
            }
        }
    };
}

commit_kinds! {
    TenantPut, AdministratorPut, AdministratorRemoved, LearnerPut, LearnerHeld, LearnerReleased,
    LearnerErasureRequested, LearnerErased, ProgrammePut, TemplatePut, TemplateRemoved, PlanChanged,
    RecordOpened, RecordResumed, RecordClosed, SyncChunk, SyncStarted, SyncTarget, SyncCompleted,
    SyncCancelled, CommandUnchanged, CommandAccepted, CommandRejected,
    EngineStarted,
}

impl ToWire for PairWarning {
    type Wire = wire::PairWarning;

    fn wire(self) -> wire::PairWarning {
        match self {
            Self::ReviewRecreated { .. } => wire::PairWarning::ReviewRecreated,
            Self::ReviewTypeKept => wire::PairWarning::ReviewTypeKept,
            Self::CompletedReviewKept => wire::PairWarning::CompletedReviewKept,
            Self::MarkingAidEvidence => wire::PairWarning::MarkingAidEvidence,
            Self::TasksCancelled { .. } => wire::PairWarning::TasksCancelled,
            Self::EvidenceDeleted { .. } => wire::PairWarning::EvidenceDeleted,
            Self::FinishedDeleted => wire::PairWarning::FinishedDeleted,
            Self::RestNotPermitted { .. } => wire::PairWarning::RestNotPermitted,
        }
    }
}
