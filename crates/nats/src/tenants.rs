//! The tenants of the latest events, for users who may read the event stream.

use std::collections::BTreeSet;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use futures_util::StreamExt as _;

use crate::client_connection::ClientConnection;
use crate::connection_status::EVENT_SUBJECTS;
use crate::streams::EVENTS;
use crate::witness::ReadError;

/// The number of events that are examined.
const EVENTS_SEEN: u64 = 500;
/// The time within which the server must send them.
const WAIT: Duration = Duration::from_millis(300);
/// How long the server keeps the consumer that reads them.
const KEPT: Duration = Duration::from_secs(5);

impl ClientConnection {
    /// The tenants of the latest 500 events, in alphabetical order.
    ///
    /// # Errors
    ///
    /// The stream does not exist, or this user may not read it.
    pub async fn recent_tenants(&self) -> Result<Vec<String>, ReadError> {
        let stream = self.jetstream().get_stream(EVENTS).await;
        let stream = stream.map_err(ReadError::of)?;
        let last = stream.cached_info().state.last_sequence;
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: last.saturating_sub(EVENTS_SEEN) + 1,
            },
            ack_policy: AckPolicy::None,
            headers_only: true,
            inactive_threshold: KEPT,
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let consumer = stream.create_consumer(config).await;
        let consumer = consumer.map_err(ReadError::of)?;
        let fetched = consumer
            .fetch()
            .max_messages(usize::try_from(EVENTS_SEEN).unwrap_or(usize::MAX))
            .expires(WAIT)
            .messages();
        let mut messages = fetched.await.map_err(ReadError::of)?;
        let mut tenants = BTreeSet::new();
        while let Some(Ok(message)) = messages.next().await {
            let tail = message.subject.strip_prefix(EVENT_SUBJECTS);
            tenants.extend(tail.and_then(|it| it.split('.').next()).map(str::to_owned));
        }
        Ok(tenants.into_iter().collect())
    }
}
