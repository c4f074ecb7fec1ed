//! What a test may break on purpose, so that it sees whether its checks notice. Without the feature
//! `faults` nothing can be broken: there is nowhere to say so, and every question here is a constant.

use plansync_domain::ids::LearnerId;

use crate::config::Config;

/// One thing that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "faults"), allow(dead_code, unreachable_pub))]
pub enum Fault {
    /// Judging this target crashes.
    JudgingCrashes(LearnerId),
    /// What would become of this target cannot be committed.
    CommitFails(LearnerId),
    /// Targets are committed as earlier versions did, which kept no tasks with them.
    KeepsNoTasks,
    /// Every target is replayed onto twice.
    ReplaysTwice,
    /// A target does not wait for earlier syncs that have it still to do.
    Overtakes,
    /// What a decision needs is not fetched ahead of it.
    FetchesNothingAhead,
    /// Commits are called durable before they are written.
    DurableEarly,
    /// What is not durable is shown to whoever publishes events.
    EventsEarly,
    /// Events of this kind are written so that nobody can read them.
    WritesUnreadably(u16),
    /// Events of this kind are written so that something else is read.
    WritesAnother(u16),
}

impl Config {
    #[cfg(feature = "faults")]
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    #[cfg(not(feature = "faults"))]
    #[allow(clippy::unused_self)] // It is the same question.
    pub(crate) const fn has(&self, _fault: Fault) -> bool {
        false
    }
}
