//! Synchronisations that were accepted: their state, and the outcome of every component of every
//! learner.

use plansync_primitives::ids::{
    Actor, AdministratorId, CommandId, ComponentId, LearnerId, ProgrammeId, SessionId, SyncId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::canonical::Canonical;
use crate::page::{held_page_body, held_page_reply};
use crate::scalar::Time;
use crate::words::{Action, Outcome, PairWarning, Reason, SyncState, SyncType};

/// Body of `sync.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetSync {
    /// The id of the synchronisation.
    pub sync: SyncId,
}

/// The source of a synchronisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncSource {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The session in which they were made.
    pub session: SessionId,
}

/// The numbers of components by outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct PairCounts {
    /// Changes were applied.
    pub applied: u64,
    /// The component already had these values.
    pub unchanged: u64,
    /// The component was skipped.
    pub skipped: u64,
}

/// Reply of `sync.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncRecord {
    /// The id of the synchronisation.
    pub sync: SyncId,
    /// Its state.
    pub state: SyncState,
    /// The type of the synchronisation.
    #[serde(rename = "type")]
    pub sync_type: SyncType,
    /// The source of the changes.
    pub source: SyncSource,
    /// The programme whose components are synchronised.
    pub programme: ProgrammeId,
    /// The actor who asked for it.
    pub requested_by: Actor,
    /// The time at which it was accepted.
    pub started_at: Time,
    /// The time at which it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Time>,
    /// The number of components.
    pub components: u64,
    /// The number of learners; the source, whose own plan a synchronisation of the type `selected_attributes` updates, too,
    /// is none of them.
    pub learners: u64,
    /// How many learners are finished.
    pub done: u64,
    /// The numbers of outcomes so far, of the learners' plans only. `sync.outcomes` lists those of the source's own plan.
    pub pairs: PairCounts,
    /// How many components were created.
    pub created: u64,
    /// How many components were updated.
    pub updated: u64,
    /// How many components were deleted.
    pub deleted: u64,
}

held_page_body! {
    /// Body of `sync.list`.
    #[derive(Default)]
    pub struct ListSyncs {
        /// Only synchronisations whose source is this learner.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub learner: Option<LearnerId>,
        /// Only synchronisations that this administrator started.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub requested_by: Option<AdministratorId>,
    }
}

held_page_reply! {
    /// Reply of `sync.list`, newest first.
    pub struct SyncPage {} items of SyncRecord
}

held_page_body! {
    /// Body of `sync.outcomes`.
    pub struct ListSyncOutcomes {
        /// The id of the synchronisation.
        pub sync: SyncId,
        /// Only outcomes of this learner.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub learner: Option<LearnerId>,
        /// Only outcomes of this component.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub component: Option<ComponentId>,
        /// Only these outcomes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub outcome: Option<Outcome>,
        /// Only components that were skipped for this reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<Reason>,
    }
}

held_page_reply! {
    /// Reply of `sync.outcomes`, by id of the learner and id of the component.
    pub struct SyncOutcomePage {} items of PairOutcome
}

/// The outcome of one component in the plan of one learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PairOutcome {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The id of the component.
    pub component: ComponentId,
    /// What the synchronisation does with the component.
    pub action: Action,
    /// The outcome.
    pub outcome: Outcome,
    /// Why it was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The cause, if it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Warnings.
    pub warnings: Vec<Warning>,
    /// Whether it is the plan of the source itself.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub source: bool,
}

/// A warning about one component in the plan of one learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// The kind of warning.
    pub code: PairWarning,
    /// For `review_recreated` and `tasks_cancelled`: how many open calendar tasks were cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tasks: Option<u64>,
    /// For `review_recreated`: how many calendar tasks were created, if that was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<u64>,
    /// For `evidence_deleted`: how many pieces of evidence were deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<u64>,
    /// For `rest_not_permitted`: why the other attributes were not changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// Body of `sync.cancel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelSync {
    /// The id of the synchronisation.
    pub sync: SyncId,
    /// The id of the command. A command that is sent again with the same id changes nothing and gets
    /// its first answer. If it is left out, the header `Nats-Msg-Id` names the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

impl Canonical for CancelSync {}

/// Reply of `sync.cancel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncCancelled {
    /// Its state.
    pub state: SyncState,
    /// Whether the command had been sent before, so that this is its first answer again.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub duplicate: bool,
}
