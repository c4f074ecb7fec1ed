//! Records in the log with which version, rules and limits the engine runs, so that an old decision can be told from a
//! changed rule: once a start and tenant, if the values differ from those that the tenant's log has last; and behind
//! the first commit of a new tenant.
//!
//! It is recorded for each tenant, because all streams belong to tenants and a tenant's auditor sees only those. The
//! engine acts as `system`, as when it closes idle records.

use std::sync::Arc;

use parking_lot::MutexGuard;
use plansync_domain::event::Event;
use plansync_domain::event::engine::{EngineStarted, RULES};
use plansync_domain::ids::TenantId;
use plansync_domain::ids::stream::Stream;
use plansync_log::{Read, Recorded, Version as StreamVersion};
use uuid::Uuid;

use crate::call::Refusal;
use crate::codec::writing::{Encoded, Writing};
use crate::config::Config;
use crate::naming::stream_id;
use crate::recorded::commit::decoded;
use crate::sequencing::lock::Sequencing;
use crate::sequencing::sequencer::{Entry, SequenceError, Sequencer};
use crate::writing::group_writer::GroupWriter;
use crate::writing::published::Published;
use crate::writing::role::Role;

/// Records starts of the engine.
pub(crate) struct Starts {
    config: Arc<Config>,
    log: Arc<dyn Read>,
    sequencing: Arc<Sequencing>,
    writer: Arc<GroupWriter>,
    published: Arc<Published>,
}

impl Starts {
    pub(crate) fn new(
        config: &Arc<Config>,
        log: &Arc<dyn Read>,
        (sequencing, writer): (&Arc<Sequencing>, &Arc<GroupWriter>),
        published: &Arc<Published>,
    ) -> Self {
        Self {
            config: Arc::clone(config),
            log: Arc::clone(log),
            sequencing: Arc::clone(sequencing),
            writer: Arc::clone(writer),
            published: Arc::clone(published),
        }
    }

    /// Records this start for every tenant whose last recorded start has other values. Returns the number of tenants.
    /// The commits are queued, also while the disk refuses some: there is one for each tenant at most.
    pub(crate) fn record(&self) -> Result<usize, Refusal> {
        let leads = self.writer.role() == Role::Leads;
        let Some(started) = started(&self.config).filter(|_| leads) else {
            return Ok(0);
        };
        let state = self.published.state();
        let put = state
            .tenants()
            .filter(|(_, tenant)| tenant.settings().is_some());
        let mut tenants: Vec<TenantId> = put.map(|(name, _)| name.clone()).collect();
        tenants.sort();
        let mut recorded = 0;
        for tenant in tenants {
            let version = state.tenant(&tenant).version_of(&Stream::Engine);
            if self.last(&tenant, version)?.as_ref() == Some(&started) {
                continue;
            }
            let start = Start::of(&self.config, started.clone())?;
            let mut sequencer = self.sequencing.lock();
            start.write(&mut sequencer, &tenant, self.config.clock.now())?;
            MutexGuard::unlock_fair(sequencer);
            recorded += 1;
        }
        self.sequencing.wake_writer();
        Ok(recorded)
    }

    /// The start that was recorded last for a tenant whose stream has this version.
    fn last(&self, tenant: &TenantId, version: u64) -> Result<Option<EngineStarted>, Refusal> {
        let stream = stream_id(tenant, &Stream::Engine);
        let commits = self.log.stream(&stream, StreamVersion::new(version), 1)?;
        let Some(commit) = commits.first().filter(|_| version > 0) else {
            return Ok(None);
        };
        let events = decoded(commit, &self.config.keys)?.events.into_iter();
        let mut starts = events.filter_map(|event| {
            if let Event::EngineStarted(started) = event {
                Some(started)
            } else {
                None
            }
        });
        Ok(starts.next())
    }
}

/// What is recorded of an engine with this configuration; nothing if it does not say its version.
fn started(config: &Config) -> Option<EngineStarted> {
    Some(EngineStarted {
        version: config.version.as_deref()?.to_owned(),
        fold: RULES,
        limits: config.limits.recorded(),
    })
}

/// A start to be recorded, and its encoded event.
pub(super) struct Start(Encoded);

impl Start {
    /// Of an engine with this configuration, if starts are recorded.
    pub(super) fn of_config(config: &Config) -> Result<Option<Self>, Refusal> {
        started(config)
            .map(|started| Self::of(config, started))
            .transpose()
    }

    fn of(config: &Config, started: EngineStarted) -> Result<Self, Refusal> {
        let writing = Writing {
            config,
            operation: "engine.start",
        };
        let event = writing.encoded(Event::EngineStarted(started));
        Ok(Self(event.map_err(SequenceError::from)?))
    }

    /// Commits it.
    pub(super) fn write(
        self,
        sequencer: &mut Sequencer,
        tenant: &TenantId,
        at: Recorded,
    ) -> Result<(), SequenceError> {
        let stream = Stream::Engine;
        let version = sequencer.next_version(tenant, &stream);
        // The tenant has only one with this version.
        let id = Uuid::new_v5(
            &Uuid::NAMESPACE_OID,
            format!("{tenant}/started/{version}").as_bytes(),
        );
        let judged_at = sequencer.position();
        let entry = Entry::of_engine(tenant, (stream, version), id, judged_at, self.0);
        sequencer.commit(at, entry).map(|_| ())
    }
}
