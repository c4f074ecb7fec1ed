//! The lease of one node, as a state machine: when the lease is looked at, when it is written, and whether it holds. It
//! reads no clock and no stream.
//!
//! Nobody compares times of day. A node that wants the lease times how long it sees the *same* last message, on its own
//! clock, and writes the next one behind it. A node that has the lease renews it every second, and trusts it for
//! [`TRUSTED_FOR`] from *before* it sent the write that was stored. A rival begins to time later than that, because it must
//! see the message first; it waits for [`UNCHANGED_FOR`], and its write is stored only if the message is still the last one.
//! So two nodes never trust a lease at the same time, unless their clocks run at rates that differ by more than
//! a quarter.
//!
//! The lease is for two things only: that somebody leads again soon, and that a node that answers reads knows that
//! nobody else has decided anything since. What is in the log follows from the stream of the log alone.

use std::time::Duration;

use super::clock::Monotonic;
use super::{LeaseEnd, LeaseRecord, NodeId, NodeName, StreamSequence, Term, Written};
use crate::LogId;

/// So long the last lease must be unchanged before another node writes its own.
pub const UNCHANGED_FOR: Duration = Duration::from_secs(3);
/// So long a lease is trusted, from before it was sent.
pub const TRUSTED_FOR: Duration = Duration::from_millis(2_400);
/// How often a lease is renewed.
pub const RENEW_EVERY: Duration = Duration::from_secs(1);
/// How often the stream of leases is looked at by whoever does not have the lease.
pub const LOOK_EVERY: Duration = Duration::from_millis(500);
/// After so long, what is not known is asked again.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// What is to be done about the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseTask {
    /// Read the stream of leases, and call [`Lease::looked`] or [`Lease::not_looked`].
    Look,
    /// Call [`Lease::sends`], write the lease behind this message, and call [`Lease::written`].
    Write {
        /// The message that the lease is written behind.
        last: StreamSequence,
    },
    /// Nothing for so long.
    Wait(Duration),
}

/// The lease, as one node sees it.
#[derive(Debug, Clone)]
pub struct Lease {
    log: LogId,
    node: NodeId,
    name: NodeName,
    /// Who has the lease, as the last message says that was read.
    holder: Option<LeaseRecord>,
    /// The last message, and since when it is seen as the last one. Nothing after a look that failed.
    seen: Option<Seen>,
    /// A write of which it is not known whether it was stored.
    unclear: Option<Unclear>,
    held: Option<Held>,
    /// When something was last asked.
    asked_at: Option<Monotonic>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    sequence: StreamSequence,
    since: Monotonic,
}

#[derive(Debug, Clone, Copy)]
struct Unclear {
    last: StreamSequence,
    /// When the first attempt behind this message began: the one that is stored began then or later.
    first_sent_at: Monotonic,
    sent_at: Monotonic,
    /// Whether a look since then has not shown it.
    was_looked_for: bool,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    sequence: StreamSequence,
    sent_at: Monotonic,
}

impl Lease {
    /// The lease of a node that has none and has seen none.
    pub const fn new(log: LogId, node: NodeId, name: NodeName) -> Self {
        Self {
            log,
            node,
            name,
            holder: None,
            seen: None,
            unclear: None,
            held: None,
            asked_at: None,
        }
    }

    /// What is to be written, with the term that the node leads in or knows.
    pub fn record(&self, term: Term) -> LeaseRecord {
        LeaseRecord {
            log: self.log,
            node: self.node,
            name: self.name.clone(),
            term,
        }
    }

    /// Who has the lease, as the last message says that was read. For people to see.
    pub const fn holder(&self) -> Option<&LeaseRecord> {
        self.holder.as_ref()
    }

    /// Whether this node has the lease, as far as it knows. It may be too old to be trusted, and be renewed again.
    pub const fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Whether this node has the lease, and nobody else can have it now.
    pub fn is_valid(&self, now: Monotonic) -> bool {
        self.held
            .is_some_and(|held| now.since(held.sent_at) < TRUSTED_FOR)
    }

    /// What is to be done now. A node that does not want the lease looks only; one that it has, it does not renew.
    pub fn next(&self, now: Monotonic, wants: bool) -> LeaseTask {
        if !wants {
            return self.after(now, LOOK_EVERY, LeaseTask::Look);
        }
        if let Some(unclear) = &self.unclear {
            let last = unclear.last;
            let task = if unclear.was_looked_for {
                LeaseTask::Write { last }
            } else {
                LeaseTask::Look
            };
            return self.after(now, ASK_AGAIN_AFTER, task);
        }
        if let Some(held) = &self.held {
            let last = held.sequence;
            return wait(now, held.sent_at, RENEW_EVERY, LeaseTask::Write { last });
        }
        match &self.seen {
            Some(seen) if now.since(seen.since) >= UNCHANGED_FOR => LeaseTask::Write {
                last: seen.sequence,
            },
            Some(_) | None => self.after(now, LOOK_EVERY, LeaseTask::Look),
        }
    }

    /// The task, once so long has passed since something was last asked.
    fn after(&self, now: Monotonic, interval: Duration, task: LeaseTask) -> LeaseTask {
        self.asked_at
            .map_or(task, |asked_at| wait(now, asked_at, interval, task))
    }

    /// The stream was read, and that has ended now.
    pub fn looked(&mut self, now: Monotonic, end: &LeaseEnd) {
        self.asked_at = Some(now);
        self.holder.clone_from(&end.lease);
        let holder = end.lease.as_ref();
        let is_mine = holder.is_some_and(|lease| lease.node == self.node);
        if let Some(unclear) = &mut self.unclear {
            unclear.was_looked_for = true;
            if end.sequence > unclear.last {
                let is_stored = is_mine && end.sequence == unclear.last.next();
                self.held = is_stored.then_some(Held {
                    sequence: end.sequence,
                    sent_at: unclear.first_sent_at,
                });
                self.unclear = None;
            }
        }
        if self.held.is_some_and(|held| end.sequence > held.sequence) {
            self.held = None;
        }
        let is_unchanged = self.seen.is_some_and(|seen| seen.sequence == end.sequence);
        if !is_unchanged {
            self.seen = Some(Seen {
                sequence: end.sequence,
                since: now,
            });
        }
    }

    /// The stream could not be read. Whoever has the lease may not have been able to renew it either, so the time for
    /// that begins anew.
    pub fn not_looked(&mut self, now: Monotonic) {
        self.asked_at = Some(now);
        self.seen = None;
    }

    /// A lease is sent now, to be stored behind this message.
    pub fn sends(&mut self, now: Monotonic, last: StreamSequence) {
        self.asked_at = Some(now);
        let earlier = self.unclear.filter(|unclear| unclear.last == last);
        self.unclear = Some(Unclear {
            last,
            first_sent_at: earlier.map_or(now, |unclear| unclear.first_sent_at),
            sent_at: now,
            was_looked_for: false,
        });
    }

    /// What became of the lease that was sent last. If it was not stored, an earlier attempt may have been: the next
    /// look tells.
    pub fn written(&mut self, written: &Written) {
        if let (Written::Stored(sequence), Some(unclear)) = (written, self.unclear)
            && *sequence == unclear.last.next()
        {
            self.unclear = None;
            self.held = Some(Held {
                sequence: *sequence,
                sent_at: unclear.sent_at,
            });
        }
    }
}

/// The task, once so long has passed since then.
fn wait(now: Monotonic, since: Monotonic, interval: Duration, task: LeaseTask) -> LeaseTask {
    match interval.checked_sub(now.since(since)) {
        Some(left) if !left.is_zero() => LeaseTask::Wait(left),
        Some(_) | None => task,
    }
}
