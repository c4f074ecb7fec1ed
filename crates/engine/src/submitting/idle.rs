//! Closes records that nobody touched for their tenant's idle hours (C6).
//!
//! Idle time is measured in log time. Each closing is a commit of its own, like any other. The caller takes
//! a step every few seconds (`cli::threads`).

use std::sync::Arc;

use parking_lot::MutexGuard;
use plansync_domain::decide::idle::due;
use plansync_domain::ids::{Actor, TenantId};
use plansync_log::Cause;

use super::closing::Closing;
use crate::call::Refusal;
use crate::codec::writing::Writing;
use crate::config::Config;
use crate::sequencing::lock::Sequencing;
use crate::writing::group_writer::GroupWriter;
use crate::writing::published::Published;
use crate::writing::role::Role;

/// Records that are closed under one lock, while others wait for it.
const LOCKED_MAX: usize = 8;
/// Records of a tenant that one step closes; the next steps close the others.
const CLOSED_MAX: usize = 512;

/// Closes idle records.
pub(crate) struct IdleRecords {
    config: Arc<Config>,
    sequencing: Arc<Sequencing>,
    writer: Arc<GroupWriter>,
    published: Arc<Published>,
}

impl IdleRecords {
    pub(crate) fn new(
        config: &Arc<Config>,
        sequencing: &Arc<Sequencing>,
        writer: &Arc<GroupWriter>,
        published: &Arc<Published>,
    ) -> Self {
        Self {
            config: Arc::clone(config),
            sequencing: Arc::clone(sequencing),
            writer: Arc::clone(writer),
            published: Arc::clone(published),
        }
    }

    /// Closes idle records and returns how many. Of each tenant, the least recently touched record is
    /// examined, and no other one that is not due. Of a tenant with very many, some are left to the next
    /// step; while the disk does not keep up, all of them are. Where another node decides, that one closes them.
    pub(crate) fn step(&self) -> Result<usize, Refusal> {
        if self.writer.role() != Role::Leads {
            return Ok(0);
        }
        let mut closed = 0;
        for tenant in self.with_idle_records() {
            for _ in 0..CLOSED_MAX / LOCKED_MAX {
                let some = self.close(&tenant)?;
                closed += some;
                if some < LOCKED_MAX {
                    break;
                }
            }
        }
        self.sequencing.wake_writer();
        Ok(closed)
    }

    /// The tenants that have an idle record as of the last durable position.
    fn with_idle_records(&self) -> Vec<TenantId> {
        let state = self.published.state();
        let now = state.clock().at(self.config.clock.now().get());
        let tenants = state.tenants();
        tenants
            .filter(|(_, tenant)| due(tenant, now, 1).next().is_some())
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Closes a few records of one tenant, if they are still idle.
    fn close(&self, tenant: &TenantId) -> Result<usize, Refusal> {
        let mut sequencer = self.sequencing.lock();
        self.writer.check_room(&sequencer)?;
        let at = self.config.clock.now();
        let now = sequencer.state().clock().at(at.get());
        let state = sequencer.state().tenant(tenant);
        let idle: Vec<_> = due(state, now, LOCKED_MAX).collect();
        let count = idle.len();
        let writing = Writing {
            config: &self.config,
            operation: "record.close",
        };
        for closed in idle {
            let closing = Closing::of(writing, closed)?;
            let cause = Cause {
                correlation: closing.id(),
                trace: None,
            };
            closing.write(&mut sequencer, (tenant, &Actor::System), cause, at)?;
        }
        MutexGuard::unlock_fair(sequencer);
        Ok(count)
    }
}
