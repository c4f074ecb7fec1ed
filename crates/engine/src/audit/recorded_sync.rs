//! What the log recorded of a sync: its acceptance, and the judgement of one target.

use plansync_domain::event::Event;
use plansync_domain::event::sync::{SyncAccepted, TargetReplayed};
use plansync_domain::ids::stream::Stream;
use plansync_domain::progress::state::SyncState;
use plansync_log::Position;

use crate::call::Refusal;
use crate::reading::Reading;

impl Reading<'_> {
    /// The acceptance of a sync, and the position of the state that it was decided on.
    pub(super) fn acceptance(&self, sync: &SyncState) -> Result<(SyncAccepted, Position), Refusal> {
        let version = sync.facts().accepted_version;
        let commit = self.decoded(&self.commit(&Stream::Sync(sync.id()), version)?)?;
        let judged_at = commit.commit.proposal.judged_at;
        let accepted = commit.events.into_iter().find_map(|event| {
            if let Event::SyncAccepted(accepted) = event {
                Some(accepted)
            } else {
                None
            }
        });
        let accepted = accepted.ok_or_else(|| {
            Refusal::internal(format!("the log has no acceptance of sync {}", sync.id()))
        })?;
        Ok((accepted, judged_at))
    }

    /// The judgement of a target, whose commit is at this position, and the position of the state that it was
    /// judged on.
    pub(super) fn judgement(
        &self,
        position: Position,
    ) -> Result<(TargetReplayed, Position), Refusal> {
        let commits = self.log().read(position, 1)?;
        let missing = || Refusal::internal(format!("the log has no judgement at {position}"));
        let commit = self.decoded(commits.first().ok_or_else(missing)?)?;
        let judged_at = commit.commit.proposal.judged_at;
        let replayed = commit.events.into_iter().find_map(|event| {
            if let Event::TargetReplayed(replayed) = event {
                Some(replayed)
            } else {
                None
            }
        });
        Ok((replayed.ok_or_else(missing)?, judged_at))
    }
}
