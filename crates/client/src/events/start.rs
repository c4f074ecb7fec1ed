//! Where reading begins.

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::DeliverPolicy;
use plansync_protocol::{Time, cloud_event};

use super::Source;
use super::fault::not_read;
use crate::checkpoint::Checkpoint;
use crate::error::Error;

/// Where reading begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Start {
    /// With the first event that the stream has.
    Beginning,
    /// With the next event that is published.
    Now,
    /// With the first event that the stream stored at this time or later.
    Time(Time),
    /// With the first event that this checkpoint does not cover.
    After(Checkpoint),
}

/// The sequence with which reading begins; events with lower ones are left out.
pub(super) type First = u64;

impl Source {
    /// Where a consumer begins. The stream is asked only if that is needed.
    pub(super) async fn deliver_policy(
        &self,
        start: Start,
    ) -> Result<(DeliverPolicy, First), Error> {
        let by_sequence = |start_sequence| {
            let policy = DeliverPolicy::ByStartSequence { start_sequence };
            Ok((policy, start_sequence))
        };
        match start {
            Start::Beginning => by_sequence(1),
            Start::Now => by_sequence(self.last_sequence().await? + 1),
            Start::Time(time) => {
                let nanos = i128::from(time.micros()) * 1_000;
                let start_time = async_nats::datetime::from_nanos(nanos);
                let start_time = start_time.map_err(|error| not_read(&self.stream, error))?;
                Ok((DeliverPolicy::ByStartTime { start_time }, 1))
            }
            Start::After(checkpoint) => by_sequence(self.sequence_after(checkpoint).await),
        }
    }

    async fn last_sequence(&self) -> Result<u64, Error> {
        let ask = || async {
            let stream = self.context.get_stream(&self.stream).await;
            stream.map_err(|error| not_read(&self.stream, error))
        };
        let stream = self.retries.run(ask).await?;
        Ok(stream.cached_info().state.last_sequence)
    }

    /// The sequence behind the event of a checkpoint; that of the first event if the event is not there. A stream
    /// that was made anew has other events under the same sequences.
    async fn sequence_after(&self, checkpoint: Checkpoint) -> u64 {
        let Some(sequence) = checkpoint.sequence() else {
            return 1;
        };
        match self.id_at(sequence).await {
            Some(id) if id == checkpoint.event().to_string() => sequence + 1,
            Some(_) | None => 1,
        }
    }

    async fn id_at(&self, sequence: u64) -> Option<String> {
        let stream = self.context.get_stream_no_info(&self.stream).await.ok()?;
        let message = stream.get_raw_message(sequence).await.ok()?;
        let headers: &HeaderMap = &message.headers;
        Some(headers.get(cloud_event::ID)?.as_str().to_owned())
    }
}
