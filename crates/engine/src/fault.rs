//! Faults that a test injects to see whether its checks notice them. Without the feature `faults` none can
//! be configured, and every query is a constant.
//!
//! May import: no other folder.

use plansync_domain::ids::LearnerId;

/// One injected fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "faults"), allow(dead_code, unreachable_pub))]
pub enum Fault {
    /// Judging this target panics.
    JudgingCrashes(LearnerId),
    /// The commit of this target fails.
    CommitFails(LearnerId),
    /// Targets are committed as earlier versions did, without the ids of cancelled tasks.
    KeepsNoTasks,
    /// Every target is replayed onto twice.
    ReplaysTwice,
    /// A target does not wait for earlier syncs that still have it to do.
    Overtakes,
    /// The plans that a decision needs are not loaded ahead of it.
    FetchesNothingAhead,
    /// Commits are reported durable before they are written.
    DurableEarly,
    /// Events are published before they are durable.
    EventsEarly,
    /// Events of this kind are encoded so that they cannot be decoded.
    WritesUnreadably(u16),
    /// Events of this kind are encoded so that they decode to another event.
    WritesAnother(u16),
    /// Text about persons is stored as it is.
    SealsNothing,
    /// Erasures are recorded as done, and no key is destroyed.
    DestroysNothing,
}
