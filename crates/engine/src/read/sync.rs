//! Syncs that were accepted, and how far they are.

use plansync_domain::decisions::Tally;
use plansync_domain::ids::{AdministratorId, LearnerId, ProgrammeId, SessionId, SyncId};
use plansync_domain::request::SyncKind;
use plansync_domain::stream::Stream;
use plansync_domain::sync::{may_read, readable};
use plansync_domain::sync_state::{SyncState, SyncStatus};
use plansync_log::Recorded;

use crate::call::Refusal;
use crate::read::{Listed, Reading, Window};

/// One sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncProgress {
    /// Which.
    pub sync: SyncId,
    /// Whether it goes on.
    pub status: SyncStatus,
    /// What it replays of each component.
    pub kind: SyncKind,
    /// The learner whose plan is the source.
    pub source: LearnerId,
    /// The session that it was asked for in.
    pub session: SessionId,
    /// Whose components.
    pub programme: ProgrammeId,
    /// Who asked for it.
    pub requested_by: AdministratorId,
    /// When it was accepted.
    pub started_at: Recorded,
    /// When it ended.
    pub finished_at: Option<Recorded>,
    /// How many components.
    pub components: usize,
    /// How many learners; a source that is updated too is not counted.
    pub learners: usize,
    /// How many of them are done.
    pub done: u32,
    /// How their pairs came out so far.
    pub tally: Tally,
}

/// Which syncs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncQuery {
    /// Those with this source.
    pub source: Option<LearnerId>,
    /// Those that this administrator asked for.
    pub requested_by: Option<AdministratorId>,
}

impl SyncQuery {
    fn keeps(&self, sync: &SyncState) -> bool {
        let accepted = sync.accepted();
        let asked_by = |wanted: &AdministratorId| *wanted == accepted.requested_by;
        self.source.is_none_or(|source| source == accepted.source)
            && self.requested_by.as_ref().is_none_or(asked_by)
    }
}

impl Reading<'_> {
    /// `sync.get`: `sync_not_found`.
    pub fn sync(&self, sync: SyncId) -> Result<SyncProgress, Refusal> {
        self.sync_record(readable(self.tenant(), self.actor, sync)?)
    }

    /// `sync.list`, newest first, of those that the actor may read: `learner_not_available` for
    /// a source who is not seen.
    pub fn syncs(
        &self,
        query: &SyncQuery,
        window: Window,
    ) -> Result<Listed<SyncProgress>, Refusal> {
        if let Some(source) = query.source {
            self.learner_seen(source)?;
        }
        let all = self.tenant().syncs().iter();
        let found: Vec<_> = all
            .filter(|sync| query.keeps(sync))
            .filter(|sync| may_read(self.tenant(), self.actor, sync))
            .collect();
        window.of(found).try_map(|sync| self.sync_record(sync))
    }

    fn sync_record(&self, sync: &SyncState) -> Result<SyncProgress, Refusal> {
        let accepted = sync.accepted();
        let accepted_version = sync.accepted_version();
        let stream = Stream::Sync(sync.id());
        let at = |version| self.commit(&stream, version).map(|commit| commit.at());
        let ended = (!sync.is_running()).then(|| at(accepted_version.saturating_add(1)));
        Ok(SyncProgress {
            sync: sync.id(),
            status: sync.status(),
            kind: accepted.request.kind,
            source: accepted.source,
            session: accepted.request.session,
            programme: accepted.request.programme,
            requested_by: accepted.requested_by.clone(),
            started_at: at(accepted_version)?,
            finished_at: ended.transpose()?,
            components: sync.component_count(),
            learners: accepted.learners.len(),
            done: sync.done_count(),
            tally: sync.tally(),
        })
    }
}
