//! The result of a command that is not refused.
//!
//! Nothing is written here: the engine turns the result into commits.

use crate::event::command_outcome::CommandOutcome;
use crate::event::sync::SyncAccepted;
use crate::event::{Event, RecordClosed, RecordOpened};
use crate::ids::stream::Stream;
use crate::sync::change_set::ChangeSet;

/// The result of a command that is not refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// One commit on one stream.
    Events {
        /// The stream.
        stream: Stream,
        /// The events, in order.
        events: Vec<Event>,
    },
    /// A record is opened, and another record of the same administrator is closed before it (C6).
    Displacing {
        /// The record that is closed.
        displaced: RecordClosed,
        /// The record that is opened.
        opened: RecordOpened,
    },
    /// Nothing changes. Only what the answer is made of is recorded.
    Unchanged(CommandOutcome),
    /// A sync is accepted. The engine computes its digest and divides its change set into commits.
    Sync {
        /// The change set.
        change_set: ChangeSet,
        /// The acceptance.
        accepted: SyncAccepted,
    },
}
