//! Watches events, and reports how many were missed.
//!
//! Events are read from their stream, so that a reader that is slow or disconnected continues where
//! it was. A user who may only subscribe receives them as they are published, and is told when some
//! may have been missed.

use std::time::Duration;

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::{Context, Message};
use async_nats::{HeaderMap, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::client::{Client, ClientError};
use crate::connection_status::{ConnectionStatus, EVENT_SUBJECTS};
use crate::filter::Undeliverable;
use crate::streams::EVENTS;

/// The interval at which the consumer is checked: the library may not report that it was cut off.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// An event as it was published.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its subject.
    pub subject: String,
    /// Its headers, with names as sent.
    pub headers: Vec<(String, String)>,
    /// Its encoded body.
    pub body: Bytes,
}

impl Event {
    /// The value of a header with exactly this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name)?;
        Some(&found.1)
    }
}

/// Which events are watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchFrom {
    /// Those that are published from now on.
    Now,
    /// First those in the stream, then those that follow.
    Start,
}

/// One item of a watch.
#[derive(Debug)]
pub enum Watched {
    /// The next event.
    Event(Event),
    /// Some events before the next one will not be seen.
    Missing(Missing),
}

/// Events that will not be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// At least this many were removed from the stream before they were read.
    Removed(u64),
    /// An unknown number: the connection was cut or too slow, and the stream may not be read.
    Unknown,
}

/// A watch of events.
pub struct Watch(Source);

enum Source {
    Live(Live),
    Stored(Box<StoredEvents>),
}

struct Live {
    subject: String,
    subscription: Subscriber,
    status: watch::Receiver<ConnectionStatus>,
    /// The number of losses of the connection that were reported.
    losses_reported: u64,
}

struct StoredEvents {
    messages: pull::Ordered,
    /// The first sequence that was requested.
    from: u64,
    /// The number of events that were waiting after the last one that was read.
    waiting: u64,
    /// An event that was read when earlier ones were found to be missing.
    next: Option<Event>,
}

impl Client {
    /// Watches the events whose subjects match `plansync.v1.evt.<tail>`.
    pub async fn watch(&self, tail: &str, from: WatchFrom) -> Result<Watch, ClientError> {
        let subject = format!("{EVENT_SUBJECTS}{tail}");
        self.status_sender()
            .send_modify(|status| status.is_inbox_optional = true);
        match from {
            WatchFrom::Start => self.stored(subject, from).await,
            WatchFrom::Now => {
                // Subscribed first, so that nothing is missed if the stream turns out not to be
                // readable.
                let live = self.live(subject.clone()).await?;
                match self.stored(subject, from).await {
                    Ok(stored) => Ok(stored),
                    Err(error) => {
                        tracing::debug!(
                            %error,
                            "the event stream cannot be read; only events published from now on are shown"
                        );
                        Ok(live)
                    }
                }
            }
        }
    }

    async fn live(&self, subject: String) -> Result<Watch, ClientError> {
        let failed = |source| ClientError::Watch { source };
        let mut status = self.status();
        let losses_reported = status.borrow_and_update().losses;
        let nats = self.jetstream().client();
        let subscription = nats.subscribe(subject.clone()).await;
        let subscription = subscription.map_err(|error| failed(error.into()))?;
        // After this, the subscription receives everything.
        nats.flush().await.map_err(|error| failed(error.into()))?;
        Ok(Watch(Source::Live(Live {
            subject,
            subscription,
            status,
            losses_reported,
        })))
    }

    async fn stored(&self, subject: String, from: WatchFrom) -> Result<Watch, ClientError> {
        let mut status = self.status();
        let denials = status.borrow_and_update().denials;
        let denied =
            status.wait_for(|status| status.denials > denials || status.inbox_refusal().is_some());
        let begun = tokio::select! {
            begun = StoredEvents::begin(self.jetstream(), subject, from) => begun,
            Ok(status) = denied => {
                let why = status.inbox_refusal();
                let why = why.map_or(String::new(), |why| format!(" ({why})"));
                Err(format!("this user has no permission to read the event stream{why}").into())
            }
        };
        let stored = begun.map_err(|source| ClientError::Watch { source })?;
        self.status_sender()
            .send_modify(|status| status.is_inbox_optional = false);
        Ok(Watch(Source::Stored(Box::new(stored))))
    }
}

impl Watch {
    /// The next item, however long it takes; `None` if the connection is closed for good.
    pub async fn next(&mut self) -> Option<Result<Watched, ClientError>> {
        match &mut self.0 {
            Source::Live(live) => live.next().await,
            Source::Stored(stored) => stored.next().await,
        }
    }
}

impl Live {
    async fn next(&mut self) -> Option<Result<Watched, ClientError>> {
        let (subject, reported) = (&self.subject, self.losses_reported);
        let is_disturbed =
            |status: &ConnectionStatus| status.losses > reported || status.is_refused(subject);
        tokio::select! {
            biased;
            Ok(status) = self.status.wait_for(is_disturbed) => {
                // A loss while the reader handled an event counts too.
                self.losses_reported = status.losses;
                Some(if status.is_refused(subject) {
                    Err(not_permitted(subject))
                } else {
                    Ok(Watched::Missing(Missing::Unknown))
                })
            }
            message = self.subscription.next() => {
                message.map(|message| Ok(Watched::Event(event(&message))))
            }
        }
    }
}

fn not_permitted(subject: &str) -> ClientError {
    let tail = subject.strip_prefix(EVENT_SUBJECTS).unwrap_or(subject);
    let tenants = match tail.split('.').next().unwrap_or_default() {
        "*" => "all tenants".to_owned(),
        tenant => format!("tenant {tenant}"),
    };
    ClientError::EventsNotPermitted {
        tenants,
        subject: subject.to_owned(),
    }
}

impl StoredEvents {
    async fn begin(
        jetstream: &Context,
        subject: String,
        from: WatchFrom,
    ) -> Result<Self, async_nats::Error> {
        let from = match from {
            WatchFrom::Start => 1,
            WatchFrom::Now => {
                let stream = jetstream.get_stream(EVENTS).await?;
                stream.cached_info().state.last_sequence + 1
            }
        };
        let config = pull::OrderedConfig {
            filter_subject: subject,
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: from,
            },
            ..pull::OrderedConfig::default()
        };
        let consumer = jetstream.create_consumer_on_stream(config, EVENTS).await?;
        let waiting = consumer.cached_info().num_pending;
        Ok(Self {
            messages: consumer.messages().await?,
            from,
            waiting,
            next: None,
        })
    }

    async fn next(&mut self) -> Option<Result<Watched, ClientError>> {
        if let Some(event) = self.next.take() {
            return Some(Ok(Watched::Event(event)));
        }
        let failed = |source| Some(Err(ClientError::Watch { source }));
        loop {
            let Ok(message) = timeout(CHECK_INTERVAL, self.messages.next()).await else {
                continue;
            };
            let message = match message? {
                Ok(message) => message,
                Err(error) => return failed(error.into()),
            };
            match self.take(&message) {
                Ok(Some(watched)) => return Some(Ok(watched)),
                Ok(None) => {}
                Err(error) => return failed(error),
            }
        }
    }

    /// The item of a message; `None` if it was not requested.
    fn take(&mut self, message: &Message) -> Result<Option<Watched>, async_nats::Error> {
        let info = message.info()?;
        // A consumer that is recreated before its first message begins with the whole stream.
        if info.stream_sequence < self.from {
            return Ok(None);
        }
        self.from = info.stream_sequence + 1;
        let removed = removed(self.waiting, info.pending);
        self.waiting = info.pending;
        let event = event(message);
        if removed == 0 {
            return Ok(Some(Watched::Event(event)));
        }
        self.next = Some(event);
        Ok(Some(Watched::Missing(Missing::Removed(removed))))
    }
}

/// How many events were removed from the stream before they were read: `before` were waiting before
/// one was read, and `after` are waiting after it. New events only increase `after`.
fn removed(before: u64, after: u64) -> u64 {
    before.saturating_sub(1).saturating_sub(after)
}

pub(crate) fn event(message: &async_nats::Message) -> Event {
    if let Some(undeliverable) = Undeliverable::of(message) {
        return Event {
            subject: undeliverable.subject_escaped(),
            headers: Vec::new(),
            body: undeliverable.body(),
        };
    }
    let headers = message.headers.iter().flat_map(HeaderMap::iter);
    Event {
        subject: message.subject.to_string(),
        headers: headers
            .filter_map(|(name, values)| {
                Some((name.to_string(), values.first()?.as_str().to_owned()))
            })
            .collect(),
        body: message.payload.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::removed;

    #[test]
    fn events_removed_unread_are_counted_and_new_events_are_not() {
        assert_eq!(removed(0, 0), 0);
        assert_eq!(removed(10, 9), 0);
        assert_eq!(removed(10, 25), 0);
        assert_eq!(removed(10, 4), 5);
    }
}
