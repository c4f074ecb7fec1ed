//! What happens to a synchronisation, as the log keeps it.
//!
//! Owns the bodies of these events. Refuses to decide or to fold them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::digest::Digest;
use crate::ids::version::Version;
use crate::ids::{AdministratorId, LearnerId, SyncId, TaskId};
use crate::sync::change_set::Entry;
use crate::sync::pair_outcomes::{PairOutcomes, Tally};
use crate::sync::request::SyncRequest;

/// A part of a change set that is too large for one commit. Without an acceptance after it, it
/// means nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSetChunk {
    /// Whose change set.
    pub sync: SyncId,
    /// Which part, from 0; the first one makes any earlier attempt void.
    pub index: u32,
    /// The next of its entries, in component id order.
    pub entries: Vec<Entry>,
}

/// A sync was accepted: from here on nothing about it changes but how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncAccepted {
    /// The sync.
    pub sync: SyncId,
    /// As it was asked for.
    pub request: Arc<SyncRequest>,
    /// Who asked.
    pub requested_by: AdministratorId,
    /// The learner whose plan is the source.
    pub source: LearnerId,
    /// The version that the source's plan had.
    pub source_version: Version,
    /// The learners, as they were resolved: by id, each once, and the source of a
    /// `selected_attributes` sync not among them.
    pub learners: Vec<LearnerId>,
    /// Over the request and the change set.
    pub digest: Digest,
    /// How many chunks of the change set came before.
    pub chunks: u32,
    /// The entries of the change set that are in no chunk.
    pub entries: Vec<Entry>,
}

/// One target is done: either all that was decided of it has happened, or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetReplayed {
    /// The sync.
    pub sync: SyncId,
    /// The target.
    pub learner: LearnerId,
    /// One pair outcome a component, in the change set's order.
    #[serde(rename = "decisions")]
    pub pair_outcomes: PairOutcomes,
    /// The target's case owner, where a pair outcome gives them a component or a review's task, or cancels
    /// their task. (Commits of earlier versions lack it where a task is only cancelled.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_owner: Option<AdministratorId>,
    /// What went wrong, where a pair outcome is `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The open calendar tasks that the pair outcomes cancel, as far as they are told of (V6): the plan
    /// does not keep them. None where no pair outcome could cancel any, and in a commit of an earlier
    /// version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Vec<TaskId>>,
}

/// A sync was stopped: the targets not yet replayed onto stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncCancelled {
    /// The sync.
    pub sync: SyncId,
    /// How many learners were done before.
    pub done: u32,
    /// How all pairs came out, those of the others skipped.
    pub tally: Tally,
}

/// Every target of a sync is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncCompleted {
    /// The sync.
    pub sync: SyncId,
    /// How many learners were done.
    pub done: u32,
    /// How all pairs came out.
    pub tally: Tally,
}
