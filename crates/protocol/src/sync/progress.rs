//! Syncs that were accepted: how far they have come, and what came of each pair.

use plansync_domain::ids::{
    Actor, AdministratorId, CommandId, ComponentId, LearnerId, ProgrammeId, SessionId, SyncId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::page::{PageNumber, PageSize};
use crate::scalar::{Position, Time};
use crate::words::{Action, Outcome, PairWarning, Reason, SyncState, SyncType};

/// Body of `sync.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetSync {
    /// Which.
    pub sync: SyncId,
}

/// Where a sync takes its changes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncSource {
    /// Whose plan.
    pub learner: LearnerId,
    /// In which session.
    pub session: SessionId,
}

/// How many pairs came out how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct PairCounts {
    /// Replayed.
    pub applied: u64,
    /// As they should be already.
    pub unchanged: u64,
    /// Left alone.
    pub skipped: u64,
}

/// Reply of `sync.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncRecord {
    /// Which.
    pub sync: SyncId,
    /// How far it has come.
    pub state: SyncState,
    /// How it replays.
    #[serde(rename = "type")]
    pub sync_type: SyncType,
    /// Where it takes its changes from.
    pub source: SyncSource,
    /// Whose components.
    pub programme: ProgrammeId,
    /// Who asked for it.
    pub requested_by: Actor,
    /// When it was accepted.
    pub started_at: Time,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Time>,
    /// How many components.
    pub components: u64,
    /// How many learners.
    pub learners: u64,
    /// How many learners are done.
    pub done: u64,
    /// How many pairs came out how, so far.
    pub pairs: PairCounts,
    /// Components created on a plan.
    pub created: u64,
    /// Components updated on a plan.
    pub updated: u64,
    /// Components deleted from a plan.
    pub deleted: u64,
}

/// Body of `sync.list`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSyncs {
    /// Those with this source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learner: Option<LearnerId>,
    /// Those that this administrator asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<AdministratorId>,
    /// Which page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageNumber>,
    /// How many items a page has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<PageSize>,
    /// Whether the pages that follow may be asked for at this reply's position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<bool>,
    /// The position of the first page's reply, which was held: this page is of the same reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Position>,
}

/// Reply of `sync.list`, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncPage {
    /// How many there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub items: Vec<SyncRecord>,
    /// Where in the log it was read, if that is held: the other pages are read `at` it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// Body of `sync.outcomes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSyncOutcomes {
    /// Which sync.
    pub sync: SyncId,
    /// Those of this learner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learner: Option<LearnerId>,
    /// Those of this component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<ComponentId>,
    /// Those that came out so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Those skipped for this reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Which page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageNumber>,
    /// How many items a page has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<PageSize>,
    /// Whether the pages that follow may be asked for at this reply's position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<bool>,
    /// The position of the first page's reply, which was held: this page is of the same reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Position>,
}

/// Reply of `sync.outcomes`, by learner id, then component id (M6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncOutcomePage {
    /// How many there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub items: Vec<PairOutcome>,
    /// Where in the log it was read, if that is held: the other pages are read `at` it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// What came of one component on one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PairOutcome {
    /// On whose plan.
    pub learner: LearnerId,
    /// Which component.
    pub component: ComponentId,
    /// What was to be done.
    pub action: Action,
    /// What came of it.
    pub outcome: Outcome,
    /// Why it was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What went wrong, if it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What to know about it.
    pub warnings: Vec<Warning>,
    /// Whether it is the source's own plan (T3).
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub source: bool,
}

/// A warning about one pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// Of what.
    pub code: PairWarning,
    /// How many open calendar tasks were cancelled, for `review_recreated` and `tasks_cancelled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tasks: Option<u64>,
    /// How many calendar tasks were made, for `review_recreated`, where that was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<u64>,
    /// How many pieces of evidence were deleted, for `evidence_deleted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<u64>,
    /// Why the rest was withheld, for `rest_not_permitted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// Body of `sync.cancel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelSync {
    /// Which.
    pub sync: SyncId,
    /// Names the command; the same id is carried out once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Reply of `sync.cancel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncCancelled {
    /// How far it had come.
    pub state: SyncState,
    /// Whether this is the first answer given again.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub duplicate: bool,
}
