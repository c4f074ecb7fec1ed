//! A start of the engine whose values differ from those of the start before: so an old decision can be told from a
//! rule or a limit that has changed since.

use serde::{Deserialize, Serialize};

/// The number of the rules by which commands are decided and events are folded. Whoever changes a decision or a fold
/// gives it the next number, so that the log says from where on the changed rule applies.
pub const RULES: u32 = 2;

/// The engine was started. Everything after it was decided by these, up to the next such event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineStarted {
    /// The version of the product.
    pub version: String,
    /// The number of its rules ([`RULES`]).
    pub fold: u32,
    /// The limits that it was started with.
    pub limits: StartLimits,
}

/// The limits on commands at a start. One that was added later reads as 0 in an earlier event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StartLimits {
    /// The largest number of components in one sync (S3).
    pub components: u64,
    /// The largest number of learners in one sync (S4).
    pub learners: u64,
    /// The largest number of records that one administrator may have open.
    pub open_records: u64,
    /// The largest number of running syncs of one administrator.
    pub running_syncs: u64,
    /// The largest number of running syncs of one tenant.
    pub tenant_running_syncs: u64,
}
