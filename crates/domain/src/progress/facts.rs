//! What is kept of every sync for good: facts of fixed size, independent of the number of
//! components and learners. Everything else about its acceptance is read from the log.

use serde::{Deserialize, Serialize};

use crate::event::sync::SyncAccepted;
use crate::ids::digest::Digest;
use crate::ids::{AdministratorId, LearnerId, ProgrammeId, SessionId, SyncId};
use crate::sync::request::{Learners, SyncKind};
use crate::text::personal::Personal;

/// The facts of an accepted sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncFacts {
    /// The sync.
    pub sync: SyncId,
    /// The session in which it was requested.
    pub session: SessionId,
    /// The programme whose components it synchronises.
    pub programme: ProgrammeId,
    /// What it replays of each component.
    pub kind: SyncKind,
    /// The administrator who requested it.
    pub requested_by: AdministratorId,
    /// The learner whose plan is the source.
    pub source: LearnerId,
    /// The digest over request and change set.
    pub digest: Digest,
    /// The number of chunks of the change set that precede the acceptance in the log.
    pub chunks: u32,
    /// The version of the sync's stream that the acceptance made.
    pub accepted_version: u64,
    /// The number of components.
    pub components: usize,
    /// The number of learners; a source that is updated too is not counted.
    pub learners: usize,
    /// Whether the request named the learners: one by one, or by confirming a preview that showed
    /// them (P8, M5).
    pub lists_learners: bool,
    /// Whether the request searched for learners by name: the log holds the text (D6).
    pub searches: bool,
}

impl SyncFacts {
    /// The facts of an acceptance that made this version of the sync's stream.
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
            // What was searched for may be erased by now, and was searched for nevertheless.
            searches: match &request.learners {
                Learners::Filtered(filter) => filter.search != Personal::default(),
                Learners::All | Learners::Listed(_) => false,
            },
        }
    }
}
