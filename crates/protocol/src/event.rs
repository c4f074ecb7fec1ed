//! Published events: their kinds, subjects and bodies. Their headers are in
//! [`cloud_event`](crate::cloud_event).

use std::collections::BTreeMap;

use plansync_primitives::ids::{
    AdministratorId, CommandId, ComponentId, LearnerId, SessionId, SyncId, TenantId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::plan::{PlanChange, TaskChanges};
use crate::scalar::{Bytes, Digest, Version};
use crate::subject::PREFIX;
use crate::sync::{SyncRecord, SyncRequest, SyncSource};
use crate::words::{CloseReason, PairWarning, Reason, words};

words! {
    /// The kind of an event: the end of its header `ce-type`.
    EventName {
        /// A plan was changed by hand or from a template.
        ///
        /// Apply `changes` to a plan that is kept, or read the plan at `version` with `plan.get`: the type and the
        /// programme of a component that was added, and the components of an instantiated plan, are only there.
        PlanChanged = "plan.changed",
        /// A record was opened.
        ///
        /// Note the session; `replaced` names the one that was closed for it.
        RecordOpened = "record.opened",
        /// A record was closed.
        ///
        /// Forget the session; `reason` says why it was closed.
        RecordClosed = "record.closed",
        /// A learner was erased.
        ///
        /// Erase every copy of the learner's name, of the reasons given for their due dates, and of searches for them.
        LearnerErased = "learner.erased",
        /// A synchronisation was accepted.
        ///
        /// Expect a `sync.target` for each learner, and then `sync.completed` or `sync.cancelled`.
        SyncStarted = "sync.started",
        /// A synchronisation has finished one learner.
        ///
        /// If it has a `version`, the plan has changed: `plan.change` returns what. `sync.outcomes` returns the outcome
        /// of each component.
        SyncTarget = "sync.target",
        /// A synchronisation has finished all learners.
        ///
        /// Compare the counts; `sync.outcomes` returns what was skipped and why.
        SyncCompleted = "sync.completed",
        /// A synchronisation was cancelled.
        ///
        /// What was done before stays; start another one for the learners who are left.
        SyncCancelled = "sync.cancelled",
        /// A durable command was carried out.
        ///
        /// Take the `reply`; the command is done.
        CommandAccepted = "command.accepted",
        /// A durable command was refused.
        ///
        /// Act on the code in `error`; nothing was changed.
        CommandRejected = "command.rejected",
    }
}

/// The kind of an event, with the id that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A plan was changed by hand or from a template.
    PlanChanged(LearnerId),
    /// A record was opened.
    RecordOpened(SessionId),
    /// A record was closed.
    RecordClosed(SessionId),
    /// A learner was erased.
    LearnerErased(LearnerId),
    /// A synchronisation was accepted.
    SyncStarted(SyncId),
    /// A synchronisation has finished one learner.
    SyncTarget(SyncId),
    /// A synchronisation has finished all learners.
    SyncCompleted(SyncId),
    /// A synchronisation was cancelled.
    SyncCancelled(SyncId),
    /// A durable command was carried out.
    CommandAccepted(CommandId),
    /// A durable command was refused.
    CommandRejected(CommandId),
}

impl EventKind {
    /// `<noun>.<what>`: the end of the type of the event.
    pub const fn name(self) -> &'static str {
        self.event_name().as_str()
    }

    /// The name without the id.
    pub const fn event_name(self) -> EventName {
        match self {
            Self::PlanChanged(_) => EventName::PlanChanged,
            Self::RecordOpened(_) => EventName::RecordOpened,
            Self::RecordClosed(_) => EventName::RecordClosed,
            Self::LearnerErased(_) => EventName::LearnerErased,
            Self::SyncStarted(_) => EventName::SyncStarted,
            Self::SyncTarget(_) => EventName::SyncTarget,
            Self::SyncCompleted(_) => EventName::SyncCompleted,
            Self::SyncCancelled(_) => EventName::SyncCancelled,
            Self::CommandAccepted(_) => EventName::CommandAccepted,
            Self::CommandRejected(_) => EventName::CommandRejected,
        }
    }

    /// The id of the learner, session, synchronisation or command that it is about.
    pub fn id(self) -> String {
        match self {
            Self::PlanChanged(learner) | Self::LearnerErased(learner) => learner.to_string(),
            Self::RecordOpened(session) | Self::RecordClosed(session) => session.to_string(),
            Self::SyncStarted(sync)
            | Self::SyncTarget(sync)
            | Self::SyncCompleted(sync)
            | Self::SyncCancelled(sync) => sync.to_string(),
            Self::CommandAccepted(command) | Self::CommandRejected(command) => command.to_string(),
        }
    }

    /// The subject: `plansync.v1.evt.<tenant>.<noun>.<id>.<what>`.
    ///
    /// ```
    /// use plansync_protocol::event::EventKind;
    ///
    /// let sync = "0190a1b2-0000-7000-8000-000000000005".parse().unwrap();
    /// assert_eq!(
    ///     EventKind::SyncTarget(sync).subject(&"northgate".parse().unwrap()),
    ///     "plansync.v1.evt.northgate.sync.0190a1b2-0000-7000-8000-000000000005.target",
    /// );
    /// ```
    pub fn subject(self, tenant: &TenantId) -> String {
        let (kind, what) = self.name().split_once('.').unwrap_or((self.name(), ""));
        format!("{PREFIX}.evt.{tenant}.{kind}.{}.{what}", self.id())
    }
}

/// Body of the event `plan.changed`: a plan was changed by hand or from a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanChanged {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The version of the plan after it.
    pub version: Version,
    /// What was changed.
    pub changes: Vec<PlanChange>,
}

/// Body of the event `record.opened`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordMoved {
    /// The id of the session.
    pub session: SessionId,
    /// The learner whose record it is.
    pub learner: LearnerId,
    /// The administrator who opened it.
    pub administrator: AdministratorId,
    /// The session that was closed because this one was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<SessionId>,
}

/// Body of the event `record.closed`. There is no such event if the administrator opened the same
/// record again: the event `record.opened` of the new session names the closed one as `replaced`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordEnded {
    /// The id of the session.
    pub session: SessionId,
    /// The learner whose record it is.
    pub learner: LearnerId,
    /// The administrator who had it open.
    pub administrator: AdministratorId,
    /// Why it was closed. Events of early versions have no reason; they closed records only on request.
    #[serde(default = "asked_for")]
    pub reason: CloseReason,
}

const fn asked_for() -> CloseReason {
    CloseReason::Closed
}

/// Body of the event `sync.started`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncAccepted {
    /// The id of the synchronisation.
    pub sync: SyncId,
    /// The request.
    pub request: SyncRequest,
    /// The source of the changes.
    pub source: SyncSource,
    /// A digest of the request and of the changes that it replays.
    pub digest: Digest,
    /// The number of components.
    pub components: u64,
    /// The number of learners.
    pub learners: u64,
    /// Whether the text that the request searches for was left out of it: the audit shows it to those who see
    /// every learner, and to the administrator who made the request. Events always have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub search_left_out: bool,
}

/// Body of the event `sync.target`: a synchronisation has finished one learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncTarget {
    /// The id of the synchronisation.
    pub sync: SyncId,
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The version of the plan after it, if the plan was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// The number of components to which changes were applied.
    pub applied: u64,
    /// The number of components that already had these values.
    pub unchanged: u64,
    /// The numbers of components that were skipped, by the reasons of `sync.outcomes`.
    #[schemars(with = "BTreeMap<String, u64>")]
    pub skipped: BTreeMap<Reason, u64>,
    /// The numbers of components with a warning, by the codes of `sync.outcomes`.
    #[schemars(with = "BTreeMap<String, u64>")]
    pub warnings: BTreeMap<PairWarning, u64>,
    /// The components that were created, by id. The event has at most 256 ids in all: first those of
    /// components, in this order of fields, then those of tasks.
    #[serde(default)]
    pub created: Vec<ComponentId>,
    /// The components that were updated, by id.
    #[serde(default)]
    pub updated: Vec<ComponentId>,
    /// The components that were deleted, by id.
    #[serde(default)]
    pub deleted: Vec<ComponentId>,
    /// The calendar tasks, in the order of their components.
    #[serde(default)]
    pub tasks: TaskChanges,
    /// Whether ids were left out; `plan.change` and `sync.outcomes` return all.
    #[serde(default)]
    pub truncated: bool,
}

/// Body of the events `sync.completed` and `sync.cancelled`.
pub type SyncEnded = SyncRecord;

/// Body of the event `command.accepted`: a durable command was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandAccepted<R> {
    /// The id of the command.
    pub command_id: CommandId,
    /// The name of the operation.
    pub operation: String,
    /// The reply of the operation.
    pub reply: R,
}

/// Body of the event `learner.erased`: nobody can read the learner's name and the reasons given for their due dates any
/// more, nor the searches that found them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LearnerErased {
    /// The id of the learner.
    pub learner: LearnerId,
    /// How many synchronisations lost the text of their search.
    pub searches: u64,
}

/// Body of the event `command.rejected`: a durable command was refused, and changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandRejected {
    /// The id of the command.
    pub command_id: CommandId,
    /// The operation, as it stands in the subject; it may not exist.
    pub operation: String,
    /// The refusal.
    pub error: Error,
    /// The body of the command, if it could not be decoded. Only the audit tells it, until a learner is erased;
    /// earlier versions published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Bytes>,
    /// Length and digest of the body instead, if it is not kept: bodies of more than 256 KiB, or of
    /// more than 8 MiB per tenant in all, are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_kept: Option<NotKept>,
}

/// The body of a command that is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotKept {
    /// Its length in bytes.
    pub length: u64,
    /// Its SHA-256.
    pub digest: Digest,
}
