//! Drops values of tenants that no plan holds any more, where they are a third or more of all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use plansync_domain::ids::TenantId;
use plansync_domain::state::compact::Compaction;

use crate::config::Config;
use crate::sequencing::lock::Sequencing;
use crate::writing::published::Published;

/// Compacts the values of tenants.
pub(crate) struct ValueCompactor {
    config: Arc<Config>,
    sequencing: Arc<Sequencing>,
    published: Arc<Published>,
    /// How many values each tenant has when they are examined next.
    examine_at: Mutex<HashMap<TenantId, usize>>,
}

impl ValueCompactor {
    pub(crate) fn new(
        config: &Arc<Config>,
        sequencing: &Arc<Sequencing>,
        published: &Arc<Published>,
    ) -> Self {
        Self {
            config: Arc::clone(config),
            sequencing: Arc::clone(sequencing),
            published: Arc::clone(published),
            examine_at: Mutex::default(),
        }
    }

    /// Compacts the values of tenants in which a third or more are unused. Resident plans stay, except
    /// those of open records: these are loaded again when they are needed.
    pub(crate) fn step(&self) {
        let values_min = self.config.values_min;
        let examine_at = self.examine_at.lock();
        let mut examine_at = examine_at.unwrap_or_else(PoisonError::into_inner);
        for (name, tenant) in self.published.state().tenants() {
            let weight = tenant.values().weight();
            if weight < examine_at.get(name).copied().unwrap_or(values_min) {
                continue;
            }
            let compaction = Compaction::of(tenant);
            let live = compaction.weight();
            let too_much = live.saturating_add(live / 2);
            examine_at.insert(name.clone(), values_min.max(too_much));
            if too_much <= weight {
                tracing::debug!(tenant = %name, weight, live, "compacting the values of a tenant");
                self.sequencing.lock().compact(name, compaction);
            }
        }
    }
}
