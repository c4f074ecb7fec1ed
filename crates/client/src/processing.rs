//! Processing each event exactly once, with a checkpoint beside the subscriber's data.

use std::convert::Infallible;
use std::future::Future;

use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::event::Event;
use crate::events::Events;

/// What a subscriber makes of events, and where it keeps its checkpoint.
///
/// Both are stored in one transaction: then each event counts exactly once, whenever the subscriber, the server or the
/// engine is ended. `examples/subscriber.rs` keeps both in one file that is replaced as a whole.
pub trait Processor {
    /// Why data or checkpoint cannot be read or stored.
    type Error;

    /// The checkpoint that was stored last; none at the beginning.
    fn checkpoint(
        &mut self,
    ) -> impl Future<Output = Result<Option<Checkpoint>, Self::Error>> + Send;

    /// Stores what is made of an event, together with its checkpoint. An event without origin has no checkpoint: it
    /// was not published by plansync, and cannot be recognised if it is delivered again.
    fn process(
        &mut self,
        event: &Event,
        checkpoint: Option<Checkpoint>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Why processing ended.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError<E> {
    /// The events cannot be read any more. Reading can continue if the error [may pass](Error::is_transient).
    #[error(transparent)]
    Events(#[from] Error),
    /// Data or checkpoint cannot be read or stored. The event is not acknowledged: it comes first when processing
    /// begins again.
    #[error("the event could not be processed; it comes first when processing begins again")]
    Processor(#[source] E),
}

impl Events {
    /// Processes events until one cannot be read or processed. Events that the checkpoint covers are acknowledged and
    /// left out; the others are acknowledged when they are processed.
    ///
    /// The future may be dropped at any time, for instance when the program is asked to end: an event that was
    /// processed but not acknowledged is left out the next time.
    pub async fn process<P: Processor>(
        &mut self,
        processor: &mut P,
    ) -> Result<Infallible, ProcessError<P::Error>> {
        let stored = processor.checkpoint().await;
        let mut checkpoint = stored.map_err(ProcessError::Processor)?;
        loop {
            // Kept until it is acknowledged: if this future is dropped, or the event cannot be processed, the next call
            // begins with it.
            let delivery = self.next().await?;
            let delivery = self.held.insert(delivery);
            let event = &delivery.event;
            if let (Some(checkpoint), Some(origin)) = (&checkpoint, &event.origin)
                && !checkpoint.is_of_log(origin.id)
            {
                return Err(Error::OtherLog { event: origin.id }.into());
            }
            let is_repeated = checkpoint.is_some_and(|checkpoint| checkpoint.covers_event(event));
            if !is_repeated {
                let reached = event.checkpoint();
                let processed = processor.process(event, reached).await;
                processed.map_err(ProcessError::Processor)?;
                checkpoint = reached.or(checkpoint);
            }
            delivery.ack().await?;
            self.held = None;
        }
    }
}
