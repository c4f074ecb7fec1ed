//! When open records were last touched, and in which order (C6).
//!
//! A touch is the opening, going on with it (`resume`), an edit of that plan by that administrator, and a
//! sync started from it. Reads write nothing, and touch nothing. The order of touches is the log's; only how
//! long ago one was is measured, by the log's own time ([`LogTime`]).

use serde::{Deserialize, Serialize};

use crate::ids::SessionId;
use crate::ids::position::Position;
use crate::time::log_time::{LogTime, Stamp};

/// When a session was opened and last touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usage {
    /// How many commits its stream has.
    pub(crate) version: u64,
    /// Where in the log it was opened.
    pub(crate) opened_at: Position,
    /// The log's time at the last touch.
    pub(crate) touched: LogTime,
    /// The number of that touch among all of the tenant: the later, the higher.
    pub(crate) touch: u64,
}

impl Usage {
    /// A session is opened: it gets the number of its touch from whoever counts them.
    pub(crate) const fn begun(stamp: Stamp) -> Self {
        Self {
            version: 1,
            opened_at: stamp.position,
            touched: stamp.time,
            touch: 0,
        }
    }
}

/// The same, as it can be kept: sessions are kept in the order of their touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UsageImage {
    version: u64,
    opened_at: Position,
    touched: LogTime,
}

impl UsageImage {
    pub(crate) const fn of(usage: Usage) -> Self {
        Self {
            version: usage.version,
            opened_at: usage.opened_at,
            touched: usage.touched,
        }
    }

    pub(crate) const fn restore(self) -> Usage {
        Usage {
            version: self.version,
            opened_at: self.opened_at,
            touched: self.touched,
            touch: 0,
        }
    }
}

/// The order in which open sessions were last touched, the one touched least lately first.
#[derive(Debug, Clone, Default)]
pub(crate) struct TouchOrder {
    order: imbl::OrdMap<u64, SessionId>,
    /// How many touches there were.
    count: u64,
}

impl TouchOrder {
    /// A session is touched, or begins to be listed.
    pub(crate) fn touch(&mut self, id: SessionId, usage: &mut Usage, time: LogTime) {
        self.forget(*usage);
        self.count += 1;
        usage.touch = self.count;
        usage.touched = time;
        self.order.insert(self.count, id);
    }

    pub(crate) fn forget(&mut self, usage: Usage) {
        self.order.remove(&usage.touch);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = SessionId> {
        self.order.values().copied()
    }
}
