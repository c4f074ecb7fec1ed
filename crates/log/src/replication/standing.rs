//! Where a node stands, for whoever saves or shows it while somebody else has the follower or the leader's log.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Applied, Inert, StreamSequence};

/// Where a node stands. Clones share it.
#[derive(Debug, Clone)]
pub struct Standing {
    held: Arc<Mutex<Held>>,
}

#[derive(Debug)]
struct Held {
    applied: Applied,
    cursor: Applied,
    inert_count: u64,
    last_inert: Option<InertRecord>,
}

/// A message that changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InertRecord {
    /// The message.
    pub sequence: StreamSequence,
    /// Why.
    pub reason: Inert,
}

impl Standing {
    pub(super) fn new(applied: Applied) -> Self {
        Self {
            held: Arc::new(Mutex::new(Held {
                applied,
                cursor: applied,
                inert_count: 0,
                last_inert: None,
            })),
        }
    }

    /// What all messages that were judged make of the log. The node's own log may be behind: what was accepted last may
    /// not be appended yet.
    pub fn applied(&self) -> Applied {
        self.held().applied
    }

    /// The state after the last message that changed something: where following may go on after a restart, once the
    /// node's own log is durable up to its end. [`Follower::resume`](super::Follower::resume) recognises this
    /// message by what it says.
    pub fn cursor(&self) -> Applied {
        self.held().cursor
    }

    /// How many messages changed nothing and were not to be expected.
    pub fn alarming_count(&self) -> u64 {
        self.held().inert_count
    }

    /// The last of these.
    pub fn last_alarming(&self) -> Option<InertRecord> {
        self.held().last_inert
    }

    /// A message was judged.
    pub(super) fn judged(&self, applied: Applied, inert: Option<Inert>) {
        let mut held = self.held();
        let has_changed = (held.applied.end, held.applied.term) != (applied.end, applied.term);
        held.applied = applied;
        if has_changed {
            held.cursor = applied;
        }
        if let Some(reason) = inert.filter(Inert::is_alarming) {
            held.inert_count += 1;
            held.last_inert = Some(InertRecord {
                sequence: applied.sequence,
                reason,
            });
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // A lock that is poisoned is used all the same: nothing under it panics, so no change is half done.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
