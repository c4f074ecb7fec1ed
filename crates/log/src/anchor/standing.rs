//! How a log stands to an anchor: whether it is an extension of it.

use super::origin::Origin;
use crate::merkle::{Hash, TreeHead};
use crate::{Incarnation, Incarnations, LogId, Position, Tip};

/// A log that is compared with an anchor.
#[derive(Debug, Clone, Copy)]
pub struct Log<'a> {
    /// Its end.
    pub tip: &'a Tip,
    /// Its incarnations.
    pub incarnations: &'a Incarnations,
}

/// How a log stands to an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It begins with exactly the commits that the anchor covers.
    Extends,
    /// One of the commits that the anchor covers was changed, dropped, inserted or moved.
    Differs,
    /// It ends before the anchor, although no restore says so.
    Shorter {
        /// Its last position.
        tip: Position,
    },
    /// It is another log.
    OtherLog {
        /// Its id.
        found: LogId,
    },
    /// The anchor is of a later incarnation, which this log does not know.
    Later {
        /// The incarnation of this log.
        current: Incarnation,
    },
    /// The log says that it was restored to a position before the end of the anchor, so that the last commits
    /// of the anchor are no longer in it. Whether that restore took place cannot be known from the log.
    LostByRestore {
        /// The last commit that the restored log inherited.
        inherited: Position,
    },
    /// The anchor is of an incarnation from which this log does not stem: another restore went before.
    LeftBehind,
    /// Too much of the log is damaged to compute the root.
    Unknown,
}

impl Log<'_> {
    /// Compares the log with an anchor; `root` is the root of the log's tree at the size of the anchor.
    pub fn standing(self, origin: &Origin, head: &TreeHead, root: Option<Hash>) -> Standing {
        let Self { tip, incarnations } = self;
        let current = incarnations.current();
        if origin.log != tip.log {
            return Standing::OtherLog { found: tip.log };
        }
        if origin.incarnation > current {
            return Standing::Later { current };
        }
        if root == Some(head.root) {
            return Standing::Extends;
        }
        match incarnations.end_of(origin.incarnation) {
            None => Standing::LeftBehind,
            Some(Some(inherited)) if head.size > inherited.get() => {
                Standing::LostByRestore { inherited }
            }
            Some(_) if head.size > tip.position.get() => Standing::Shorter { tip: tip.position },
            Some(_) if root.is_none() => Standing::Unknown,
            Some(_) => Standing::Differs,
        }
    }
}
