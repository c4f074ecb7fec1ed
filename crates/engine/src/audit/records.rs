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

/// What put a learner's record.
pub(super) struct LearnerPutAt {
    /// The version of the learner's stream.
    pub(super) version: u64,
    /// As it was put.
    pub(super) record: Learner,
    /// Whether the learner's erasure had been asked for by then.
    pub(super) is_erased: bool,
}

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
    pub(crate) fn learner_at_version(
        &self,
        learner: LearnerId,
        version: u64,
    ) -> Result<Option<Learner>, Refusal> {
        let put = self.learner_put_at(learner, version)?;
        Ok(put.map(|put| {
            if put.is_erased {
                put.record.erased()
            } else {
                put.record
            }
        }))
    }

    /// What put a learner's record that was in force at a version of its stream; none if nothing had. Holds and
    /// erasures are on the same stream, and few.
    pub(super) fn learner_put_at(
        &self,
        learner: LearnerId,
        version: u64,
    ) -> Result<Option<LearnerPutAt>, Refusal> {
        let mut is_erased = false;
        for version in (1..=version).rev() {
            let commit = self.commit(&Stream::Learner(learner), version)?;
            for event in self.decoded(&commit)?.events.into_iter().rev() {
                if let Event::LearnerPut(put) = event {
                    return Ok(Some(LearnerPutAt {
                        version,
                        record: put.record,
                        is_erased,
                    }));
                }
                is_erased |= matches!(event, Event::LearnerErasureRequested(_));
            }
        }
        Ok(None)
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
