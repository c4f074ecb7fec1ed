//! What stays known of a synchronisation for good: facts whose size does not grow with what it took
//! along or with how many it went to.
//!
//! Everything else of its acceptance is in the log, and is read back from there.

use serde::{Deserialize, Serialize};

use crate::event::sync::SyncAccepted;
use crate::ids::digest::Digest;
use crate::ids::{AdministratorId, LearnerId, ProgrammeId, SessionId, SyncId};
use crate::sync::request::{Learners, SyncKind};

/// The facts of one accepted sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncFacts {
    /// Which.
    pub sync: SyncId,
    /// The session that it was asked for in.
    pub session: SessionId,
    /// Whose components.
    pub programme: ProgrammeId,
    /// What it replays of each component.
    pub kind: SyncKind,
    /// Who asked.
    pub requested_by: AdministratorId,
    /// The learner whose plan is the source.
    pub source: LearnerId,
    /// Over the request and the change set.
    pub digest: Digest,
    /// How many chunks of the change set stand in the log before the acceptance.
    pub chunks: u32,
    /// The version of the sync's stream that its acceptance made.
    pub accepted_version: u64,
    /// How many components are replayed.
    pub components: usize,
    /// How many learners it goes to; a source that is updated too is not counted.
    pub learners: usize,
    /// Whether who asked had named them: one by one, or by a preview that showed them (P8, M5).
    pub lists_learners: bool,
}

impl SyncFacts {
    /// Those of an acceptance that made this version of the sync's stream.
    pub(crate) fn of(accepted: &SyncAccepted, version: u64, components: usize) -> Self {
        let request = &accepted.request;
        Self {
            sync: accepted.sync,
            session: request.session,
            programme: request.programme,
            kind: request.kind,
            requested_by: accepted.requested_by.clone(),
            source: accepted.source,
            digest: accepted.digest,
            chunks: accepted.chunks,
            accepted_version: version,
            components,
            learners: accepted.learners.len(),
            lists_learners: matches!(request.learners, Learners::Listed(_))
                || request.confirm.is_some(),
        }
    }
}
