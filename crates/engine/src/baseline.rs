//! What the streams behind a sync's targets were at, where the preview was judged that its request
//! confirms. The log knows: the state keeps no positions.

use plansync_domain::ids::position::Position as Confirmed;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version as PlanVersion;
use plansync_domain::ids::{LearnerId, TenantId};
use plansync_domain::judging::baseline::Baseline;
use plansync_domain::preview::summary::Baselines;
use plansync_domain::state::tenant::Tenant;
use plansync_log::{Position, Read, ReadError, StreamId, Version};

use crate::naming::stream_id;

/// Where a preview was judged, and the state to compare it with.
#[derive(Clone, Copy)]
pub(crate) struct Looking<'a> {
    pub(crate) log: &'a dyn Read,
    pub(crate) tenant_id: &'a TenantId,
    pub(crate) tenant: &'a Tenant,
}

impl Looking<'_> {
    /// The baselines of these learners; none where nothing is confirmed.
    pub(crate) fn baselines(
        self,
        confirmed: Option<Confirmed>,
        learners: impl Iterator<Item = LearnerId>,
    ) -> Result<Baselines, ReadError> {
        let Some(confirmed) = confirmed else {
            return Ok(Baselines::new());
        };
        let position = Position::new(confirmed.get());
        let tenant = self.version_at(&Stream::Tenant, position)?;
        let baseline = |learner| {
            let plan = self.version_at(&Stream::Plan(learner), position)?;
            let baseline = Baseline {
                tenant,
                learner: self.version_at(&Stream::Learner(learner), position)?,
                plan: PlanVersion::of_stream(plan),
            };
            Ok((learner, baseline))
        };
        learners.map(baseline).collect()
    }

    pub(crate) fn version_at(self, stream: &Stream, position: Position) -> Result<u64, ReadError> {
        let now = self.tenant.version_of(stream);
        version_at(self.log, &stream_id(self.tenant_id, stream), now, position)
    }
}

/// The version that a stream, which is at `now`, had at a position: mostly it has not moved since.
fn version_at(
    log: &dyn Read,
    stream: &StreamId,
    now: u64,
    position: Position,
) -> Result<u64, ReadError> {
    let was_there = |version| {
        let found = log.locate(stream, Version::new(version))?;
        Ok(found.is_some_and(|found| found <= position))
    };
    if now == 0 || was_there(now)? {
        return Ok(now);
    }
    // Version 0 was always there, `beyond` was not.
    let (mut version, mut beyond) = (0, now);
    while beyond - version > 1 {
        let middle = version + (beyond - version) / 2;
        if was_there(middle)? {
            version = middle;
        } else {
            beyond = middle;
        }
    }
    Ok(version)
}
