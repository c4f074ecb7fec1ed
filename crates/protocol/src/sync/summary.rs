//! The preview of a sync (M1, M2, M4, M5).

use plansync_domain::ids::{ComponentId, ComponentType, ProgrammeId};
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
    /// Where in the log it was judged.
    pub position: Position,
    /// Over the request and what it would replay.
    pub digest: Digest,
    /// How.
    #[serde(rename = "type")]
    pub sync_type: SyncType,
    /// The chosen attributes, for `selected_attributes`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<AttributeName>,
    /// Whose components.
    pub programme: SummaryProgramme,
    /// How many components.
    pub components: u64,
    /// How many learners.
    pub learners: u64,
    /// The conditions (S7): those of the request, or every status if it has none.
    pub statuses: Vec<Condition>,
    /// Whether the request has no conditions, so that a component's status does not matter.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub all_statuses: bool,
    /// How many pairs would come out how.
    pub pairs: PairCounts,
    /// What to know before starting it.
    pub warnings: Vec<SummaryWarningCount>,
    /// How many rows there are on all pages.
    pub total: u64,
    /// Those of this page, in plan order.
    pub rows: Vec<SummaryRow>,
}

/// The programme of a sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SummaryProgramme {
    /// Which.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: String,
}

/// A warning about the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SummaryWarningCount {
    /// For programs.
    pub code: SummaryWarning,
    /// For people.
    pub message: String,
    /// How many learners it is about.
    pub learners: u64,
    /// How many components it is about.
    pub components: u64,
}

/// One component and what would be done with it (M2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SummaryRow {
    /// Which.
    pub component: ComponentId,
    /// Its name.
    pub name: String,
    /// What kind of component it is.
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// What would be done.
    pub action: Action,
    /// What last changed the source's component.
    pub last_updated: Option<LastUpdated>,
    /// For how many learners, those included whose plans are so already.
    pub synchronised: u64,
    /// For how many learners nothing would differ.
    pub unchanged: u64,
    /// For how many learners it would be left alone.
    pub not_synchronised: u64,
    /// What would become of the source's own component, where the sync updates its source too (T3);
    /// it is in none of the counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceOutcome>,
}

/// What would become of a component on the source's own plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceOutcome {
    /// What would come of it.
    pub outcome: Outcome,
    /// Why it would be left alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}
