//! `sync.get` and `sync.list`: accepted syncs and their progress.

use plansync_domain::access::sync::may_read;
use plansync_domain::access::sync::readable;
use plansync_domain::access::target_eligibility;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{AdministratorId, LearnerId, ProgrammeId, SessionId, SyncId};
use plansync_domain::progress::state::SyncState;
use plansync_domain::reference::administrator::Groups;
use plansync_domain::sync::pair_outcomes::Tally;
use plansync_domain::sync::request::SyncKind;
use plansync_domain::sync::status::SyncStatus;
use plansync_log::Recorded;

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::window::{Listed, Window};

/// One sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncProgress {
    /// The sync's id.
    pub sync: SyncId,
    /// Its status.
    pub status: SyncStatus,
    /// What it replays for each component.
    pub kind: SyncKind,
    /// The learner whose plan is the source.
    pub source: LearnerId,
    /// The record session in which it was started.
    pub session: SessionId,
    /// The programme whose components it synchronises.
    pub programme: ProgrammeId,
    /// Who started it.
    pub requested_by: AdministratorId,
    /// When it was accepted.
    pub started_at: Recorded,
    /// When it ended.
    pub finished_at: Option<Recorded>,
    /// The number of components.
    pub components: usize,
    /// The number of learners whom the reader may see or whose ids were in the request (P8), without a source
    /// that is updated, too.
    pub learners: usize,
    /// How many of them are done.
    pub done: u32,
    /// The outcomes of their pairs so far.
    pub tally: Tally,
}

/// A sync's progress as far as one reader may know it.
struct Counts {
    learners: usize,
    done: u32,
    tally: Tally,
}

/// Which syncs are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncQuery {
    /// Those with this source.
    pub source: Option<LearnerId>,
    /// Those that this administrator started.
    pub requested_by: Option<AdministratorId>,
}

impl SyncQuery {
    fn keeps(&self, sync: &SyncState) -> bool {
        let facts = sync.facts();
        let asked_by = |wanted: &AdministratorId| *wanted == facts.requested_by;
        self.source.is_none_or(|source| source == facts.source)
            && self.requested_by.as_ref().is_none_or(asked_by)
    }
}

impl Reading<'_> {
    /// `sync.get`: `sync_not_found`.
    pub fn sync(&self, sync: SyncId) -> Result<SyncProgress, Refusal> {
        self.sync_record(readable(self.tenant(), self.actor, sync)?)
    }

    /// `sync.list`, newest first, of those that the actor may read: `learner_not_available` for
    /// a source whom the actor may not see.
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
        let facts = sync.facts();
        let counts = self.counts(sync)?;
        let accepted_version = facts.accepted_version;
        let stream = Stream::Sync(sync.id());
        let at = |version| self.commit(&stream, version).map(|commit| commit.at());
        let ended = (!sync.is_running()).then(|| at(accepted_version.saturating_add(1)));
        Ok(SyncProgress {
            sync: sync.id(),
            status: sync.status(),
            kind: facts.kind,
            source: facts.source,
            session: facts.session,
            programme: facts.programme,
            requested_by: facts.requested_by.clone(),
            started_at: at(accepted_version)?,
            finished_at: ended.transpose()?,
            components: facts.components,
            learners: counts.learners,
            done: counts.done,
            tally: counts.tally,
        })
    }

    /// The counts without the learners whom the reader may not see, except those whose rows show nothing but
    /// an id that was in the request (P8).
    fn counts(&self, sync: &SyncState) -> Result<Counts, Refusal> {
        let mut counts = Counts {
            learners: sync.facts().learners,
            done: sync.done_count(),
            tally: sync.tally(),
        };
        if self.sees_everybody() {
            return Ok(counts);
        }
        for (target, is_done) in self.targets(sync)?.iter() {
            if sync.is_updated_source(target) || self.learner_seen(target).is_ok() {
                continue;
            }
            if sync.is_running() && !is_done {
                let seen = target_eligibility::seen(self.tenant(), sync.requested_by(), target);
                let is_given = sync.facts().lists_learners && seen.is_err();
                counts.learners = counts.learners.saturating_sub(usize::from(!is_given));
                continue;
            }
            // For a learner who was not reached, everything counts as skipped.
            let change_set = self.change_set(sync)?;
            let decided = self.decided_target(sync, &change_set, (target, is_done))?;
            if !decided.says_only_that_it_was_given(sync) {
                counts.learners = counts.learners.saturating_sub(1);
                counts.done = counts.done.saturating_sub(u32::from(is_done));
                counts.tally = counts.tally.minus(decided.pair_outcomes.tally());
            }
        }
        Ok(counts)
    }

    /// Whether the reader may see every learner, whatever the groups.
    pub fn sees_everybody(&self) -> bool {
        let Some(administrator) = self.actor.administrator() else {
            return true;
        };
        let record = self.tenant().administrator(administrator);
        record.is_some_and(|record| matches!(record.groups, Groups::All))
    }
}
