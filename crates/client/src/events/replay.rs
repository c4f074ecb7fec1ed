//! Events from a place in the history onwards, by a consumer that lives only as long as it is read.
//!
//! The client library makes the consumer anew behind the last event if a delivery is missing. The numbers of events
//! that wait show whether events were removed from the stream before they were read. A delivery that races with the removal
//! can have an older number, so the server is asked again if nothing comes though events should wait.

use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::{Ordered, OrderedConfig};
use futures_util::StreamExt as _;
use plansync_protocol::Position;
use tokio::time::timeout;

use super::fault::not_read;
use super::start::{First, Start};
use super::{Delivery, Source};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::event::Event;

/// The interval at which the consumer is polled: the library may not report that it was cut off.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A replay that goes over into live events.
pub(super) struct Replay {
    source: Source,
    policy: DeliverPolicy,
    /// The lowest sequence that is wanted.
    first: First,
    /// Events that this covers are left out.
    after: Option<Checkpoint>,
    /// Events with lower positions are left out.
    from: Option<Position>,
    messages: Option<Box<Ordered>>,
    /// How often the connection had been made when the consumer was made.
    connects: u64,
    /// The number of events that waited after the last one that was read; none before the first.
    waiting: Option<u64>,
    /// The server was asked how many wait, since the last event that was read.
    is_asked: bool,
    /// An event that was read when earlier ones were found to be missing.
    held: Option<Delivery>,
}

impl Replay {
    pub(super) async fn begin(source: Source, start: Start) -> Result<Self, Error> {
        let (policy, first) = source.deliver_policy(start).await?;
        let after = match start {
            Start::After(checkpoint) => Some(checkpoint),
            Start::Beginning | Start::Now | Start::Time(_) => None,
        };
        let mut replay = Self {
            source,
            policy,
            first,
            after,
            from: None,
            messages: None,
            connects: 0,
            waiting: None,
            is_asked: false,
            held: None,
        };
        replay.open().await?;
        Ok(replay)
    }

    pub(super) fn beginning_at(self, position: Position) -> Self {
        Self {
            from: Some(position),
            ..self
        }
    }

    /// Opens the consumer behind the last event; an error if fewer events wait there than did, and then it is open.
    async fn open(&mut self) -> Result<(), Error> {
        let Source {
            context,
            stream,
            retries,
            ..
        } = &self.source;
        let (filter_subject, filter_subjects) = self.source.filter();
        let connects = self.connects_now();
        let make = || async {
            let config = OrderedConfig {
                filter_subject: filter_subject.clone(),
                filter_subjects: filter_subjects.clone(),
                deliver_policy: self.policy,
                ..OrderedConfig::default()
            };
            let consumer = context.create_consumer_on_stream(config, stream).await;
            let consumer = consumer.map_err(|error| not_read(stream, error))?;
            let pending = consumer.cached_info().num_pending;
            let messages = consumer.messages().await;
            let messages = messages.map_err(|error| not_read(stream, error))?;
            Ok((pending, messages))
        };
        let (pending, messages) = retries.run(make).await?;
        self.connects = connects;
        self.messages = Some(Box::new(messages));
        let waited = self.waiting.replace(pending).unwrap_or_default();
        match waited.saturating_sub(pending) {
            0 => Ok(()),
            removed => Err(Error::Removed { at_least: removed }),
        }
    }

    /// How often the connection has been made so far.
    fn connects_now(&self) -> u64 {
        let statistics = self.source.context.client().statistics();
        statistics.connects.load(Ordering::Relaxed)
    }

    pub(super) async fn next(&mut self) -> Result<Delivery, Error> {
        loop {
            if let Some(held) = self.held.take() {
                return Ok(held);
            }
            let Some(messages) = &mut self.messages else {
                self.open().await?;
                continue;
            };
            match timeout(LOOK_EVERY, messages.next()).await {
                // A server that was restarted has forgotten the consumer, and the library finds it out late.
                Err(_) if self.connects != self.connects_now() => self.messages = None,
                Err(_) if self.waiting > Some(0) && !self.is_asked => {
                    self.is_asked = true;
                    self.messages = None;
                }
                Err(_) => {}
                Ok(Some(Ok(message))) => {
                    if let Some(delivery) = self.take(message)? {
                        return Ok(delivery);
                    }
                }
                // It is made anew behind the last event; the cause is known then.
                Ok(Some(Err(error))) => {
                    tracing::debug!(%error, "the events are read anew");
                    self.messages = None;
                }
                Ok(None) => self.messages = None,
            }
        }
    }

    /// The event of a message; none if it is not wanted.
    fn take(&mut self, message: async_nats::jetstream::Message) -> Result<Option<Delivery>, Error> {
        let Ok(info) = message.info() else {
            return Ok(None);
        };
        let (sequence, pending) = (info.stream_sequence, info.pending);
        // A consumer that the library makes anew before its first message begins with the whole stream.
        let is_before = sequence < self.first
            || matches!(self.policy, DeliverPolicy::ByStartTime { start_time } if info.published < start_time);
        if is_before {
            return Ok(None);
        }
        let delivery = Delivery::of(message);
        if let Err(error) = self.is_of_its_log(&delivery.event) {
            // Read anew, the event is there again.
            self.messages = None;
            return Err(error);
        }
        self.first = sequence + 1;
        self.policy = DeliverPolicy::ByStartSequence {
            start_sequence: self.first,
        };
        let removed = removed(self.waiting.unwrap_or_default(), pending);
        self.waiting = Some(pending);
        self.is_asked = false;
        if self.is_left_out(&delivery.event) {
            return Ok(None);
        }
        if removed == 0 {
            return Ok(Some(delivery));
        }
        self.held = Some(delivery);
        Err(Error::Removed { at_least: removed })
    }

    /// An error if the checkpoint belongs to another log.
    fn is_of_its_log(&self, event: &Event) -> Result<(), Error> {
        match (self.after, &event.origin) {
            (Some(after), Some(origin)) if !after.is_of_log(origin.id) => {
                Err(Error::OtherLog { event: origin.id })
            }
            _ => Ok(()),
        }
    }

    fn is_left_out(&self, event: &Event) -> bool {
        let is_covered = self.after.is_some_and(|after| after.covers_event(event));
        let is_earlier = |from| event.position().is_some_and(|position| position < from);
        is_covered || self.from.is_some_and(is_earlier)
    }
}

/// How many events were removed from the stream unread, if `waited` were waiting and `waiting` wait after one was
/// read. New events only increase the latter.
fn removed(waited: u64, waiting: u64) -> u64 {
    waited.saturating_sub(1).saturating_sub(waiting)
}

#[cfg(test)]
mod tests {
    use super::removed;

    #[test]
    fn what_left_the_stream_unread_is_counted_and_what_came_is_not() {
        assert_eq!(removed(0, 0), 0);
        assert_eq!(removed(10, 9), 0);
        assert_eq!(removed(10, 25), 0);
        assert_eq!(removed(10, 4), 5);
    }
}
