//! The bodies of events.
//!
//! Owns their form. What is worth an event is decided elsewhere; the headers are `cloud_event`'s.

use std::collections::BTreeMap;

use plansync_domain::ids::{AdministratorId, CommandId, ComponentId, LearnerId, SessionId, SyncId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::plan::{PlanChange, TaskChanges};
use crate::scalar::{Bytes, Digest, Version};
use crate::sync::{SyncRecord, SyncRequest, SyncSource};
use crate::words::{CloseReason, PairWarning, Reason};

/// Body of `plan.changed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanChanged {
    /// Whose plan.
    pub learner: LearnerId,
    /// Its version now.
    pub version: Version,
    /// What was done to it.
    pub changes: Vec<PlanChange>,
}

/// Body of `record.opened`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordMoved {
    /// The session.
    pub session: SessionId,
    /// Whose record.
    pub learner: LearnerId,
    /// Who has it open.
    pub administrator: AdministratorId,
    /// The session that opening this one closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<SessionId>,
}

/// Body of `record.closed`. A record that its administrator opened again is closed by the `record.opened`
/// that names it as `replaced`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordEnded {
    /// The session.
    pub session: SessionId,
    /// Whose record.
    pub learner: LearnerId,
    /// Who had it open.
    pub administrator: AdministratorId,
    /// Why it is closed; earlier versions closed what they were asked to, and did not say so.
    #[serde(default = "asked_for")]
    pub reason: CloseReason,
}

const fn asked_for() -> CloseReason {
    CloseReason::Closed
}

/// Body of `sync.started`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncAccepted {
    /// Which.
    pub sync: SyncId,
    /// What was asked for.
    pub request: SyncRequest,
    /// Where it takes its changes from.
    pub source: SyncSource,
    /// Over the request and what it replays.
    pub digest: Digest,
    /// How many components.
    pub components: u64,
    /// How many learners.
    pub learners: u64,
}

/// Body of `sync.target`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncTarget {
    /// Which sync.
    pub sync: SyncId,
    /// Whose plan.
    pub learner: LearnerId,
    /// The plan's version now, if the sync changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Components that were replayed.
    pub applied: u64,
    /// Components that were as they should be already.
    pub unchanged: u64,
    /// Components that were left alone, by reason.
    pub skipped: BTreeMap<Reason, u64>,
    /// Components with a warning, by its code.
    pub warnings: BTreeMap<PairWarning, u64>,
    /// Components that the plan got, by id. At most 256 ids are told in all: first those of components, as they
    /// stand here, then those of tasks.
    #[serde(default)]
    pub created: Vec<ComponentId>,
    /// Components that were changed, by id.
    #[serde(default)]
    pub updated: Vec<ComponentId>,
    /// Components that the plan lost, by id.
    #[serde(default)]
    pub deleted: Vec<ComponentId>,
    /// Calendar tasks, in the order of their components.
    #[serde(default)]
    pub tasks: TaskChanges,
    /// Whether there are more ids than are told; `plan.change` and `sync.outcomes` have all.
    #[serde(default)]
    pub truncated: bool,
}

/// Body of `sync.completed` and `sync.cancelled`.
pub type SyncEnded = SyncRecord;

/// Body of `command.accepted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandAccepted<R> {
    /// Which command.
    pub command_id: CommandId,
    /// What was asked for.
    pub operation: String,
    /// What it answers with.
    pub reply: R,
}

/// Body of `command.rejected`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandRejected {
    /// Which command.
    pub command_id: CommandId,
    /// What was asked for, as the subject named it.
    pub operation: String,
    /// Why not.
    pub error: Error,
    /// The command's bytes, if they could not be decoded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Bytes>,
    /// What is known of them instead, where they are not kept: more than 256 KiB of one command, or
    /// more than 8 MiB of a tenant's in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_kept: Option<NotKept>,
}

/// A command's bytes that are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotKept {
    /// How many they were.
    pub length: u64,
    /// Their SHA-256.
    pub digest: Digest,
}
