//! The terms of a sync: who requested it, from which source, and under which conditions. Its
//! targets are judged by them.

use crate::ids::{AdministratorId, LearnerId};
use crate::sync::request::{StatusFilter, SyncKind, SyncRequest};

/// Who requested a sync, from which source, and under which conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The administrator who requested it. Their present permissions and groups count.
    pub requested_by: AdministratorId,
    /// The learner whose plan is the source.
    pub source: LearnerId,
    /// What is replayed of each component.
    pub kind: SyncKind,
    /// The conditions on target components (S7).
    pub statuses: StatusFilter,
}

impl Terms {
    /// The terms of a request.
    pub fn new(requested_by: AdministratorId, source: LearnerId, request: &SyncRequest) -> Self {
        Self {
            requested_by,
            source,
            kind: request.kind,
            statuses: request.statuses.clone(),
        }
    }

    /// Whether this learner's plan is the source of a sync that also updates its source (T3).
    pub fn is_updated_source(&self, learner: LearnerId) -> bool {
        self.kind.replays_template() && self.source == learner
    }
}
