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
        let stream = Stream::Learner(learner);
        let (put, is_erased) = self.learner_put_at(learner, version)?;
        let record = self.record_at(&stream, put, |event| {
            if let Event::LearnerPut(put) = event {
                Some(put.record)
            } else {
                None
            }
        })?;
        Ok(record.map(|record| if is_erased { record.erased() } else { record }))
    }

    /// The version of a learner's stream that put the record in force at a version of it, and whether their erasure had
    /// been asked for by then. Holds and erasures are on the same stream, and few.
    pub(crate) fn learner_put_at(
        &self,
        learner: LearnerId,
        version: u64,
    ) -> Result<(u64, bool), Refusal> {
        let (mut version, mut is_erased) = (version, false);
        while version > 0 {
            let commit = self.commit(&Stream::Learner(learner), version)?;
            let events = self.decoded(&commit)?.events;
            if events
                .iter()
                .any(|event| matches!(event, Event::LearnerPut(_)))
            {
                break;
            }
            is_erased |= events
                .iter()
                .any(|event| matches!(event, Event::LearnerErasureRequested(_)));
            version -= 1;
        }
        Ok((version, is_erased))
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
        let events = self.decoded(&self.commit(stream, version)?)?.events;
        Ok(events.into_iter().rev().find_map(put))
    }
}
