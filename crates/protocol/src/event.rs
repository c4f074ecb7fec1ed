//! The bodies of events.
//!
//! Owns their form. What is worth an event is decided elsewhere; the headers are `cloud_event`'s.

use std::collections::BTreeMap;

use plansync_domain::ids::{AdministratorId, CommandId, LearnerId, SessionId, SyncId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::plan::PlanChange;
use crate::scalar::{Bytes, Digest, Version};
use crate::sync::{SyncRecord, SyncRequest, SyncSource};
use crate::words::{PairWarning, Reason};

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

/// Body of `record.opened` and `record.closed`.
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
}
