//! The writer: what has gathered goes to the disk as one group, and only then is it shown.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use plansync_log::{Append, AppendError, Position};

use crate::engine::Engine;
use crate::fault::Fault;
use crate::sequencer::Group;

/// The writing side of the log, and a group that the disk refused for the time being.
pub(crate) struct Writer {
    append: Box<dyn Append>,
    refused: Option<Group>,
}

impl Writer {
    pub(crate) fn new(append: Box<dyn Append>) -> Self {
        Self {
            append,
            refused: None,
        }
    }
}

/// What one step of the writer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrote {
    /// Nothing waited.
    Nothing,
    /// Everything up to here is durable now.
    Upto(Position),
    /// The disk takes nothing at the moment; the group is kept, and tried again by the next step.
    Refused,
}

/// The log can be written no longer: the process must end. What was acknowledged is safe.
#[derive(Debug, thiserror::Error)]
#[error(
    "the log can be written no longer; what was acknowledged is safe: mend the disk and restart"
)]
pub struct LogFailed {
    /// What the storage said.
    #[source]
    pub source: AppendError,
}

impl Engine {
    /// Writes what has gathered as one group, and publishes the state that it gives.
    pub fn write_step(&self) -> Result<Wrote, LogFailed> {
        let mut writer = self
            .parts
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let group = match writer.refused.take() {
            Some(group) => group,
            None => self.take_group(),
        };
        if group.commits.is_empty() {
            return Ok(Wrote::Nothing);
        }
        if self.parts.config.has(Fault::DurableEarly) {
            self.parts.durable.advance(group.state.position);
        }
        match writer.append.append(&group.commits) {
            Ok(()) => Ok(self.publish(group)),
            Err(AppendError::Unavailable { what, source }) => {
                if !self.parts.disk_refuses.swap(true, Ordering::Relaxed) {
                    tracing::warn!(what, %source, "the disk refuses commits; trying again");
                }
                writer.refused = Some(group);
                Ok(Wrote::Refused)
            }
            Err(source) => {
                // Kept, so that the next step meets the failure too, whoever takes it.
                writer.refused = Some(group);
                Err(LogFailed { source })
            }
        }
    }

    fn take_group(&self) -> Group {
        let mut sequencer = self.sequencer();
        sequencer.make_room(self.parts.durable.current());
        sequencer.take()
    }

    /// Shows what is durable with the plans that have come since; where more was decided, the next
    /// group shows them.
    pub(crate) fn republish(&self) {
        let sequencer = self.sequencer();
        let mut published = self
            .parts
            .published
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if published.position == sequencer.position() {
            *published = sequencer.state.clone();
        }
    }

    fn publish(&self, group: Group) -> Wrote {
        let position = group.state.position;
        self.parts.disk_refuses.store(false, Ordering::Relaxed);
        *self
            .parts
            .published
            .write()
            .unwrap_or_else(PoisonError::into_inner) = group.state;
        self.parts.durable.advance(position);
        self.parts.held.forget_old(|| self.now());
        Wrote::Upto(position)
    }

    /// Waits until something wants to be written, or `patience` has passed. Says whether it does.
    pub fn wait_queued(&self, patience: Duration) -> bool {
        let mut sequencer = self.sequencer();
        let queued = &self.parts.queued;
        queued.wait_while_for(&mut sequencer, |queue| !queue.is_due(), patience);
        sequencer.is_due()
    }

    /// Wakes who writes, if there is something to write: to wake is a system call, also where nobody
    /// waits.
    pub(crate) fn wake_writer(&self) {
        if self.sequencer().is_due() {
            self.parts.queued.notify_one();
        }
    }

    /// Begins a run of commands that are all there already: what they come to goes to the disk as one
    /// group, once the run ends. It should end soon, since what others commit waits with it.
    pub fn gathering(&self) -> Gathering {
        self.sequencer().gather();
        Gathering {
            engine: self.clone(),
        }
    }
}

/// A run of commands. It ends when this is dropped.
pub struct Gathering {
    engine: Engine,
}

impl Drop for Gathering {
    fn drop(&mut self) {
        self.engine.sequencer().gathered();
        self.engine.wake_writer();
    }
}
