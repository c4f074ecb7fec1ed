//! The limits that the server's settings can change. No rule depends on their values.

use crate::event::engine::StartLimits;

/// How much one request, one administrator and one tenant may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest number of components in one sync, inclusive (S3).
    pub components: usize,
    /// The largest number of learners in one sync, inclusive (S4).
    pub learners: usize,
    /// The largest number of records that one administrator may have open.
    pub open_records: usize,
    /// The largest number of running syncs of one administrator.
    pub running_syncs: usize,
    /// The largest number of running syncs of one tenant.
    pub tenant_running_syncs: usize,
}

impl Limits {
    /// The limits as a start of the engine records them.
    pub fn recorded(&self) -> StartLimits {
        let number = |limit: usize| u64::try_from(limit).unwrap_or(u64::MAX);
        StartLimits {
            components: number(self.components),
            learners: number(self.learners),
            open_records: number(self.open_records),
            running_syncs: number(self.running_syncs),
            tenant_running_syncs: number(self.tenant_running_syncs),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            components: 2_089,
            learners: 2_089,
            open_records: 100,
            running_syncs: 20,
            tenant_running_syncs: 200,
        }
    }
}
