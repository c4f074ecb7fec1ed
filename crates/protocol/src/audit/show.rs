//! One commit with its causes and effects.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::commit::{AuditCommit, AuditStream};
use super::event::AuditKind;
use crate::page::body;
use crate::scalar::{Position, Time};
use crate::sync::{ChangeSetItem, PairOutcome};

body! {
    /// Body of `audit.show`.
    pub struct GetAuditCommit {
        /// The position of the commit.
        pub position: Position,
    }
}

/// Another commit that a commit is connected with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditLink {
    /// Its position.
    pub position: Position,
    /// The time at which it was recorded.
    pub at: Time,
    /// Its stream.
    pub stream: AuditStream,
    /// The kinds of its events.
    pub kinds: Vec<AuditKind>,
}

/// The commits to which a commit led.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct AuditEffects {
    /// Their number so far, without those whom the actor may not see.
    pub count: u64,
    /// The first of them, at most 50. `audit.trace` returns all.
    pub first: Vec<AuditLink>,
    /// The end of the synchronisation, if the commit started one that has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<AuditLink>,
}

/// Reply of `audit.show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShownCommit {
    /// The commit.
    pub commit: AuditCommit,
    /// The commits that led to it, such as the start of the synchronisation.
    pub causes: Vec<AuditLink>,
    /// The commits to which it led.
    pub effects: AuditEffects,
    /// What the synchronisation replays, if the commit started one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<ChangeSetItem>>,
    /// What the synchronisation decided, component by component, if the commit is that of one of its learners.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decisions: Option<Vec<PairOutcome>>,
    /// Whether changes or decisions were left out because the reply would be too large; `sync.changes` and
    /// `sync.outcomes` return all.
    pub truncated: bool,
    /// The last position of the log that was visible.
    pub position: Position,
}
