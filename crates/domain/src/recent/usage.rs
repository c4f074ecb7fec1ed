//! When open records were last touched, and in which order (C6).
//!
//! A touch is the opening, a continuation (`resume`), an edit of the plan by the record's
//! administrator, or a sync started from the record. Reads write nothing and are not touches. The
//! order of touches is that of the log; the time since a touch is measured in the log's own time
//! ([`LogTime`]).

use serde::{Deserialize, Serialize};

use crate::ids::SessionId;
use crate::ids::position::Position;
use crate::time::log_time::{LogTime, Stamp};

/// When a session was opened and last touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usage {
    /// The number of commits on its stream.
    pub(crate) version: u64,
    /// The position in the log at which it was opened.
    pub(crate) opened_at: Position,
    /// The log time of the last touch.
    pub(crate) touched: LogTime,
    /// The number of the last touch among all touches of the tenant; later touches have higher
    /// numbers.
    pub(crate) touch: u64,
}

impl Usage {
    /// A session that is opened. The number of its touch is assigned by `TouchOrder`.
    pub(crate) const fn begun(stamp: Stamp) -> Self {
        Self {
            version: 1,
            opened_at: stamp.position,
            touched: stamp.time,
            touch: 0,
        }
    }
}

/// The form in an image: sessions are stored in the order of their touches.
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

/// The open sessions in the order of their last touches, the earliest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct TouchOrder {
    order: imbl::OrdMap<u64, SessionId>,
    /// The number of touches so far.
    count: u64,
}

impl TouchOrder {
    /// A session is touched, or listed for the first time.
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
