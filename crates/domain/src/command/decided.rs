//! What a command comes to, where it is not refused.
//!
//! Owns the type. Writes nothing: whoever keeps the log makes commits of it.

use crate::event::command_outcome::CommandOutcome;
use crate::event::sync::SyncAccepted;
use crate::event::{Event, RecordClosed, RecordOpened};
use crate::ids::stream::Stream;
use crate::sync::change_set::ChangeSet;

/// What a command comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// One commit of one stream.
    Events {
        /// Which stream.
        stream: Stream,
        /// What happened, in order.
        events: Vec<Event>,
    },
    /// A record is opened, and another one of the same administrator's is closed before it (C6).
    Displacing {
        /// The one that is closed.
        displaced: RecordClosed,
        /// The one that is opened.
        opened: RecordOpened,
    },
    /// Nothing changes; the answer is all there is to keep.
    Unchanged(CommandOutcome),
    /// A sync is accepted. Its digest, and how its change set is cut into commits, is up to
    /// whoever writes the log.
    Sync {
        /// What is replayed.
        change_set: ChangeSet,
        /// The rest.
        accepted: SyncAccepted,
    },
}
