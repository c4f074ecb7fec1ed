//! The preview of a synchronisation (M1, M2, M4, M5).

use plansync_primitives::ids::{ComponentId, ComponentType, ProgrammeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attributes::AttributeName;
use crate::plan::LastUpdated;
use crate::scalar::{Digest, Position};
use crate::sync::PairCounts;
use crate::words::{Action, Condition, Outcome, Reason, SummaryWarning, SyncType};

/// Reply of `sync.preview`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncSummary {
    /// The position of the log at which it was evaluated.
    pub position: Position,
    /// A digest of the request and of the changes that it would replay.
    pub digest: Digest,
    /// The type of synchronisation.
    #[serde(rename = "type")]
    pub sync_type: SyncType,
    /// For `selected_attributes`: the attributes that are replayed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<AttributeName>,
    /// The programme whose components are synchronised.
    pub programme: SummaryProgramme,
    /// The number of components.
    pub components: u64,
    /// The number of learners.
    pub learners: u64,
    /// The conditions on the status of components: those of the request, or every status if it has none.
    pub statuses: Vec<Condition>,
    /// Whether the request has no conditions, so that the status of a component does not matter.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub all_statuses: bool,
    /// The numbers of outcomes.
    pub pairs: PairCounts,
    /// Warnings.
    pub warnings: Vec<SummaryWarningCount>,
    /// The number of rows on all pages.
    pub total: u64,
    /// The rows of this page, in plan order.
    pub rows: Vec<SummaryRow>,
}

/// The programme of a synchronisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SummaryProgramme {
    /// The id of the programme.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: String,
}

/// A warning about the whole synchronisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SummaryWarningCount {
    /// The kind of warning, for programs.
    pub code: SummaryWarning,
    /// The warning as a sentence, for people.
    pub message: String,
    /// The number of learners that it is about.
    pub learners: u64,
    /// The number of components that it is about.
    pub components: u64,
}

/// One component and what would happen to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SummaryRow {
    /// The id of the component.
    pub component: ComponentId,
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// What the synchronisation does with the component.
    pub action: Action,
    /// The commit that last changed the component at the source.
    pub last_updated: Option<LastUpdated>,
    /// The number of learners for whom it is synchronised, including those with the same values.
    pub synchronised: u64,
    /// The number of learners for whom nothing would change.
    pub unchanged: u64,
    /// The number of learners for whom it would be skipped.
    pub not_synchronised: u64,
    /// The outcome for the component of the source itself, if the synchronisation updates its source
    /// too. It is in none of the counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceOutcome>,
}

/// The outcome for a component in the plan of the source itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceOutcome {
    /// The outcome.
    pub outcome: Outcome,
    /// Why it would be skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}
