//! Finds where in a stream a subscriber starts.
//!
//! Positions of the log and times increase along the stream, so the first event at or after one of them is found by
//! halving.

use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};

use super::error::server;
use super::{EventSource, StartAt, SubscriberError};
use crate::resume::PublishedEvent;
use crate::stream_end::published_event;

/// The sequence of the stream at which a subscriber starts: at most the one after the last event.
pub(super) async fn start(
    stream: &Stream,
    source: EventSource,
    from: StartAt,
) -> Result<u64, SubscriberError> {
    let info = stream.get_info().await;
    let state = info.map_err(|error| server(source, error))?.state;
    let (first, end) = (
        state.first_sequence.max(1),
        state.last_sequence.saturating_add(1),
    );
    let search = Search {
        stream,
        source,
        first,
        end,
    };
    match from {
        StartAt::Beginning => Ok(first),
        StartAt::Now => Ok(end),
        StartAt::Sequence(sequence) => Ok(sequence.clamp(1, end)),
        StartAt::Time(time) => {
            let nanos = i128::from(time.timestamp()) * 1_000_000_000
                + i128::from(time.timestamp_subsec_nanos());
            search
                .first_not_before(|event| event.message.time.unix_timestamp_nanos() < nanos)
                .await
        }
        StartAt::Position(position) => {
            search.refuse_restored(position).await?;
            search
                .first_not_before(|event| event.published.position.get() < position)
                .await
        }
    }
}

/// A search in a stream.
struct Search<'a> {
    stream: &'a Stream,
    source: EventSource,
    /// The first sequence.
    first: u64,
    /// The sequence after the last one.
    end: u64,
}

/// An event in the stream.
struct Found {
    message: StreamMessage,
    published: PublishedEvent,
}

impl Search<'_> {
    /// The sequence of the first event of which `is_before` is not true; that after the last event if there is none.
    async fn first_not_before(
        &self,
        is_before: impl Fn(&Found) -> bool,
    ) -> Result<u64, SubscriberError> {
        let (mut low, mut high) = (self.first, self.end);
        // Every event before `low` is before the place, and every event from `high` on is not.
        while low < high {
            let middle = low + (high - low) / 2;
            match self.event_from(middle).await? {
                Some(event) if event.message.sequence < high => {
                    if is_before(&event) {
                        low = event.message.sequence + 1;
                    } else {
                        high = middle;
                    }
                }
                Some(_) | None => high = middle,
            }
        }
        Ok(low)
    }

    /// Refuses a position in a stream with events of several incarnations, in which it may occur twice.
    async fn refuse_restored(&self, position: u64) -> Result<(), SubscriberError> {
        let first = self.event_from(self.first).await?;
        let last = self.last_event().await?;
        match (first, last) {
            (Some(first), Some(last)) if first.published.name != last.published.name => {
                let stream = self.source.stream();
                Err(SubscriberError::Ambiguous { stream, position })
            }
            _ => Ok(()),
        }
    }

    /// The first event at a sequence or after it; messages of others are passed over.
    async fn event_from(&self, mut sequence: u64) -> Result<Option<Found>, SubscriberError> {
        let subjects = format!("{}>", self.source.subjects());
        loop {
            let found = self
                .stream
                .get_first_raw_message_by_subject(&subjects, sequence)
                .await;
            let message = match found {
                Ok(message) => message,
                Err(error) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => {
                    return Ok(None);
                }
                Err(error) => return Err(server(self.source, error)),
            };
            let headers = &message.headers;
            let event =
                published_event(|name| headers.get(name).map(async_nats::HeaderValue::as_str));
            if let Some(published) = event {
                return Ok(Some(Found { message, published }));
            }
            sequence = message.sequence + 1;
        }
    }

    /// The last event.
    async fn last_event(&self) -> Result<Option<Found>, SubscriberError> {
        for sequence in (self.first..self.end).rev() {
            if let Some(event) = self.event_from(sequence).await? {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }
}
