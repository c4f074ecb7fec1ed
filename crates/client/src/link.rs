//! What the clients on one connection share: whether they were closed, what the server said outside of replies, and the
//! events that were not acknowledged.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use plansync_primitives::ids::CommandId;
use tokio::sync::watch;

use crate::error::Error;
use crate::events::Unanswered;
use crate::server_errors::ServerErrors;

/// Shared by all copies of a client.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) errors: ServerErrors,
    closed: watch::Sender<bool>,
    unanswered: Mutex<Vec<Weak<Unanswered>>>,
}

impl Link {
    pub(crate) fn new(errors: ServerErrors) -> Arc<Self> {
        Arc::new(Self {
            errors,
            closed: watch::Sender::new(false),
            unanswered: Mutex::default(),
        })
    }

    /// An error once the clients are closed.
    pub(crate) fn check(&self, command: Option<CommandId>) -> Result<(), Error> {
        if *self.closed.borrow() {
            return Err(Error::Closed { command });
        }
        Ok(())
    }

    /// Returns when the clients are closed.
    pub(crate) async fn closed(&self) {
        let mut closed = self.closed.subscribe();
        // The sender lives as long as this.
        let _ = closed.wait_for(|closed| *closed).await;
    }

    /// Events to be given back when the clients are closed.
    pub(crate) fn add(&self, unanswered: &Arc<Unanswered>) {
        let mut all = lock(&self.unanswered);
        all.retain(|each| each.strong_count() > 0);
        all.push(Arc::downgrade(unanswered));
    }

    /// Ends everything that waits, and gives events back.
    pub(crate) async fn close(&self) {
        self.closed.send_replace(true);
        let all: Vec<_> = lock(&self.unanswered)
            .drain(..)
            .filter_map(|each| each.upgrade())
            .collect();
        for unanswered in all {
            unanswered.give_back().await;
        }
    }
}

/// What a thread that panicked has left is as good as before.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
