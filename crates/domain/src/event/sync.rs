//! The events of a sync.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::digest::Digest;
use crate::ids::version::Version;
use crate::ids::{AdministratorId, LearnerId, SyncId, TaskId};
use crate::sync::change_set::Entry;
use crate::sync::pair_outcomes::{PairOutcomes, Tally};
use crate::sync::request::SyncRequest;

/// A part of a change set that is too large for one commit. It has no effect unless an acceptance
/// follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSetChunk {
    /// The sync whose change set it is.
    pub sync: SyncId,
    /// The number of the part, from 0. Part 0 discards the parts of an earlier attempt.
    pub index: u32,
    /// The next entries, in the order of component ids.
    pub entries: Vec<Entry>,
}

/// A sync was accepted. Afterwards only its progress changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncAccepted {
    /// The sync.
    pub sync: SyncId,
    /// The request.
    pub request: Arc<SyncRequest>,
    /// The administrator who requested it.
    pub requested_by: AdministratorId,
    /// The learner whose plan is the source.
    pub source: LearnerId,
    /// The version of the source's plan then.
    pub source_version: Version,
    /// The learners, as resolved: by id, each once, without the source of a `selected_attributes`
    /// sync.
    pub learners: Vec<LearnerId>,
    /// The digest over request and change set.
    pub digest: Digest,
    /// The number of chunks of the change set that precede the acceptance.
    pub chunks: u32,
    /// The entries of the change set that are in no chunk.
    pub entries: Vec<Entry>,
}

/// One target was processed: everything that was decided about it has happened, or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetReplayed {
    /// The sync.
    pub sync: SyncId,
    /// The target.
    pub learner: LearnerId,
    /// The pair outcomes, one for each component, in the order of the change set.
    #[serde(rename = "decisions")]
    pub pair_outcomes: PairOutcomes,
    /// The target's case owner, where a pair outcome gives them a component or a review's task, or cancels
    /// their task. (Commits of earlier versions lack it where a task is only cancelled.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_owner: Option<AdministratorId>,
    /// What went wrong, if a pair outcome is `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The open calendar tasks that the pair outcomes cancel, as far as they are reported (V6); the
    /// plan does not keep them. None if no pair outcome could cancel any, and in commits of earlier
    /// versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Vec<TaskId>>,
}

/// A sync was cancelled. The targets that were not processed stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncCancelled {
    /// The sync.
    pub sync: SyncId,
    /// The number of learners that were processed before.
    pub done: u32,
    /// The counts of all pairs; those of the other learners are skipped.
    pub tally: Tally,
}

/// Every target of a sync was processed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncCompleted {
    /// The sync.
    pub sync: SyncId,
    /// The number of learners that were processed.
    pub done: u32,
    /// The counts of all pairs.
    pub tally: Tally,
}
