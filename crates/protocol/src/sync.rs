//! Synchronisations: bodies and replies for choosing, previewing, starting, following and cancelling.

mod affected;
mod changes;
mod choose;
mod explain;
mod progress;
mod request;
mod summary;

pub use affected::{AffectedLearner, AffectedWarning, SyncAffectedPage};
pub use changes::{ChangeSetAttribute, ChangeSetItem, ListSyncChanges, SyncChangesPage};
pub use choose::{
    FilterValue, ListSyncComponents, ListSyncFilters, ListSyncLearners, SyncComponent,
    SyncComponentPage, SyncFilterPage, SyncLearner, SyncLearnerPage,
};
pub use explain::{ExplainedPair, PairChange, SyncExplanation};
pub use progress::{
    CancelSync, GetSync, ListSyncOutcomes, ListSyncs, PairCounts, PairOutcome, SyncCancelled,
    SyncOutcomePage, SyncPage, SyncRecord, SyncSource, Warning,
};
pub use request::{
    AffectedSync, ComponentChoice, Confirm, ExplainSync, LearnerChoice, LearnerFilter, PreviewSync,
    StartSync, SyncRequest, SyncStarted,
};
pub use summary::{SourceOutcome, SummaryProgramme, SummaryRow, SummaryWarningCount, SyncSummary};
