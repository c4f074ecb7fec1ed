//! Finds where in a stream a subscriber starts.
//!
//! Positions of the log increase along the stream, so the first event at or after a position is found
//! by halving.

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};

use super::error::server;
use super::{EventSource, StartAt, SubscriberError};
use crate::resume::PublishedEvent;
use crate::stream_end::published_event;

/// The delivery policy of the server for a start.
pub(super) async fn start(
    stream: &Stream,
    source: EventSource,
    from: StartAt,
) -> Result<DeliverPolicy, SubscriberError> {
    Ok(match from {
        StartAt::Beginning => DeliverPolicy::All,
        StartAt::Now => DeliverPolicy::New,
        StartAt::Sequence(sequence) => at_sequence(sequence),
        StartAt::Time(time) => {
            let nanos = i128::from(time.timestamp()) * 1_000_000_000
                + i128::from(time.timestamp_subsec_nanos());
            let start_time =
                async_nats::datetime::from_nanos(nanos).map_err(|error| server(source, error))?;
            DeliverPolicy::ByStartTime { start_time }
        }
        StartAt::Position(position) => {
            let search = Search { stream, source };
            at_sequence(search.first_at(position).await?)
        }
    })
}

fn at_sequence(sequence: u64) -> DeliverPolicy {
    DeliverPolicy::ByStartSequence {
        // The server counts from 1.
        start_sequence: sequence.max(1),
    }
}

/// A search in a stream.
struct Search<'a> {
    stream: &'a Stream,
    source: EventSource,
}

impl Search<'_> {
    /// The sequence of the first event at a position or after it; that after the last event if there
    /// is none.
    async fn first_at(&self, position: u64) -> Result<u64, SubscriberError> {
        let info = self.stream.get_info().await;
        let state = info.map_err(|error| server(self.source, error))?.state;
        let (mut low, mut high) = (state.first_sequence.max(1), state.last_sequence + 1);
        let first = self.event_from(low).await?;
        let last = self.event_back_from(state.last_sequence, low).await?;
        if let (Some((_, first)), Some(last)) = (first, last)
            && first.name != last.name
        {
            let stream = self.source.stream();
            return Err(SubscriberError::Ambiguous { stream, position });
        }
        // Every event before `low` is before the position, and every event from `high` on is not.
        while low < high {
            let middle = low + (high - low) / 2;
            match self.event_from(middle).await? {
                Some((sequence, event)) if sequence < high => {
                    if event.position.get() < position {
                        low = sequence + 1;
                    } else {
                        high = middle;
                    }
                }
                Some(_) | None => high = middle,
            }
        }
        Ok(low)
    }

    /// The first event at a sequence or after it; messages of others are passed over.
    async fn event_from(
        &self,
        mut sequence: u64,
    ) -> Result<Option<(u64, PublishedEvent)>, SubscriberError> {
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
            if let Some(event) = event {
                return Ok(Some((message.sequence, event)));
            }
            sequence = message.sequence + 1;
        }
    }

    /// The last event at a sequence or before it.
    async fn event_back_from(
        &self,
        last: u64,
        first: u64,
    ) -> Result<Option<PublishedEvent>, SubscriberError> {
        for sequence in (first..=last).rev() {
            if let Some((_, event)) = self.event_from(sequence).await? {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }
}
