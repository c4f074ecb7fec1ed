//! The records of learners, administrators and the tenant as they were at a position, read from their streams.

use plansync_domain::event::Event;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{AdministratorId, LearnerId};
use plansync_domain::reference::administrator::Administrator;
use plansync_domain::reference::learner::Learner;
use plansync_domain::reference::settings::TenantSettings;
use plansync_log::Position;

use crate::call::Refusal;
use crate::reading::Reading;
use crate::recorded::commit::decoded;

impl Reading<'_> {
    /// A learner's record at a position; none if there was none yet.
    pub(super) fn learner_at(
        &self,
        learner: LearnerId,
        position: Position,
    ) -> Result<Option<Learner>, Refusal> {
        let version = self
            .versions_at()
            .version_at(&Stream::Learner(learner), position)?;
        self.learner_at_version(learner, version)
    }

    /// A learner's record at a version of its stream.
    pub(super) fn learner_at_version(
        &self,
        learner: LearnerId,
        version: u64,
    ) -> Result<Option<Learner>, Refusal> {
        self.record_at(&Stream::Learner(learner), version, |event| {
            if let Event::LearnerPut(put) = event {
                Some(put.record)
            } else {
                None
            }
        })
    }

    /// An administrator's record at a position; none before it was first put, and after it was removed.
    pub(super) fn administrator_at(
        &self,
        administrator: &AdministratorId,
        position: Position,
    ) -> Result<Option<Administrator>, Refusal> {
        let stream = Stream::Administrator(administrator.clone());
        let version = self.versions_at().version_at(&stream, position)?;
        self.record_at(&stream, version, |event| {
            if let Event::AdministratorPut(put) = event {
                Some(put.record)
            } else {
                None
            }
        })
    }

    /// The tenant's settings at a position.
    pub(super) fn settings_at(
        &self,
        position: Position,
    ) -> Result<Option<TenantSettings>, Refusal> {
        let version = self.versions_at().version_at(&Stream::Tenant, position)?;
        self.record_at(&Stream::Tenant, version, |event| {
            if let Event::TenantPut(settings) = event {
                Some(settings)
            } else {
                None
            }
        })
    }

    /// What the commit that made this version of a stream put last.
    fn record_at<T>(
        &self,
        stream: &Stream,
        version: u64,
        put: impl Fn(Event) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        if version == 0 {
            return Ok(None);
        }
        let events = decoded(&self.commit(stream, version)?)?.events;
        Ok(events.into_iter().rev().find_map(put))
    }
}
