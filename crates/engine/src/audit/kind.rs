//! The kinds of commits. A commit has one kind: that of the event that is published for it, or of the one event
//! that it consists of.

use plansync_domain::event::Event;
use plansync_domain::ids::stream::Stream;
use plansync_log::StreamKind;

use crate::recorded::commit::Decided;

macro_rules! commit_kinds {
    ($($(#[$doc:meta])* $kind:ident on $($stream:ident),+;)+) => {
        /// The kind of a commit.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CommitKind {
            $($(#[$doc])* $kind,)+
        }

        impl CommitKind {
            /// Whether a commit on such a stream can be of this kind.
            pub(super) const fn is_on(self, stream: StreamKind) -> bool {
                match self {
                    $(Self::$kind => matches!(stream, $(StreamKind::$stream)|+),)+
                }
            }
        }
    };
}

commit_kinds! {
    /// The settings of the tenant were replaced.
    TenantPut on Tenant;
    /// An administrator was created or replaced.
    AdministratorPut on Administrator;
    /// An administrator was removed.
    AdministratorRemoved on Administrator;
    /// A learner was created or replaced.
    LearnerPut on Learner;
    /// A legal hold was put on a learner.
    LearnerHeld on Learner;
    /// The legal hold on a learner was lifted.
    LearnerReleased on Learner;
    /// The erasure of a learner was asked for.
    LearnerErasureRequested on Learner;
    /// A learner was erased.
    LearnerErased on Learner;
    /// A programme was created or replaced.
    ProgrammePut on Programme;
    /// Components were put into a template.
    TemplatePut on Programme;
    /// Components were removed from a template.
    TemplateRemoved on Programme;
    /// A plan was changed by hand or from a template.
    PlanChanged on Plan;
    /// A record was opened.
    RecordOpened on Record;
    /// An open record was continued.
    RecordResumed on Record;
    /// A record was closed.
    RecordClosed on Record;
    /// A part of a change set.
    SyncChunk on Sync;
    /// A sync was accepted.
    SyncStarted on Sync;
    /// A target of a sync was processed.
    SyncTarget on Plan, Target;
    /// Every target of a sync was processed.
    SyncCompleted on Sync;
    /// A sync was cancelled.
    SyncCancelled on Sync;
    /// A command was accepted that changed nothing.
    CommandUnchanged on Command;
    /// A durable command was accepted.
    CommandAccepted on Command;
    /// A durable command was rejected.
    CommandRejected on Command;
    /// The engine was started with other values than before.
    EngineStarted on Engine;
}

impl CommitKind {
    /// The kind of a commit; `None` if it has no event.
    pub fn of(decided: &Decided) -> Option<Self> {
        Some(match decided.events.first()? {
            Event::TenantPut(_) => Self::TenantPut,
            Event::AdministratorPut(_) => Self::AdministratorPut,
            Event::AdministratorRemoved(_) => Self::AdministratorRemoved,
            Event::LearnerPut(_) => Self::LearnerPut,
            Event::LearnerHeld(_) => Self::LearnerHeld,
            Event::LearnerReleased(_) => Self::LearnerReleased,
            Event::LearnerErasureRequested(_) => Self::LearnerErasureRequested,
            Event::LearnerErased(_) => Self::LearnerErased,
            Event::ProgrammePut(_) => Self::ProgrammePut,
            Event::TemplatePut(_) => Self::TemplatePut,
            Event::TemplateRemoved(_) => Self::TemplateRemoved,
            Event::TargetReplayed(_) if decided.events.len() == 1 => Self::SyncTarget,
            _ if matches!(decided.stream, Stream::Plan(_)) => Self::PlanChanged,
            Event::TargetReplayed(_) => Self::SyncTarget,
            Event::RecordOpened(_) => Self::RecordOpened,
            Event::RecordResumed(_) => Self::RecordResumed,
            Event::RecordClosed(_) => Self::RecordClosed,
            Event::ChangeSetChunk(_) => Self::SyncChunk,
            Event::SyncAccepted(_) => Self::SyncStarted,
            Event::SyncCompleted(_) => Self::SyncCompleted,
            Event::SyncCancelled(_) => Self::SyncCancelled,
            Event::CommandOutcome(_) => Self::CommandUnchanged,
            Event::CommandAccepted(_) => Self::CommandAccepted,
            Event::CommandRejected(_) => Self::CommandRejected,
            Event::EngineStarted(_) => Self::EngineStarted,
            Event::PlanInstantiated(_)
            | Event::ComponentAdded(_)
            | Event::ComponentReadded(_)
            | Event::ComponentChanged(_)
            | Event::ComponentRemoved(_)
            | Event::StatusSet(_)
            | Event::EvidenceSubmitted(_)
            | Event::ReviewStatusSet(_) => Self::PlanChanged,
        })
    }
}
