//! Finds the versions that the streams of a sync's targets had when the confirmed preview was computed.
//! They are looked up in the log, because the state holds no positions.

use plansync_domain::ids::position::Position as Confirmed;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version as PlanVersion;
use plansync_domain::ids::{LearnerId, TenantId};
use plansync_domain::judging::baseline::Baseline;
use plansync_domain::preview::summary::Baselines;
use plansync_domain::state::tenant::Tenant;
use plansync_log::{Position, Read, ReadError, StreamId, Version};

use crate::naming::stream_id;

/// Looks up versions that a tenant's streams had at earlier positions.
#[derive(Clone, Copy)]
pub(crate) struct VersionsAt<'a> {
    pub(crate) log: &'a dyn Read,
    pub(crate) tenant_id: &'a TenantId,
    pub(crate) tenant: &'a Tenant,
}

impl VersionsAt<'_> {
    /// The baselines of these learners; empty if the request confirms no preview.
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

    /// The version that a stream had at a position.
    pub(crate) fn version_at(self, stream: &Stream, position: Position) -> Result<u64, ReadError> {
        let now = self.tenant.version_of(stream);
        version_at(self.log, &stream_id(self.tenant_id, stream), now, position)
    }
}

/// The version that a stream with the current version `now` had at a position.
fn version_at(
    log: &dyn Read,
    stream: &StreamId,
    now: u64,
    position: Position,
) -> Result<u64, ReadError> {
    last_version(now, |version| {
        let found = log.locate(stream, Version::new(version))?;
        Ok(found.is_some_and(|found| found <= position))
    })
}

/// The last version of a stream with the current version `now` that was there; if it was there, so were all
/// before it. The current version is tried first, since most streams have not changed in between; then the log
/// is searched in halves.
pub(crate) fn last_version<E>(
    now: u64,
    was_there: impl Fn(u64) -> Result<bool, E>,
) -> Result<u64, E> {
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
