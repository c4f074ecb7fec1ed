//! Who asked for a sync, from where, and under which conditions: what its targets are judged by.

use crate::ids::{AdministratorId, LearnerId};
use crate::sync::request::{StatusFilter, SyncKind, SyncRequest};

/// Who asked for a sync, from where, and under which conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Who asked: judged by what they may do and see now.
    pub requested_by: AdministratorId,
    /// The learner whose plan is the source.
    pub source: LearnerId,
    /// What is replayed of each component.
    pub kind: SyncKind,
    /// The target components that the sync applies to (S7).
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

    /// Whether this learner's plan is the source of a sync that updates its source too (T3).
    pub fn is_updated_source(&self, learner: LearnerId) -> bool {
        self.kind.replays_template() && self.source == learner
    }
}
