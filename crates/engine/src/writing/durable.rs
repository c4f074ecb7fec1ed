//! How far the log is durable, for whoever must wait for that before it shows an answer or an event.
//!
//! "Durable" is a position that the writer reports. It could equally come from another machine.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use plansync_log::Position;
use tokio::sync::watch;

/// A position did not become durable within the time that was waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the command was not confirmed to be on the disk in time; send it again with the same `command_id`"
)]
pub struct NotDurable;

/// The last durable position, and who waits for it.
#[derive(Clone)]
pub struct Durable {
    watch: Arc<watch::Sender<Position>>,
    blocking: Arc<(Mutex<Position>, Condvar)>,
}

impl Durable {
    /// A log that is durable up to `position`.
    pub(crate) fn new(position: Position) -> Self {
        Self {
            watch: Arc::new(watch::Sender::new(position)),
            blocking: Arc::new((Mutex::new(position), Condvar::new())),
        }
    }

    /// The last durable position.
    pub fn current(&self) -> Position {
        *self.watch.borrow()
    }

    /// A receiver that wakes whenever the position moves.
    pub fn subscribe(&self) -> watch::Receiver<Position> {
        self.watch.subscribe()
    }

    /// Waits, on a thread that may block, until `position` is durable.
    pub fn wait(&self, position: Position, patience: Duration) -> Result<(), NotDurable> {
        let (current, moved) = &*self.blocking;
        let guard = current.lock().unwrap_or_else(PoisonError::into_inner);
        let (guard, _) = moved
            .wait_timeout_while(guard, patience, |current| *current < position)
            .unwrap_or_else(PoisonError::into_inner);
        if *guard >= position {
            Ok(())
        } else {
            Err(NotDurable)
        }
    }

    /// Reports that the log is durable up to `position`, and wakes whoever waits for it.
    pub(crate) fn advance(&self, position: Position) {
        let (current, moved) = &*self.blocking;
        *current.lock().unwrap_or_else(PoisonError::into_inner) = position;
        moved.notify_all();
        self.watch.send_replace(position);
    }
}
