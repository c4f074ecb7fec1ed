//! Durable subscribers: one pull consumer on an event stream for each program that must miss no event.
//!
//! They are managed over a connection of the engine's account. The server keeps the place of each
//! subscriber; metadata of the consumer states that plansync made it, and for which tenant. Consumers
//! that others made are never changed.

mod consumer;
mod error;
mod moving;
mod names;
mod place;
mod request;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::Info;
use async_nats::jetstream::context::ConsumerInfoErrorKind;
use async_nats::jetstream::stream::{ConsumerErrorKind, Stream};
use futures_util::TryStreamExt as _;
use tokio::sync::watch;

use crate::client_connection::ClientConnection;
use crate::connection_status::ConnectionStatus;
use crate::permitted::permitted;
use crate::streams::Streams;
use consumer::{config, same_or_different, subscriber};
pub use error::SubscriberError;
pub(crate) use error::is_missing;
use error::server;
use moving::{Move, is_no_consumer};
pub use request::{
    EventSource, NotASubscriber, StartAt, SubscriberName, SubscriberRequest, UNACKNOWLEDGED_MAX,
};

/// What `add` found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// The subscriber was made.
    Made,
    /// An equal one existed; nothing was changed.
    Existed,
    /// An equal one existed, and the move to its start, which had been interrupted, was finished.
    Finished,
}

/// A durable subscriber, and how far it is behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Its name, which is that of its consumer.
    pub name: String,
    /// The tenant whose events it receives.
    pub tenant: String,
    /// The kinds of events, such as `sync` or `sync.completed`; empty for all.
    pub kinds: Vec<String>,
    /// The stream that it reads.
    pub stream: &'static str,
    /// Where it was last moved to: by `reset`, or when it was added.
    pub from: String,
    /// The start that was requested when it was added.
    pub added_from: String,
    /// The sequence to which a move was begun and not finished. Where it is instead is told by `lag`.
    pub moving_to: Option<u64>,
    /// How its consumer differs from the one that plansync makes, in words: somebody else has changed it.
    pub differences: Vec<String>,
    /// The time within which an event must be acknowledged before it is delivered again, in seconds.
    pub ack_wait_seconds: u64,
    /// How many events may wait for acknowledgement at a time.
    pub ack_pending_max: i64,
    /// How far it is behind.
    pub lag: Lag,
}

/// How far a subscriber is behind: what metrics and `plansync subscriber list` show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// Events that were not delivered yet.
    pub pending: u64,
    /// Events that were delivered and not acknowledged.
    pub ack_pending: u64,
    /// Of these, how many were delivered more than once.
    pub redelivered: u64,
    /// The sequence up to which everything is acknowledged.
    pub acknowledged_sequence: u64,
    /// The sequence of the last event that was delivered.
    pub delivered_sequence: u64,
    /// When an event was last delivered, in microseconds since 1970.
    pub delivered_at_micros: Option<i64>,
    /// Requests for events that wait: 0 if no program of this subscriber is running.
    pub waiting: u64,
}

impl Lag {
    /// Events that are not acknowledged, delivered or not.
    pub fn events(&self) -> u64 {
        self.pending.saturating_add(self.ack_pending)
    }
}

/// The durable subscribers of an account.
#[derive(Clone)]
pub struct Subscribers {
    context: Context,
    /// What the server refuses to the user of the connection.
    status: watch::Receiver<ConnectionStatus>,
}

impl ClientConnection {
    /// The durable subscribers of the account of this connection.
    pub fn subscribers(&self) -> Subscribers {
        Subscribers {
            context: self.jetstream().clone(),
            status: self.status(),
        }
    }
}

impl Streams {
    /// The durable subscribers of these streams, whose [`Lag`] metrics show.
    pub fn subscribers(&self) -> Subscribers {
        Subscribers {
            context: self.context().clone(),
            // The engine reports what it is refused.
            status: watch::channel(ConnectionStatus::default()).1,
        }
    }
}

impl Subscribers {
    /// Adds a subscriber. If there is an equal one, nothing is changed; it keeps its place.
    pub async fn add(&self, request: &SubscriberRequest) -> Result<Added, SubscriberError> {
        permitted(&self.status, self.added(request)).await?
    }

    /// All subscribers that plansync made, by tenant and name; those of one tenant if it is given.
    pub async fn list(&self, tenant: Option<&str>) -> Result<Vec<Subscriber>, SubscriberError> {
        permitted(&self.status, self.listed(tenant)).await?
    }

    /// The subscriber of this name.
    pub async fn get(&self, name: &SubscriberName) -> Result<Subscriber, SubscriberError> {
        let found = permitted(&self.status, self.found(name)).await?;
        Ok(found?.subscriber)
    }

    /// Removes a subscriber, and the place that it had reached.
    pub async fn remove(&self, name: &SubscriberName) -> Result<Subscriber, SubscriberError> {
        permitted(&self.status, self.removed(name)).await?
    }

    /// Sets a subscriber back or ahead to a start. Its consumer stays; events that were delivered and
    /// not acknowledged are forgotten.
    pub async fn reset(
        &self,
        name: &SubscriberName,
        from: StartAt,
    ) -> Result<Subscriber, SubscriberError> {
        permitted(&self.status, self.moved(name, from)).await?
    }

    async fn added(&self, request: &SubscriberRequest) -> Result<Added, SubscriberError> {
        let (source, name) = (request.source, &request.name);
        let stream = self.stream(source).await?;
        if let Some(found) = self.consumer(&stream, source, name).await? {
            return self.existing(&found, request).await;
        }
        self.refuse_names_of_others(request, &stream).await?;
        let start = match request.from {
            StartAt::Beginning => None,
            from @ (StartAt::Now
            | StartAt::Position(_)
            | StartAt::Sequence(_)
            | StartAt::Time(_)) => {
                self.refuse_old_server()?;
                Some(place::start(&stream, source, from).await?)
            }
        };
        match stream.create_consumer_strict(config(request, start)).await {
            Ok(_) => {}
            Err(error) => {
                return match self.consumer(&stream, source, name).await? {
                    // Somebody else made it in the same moment.
                    Some(found) => self.existing(&found, request).await,
                    None => Err(server(source, error)),
                };
            }
        }
        if let Some(sequence) = start {
            Move::to(source, name, sequence).go(&self.context).await?;
        }
        Ok(Added::Made)
    }

    /// What is to be done about a consumer that exists.
    async fn existing(
        &self,
        found: &Info,
        request: &SubscriberRequest,
    ) -> Result<Added, SubscriberError> {
        match same_or_different(found, request)?.moving_to {
            None => Ok(Added::Existed),
            Some(sequence) => {
                self.refuse_old_server()?;
                let again = Move::to(request.source, &request.name, sequence);
                again.go(&self.context).await?;
                Ok(Added::Finished)
            }
        }
    }

    async fn listed(&self, tenant: Option<&str>) -> Result<Vec<Subscriber>, SubscriberError> {
        let mut found = Vec::new();
        for source in EventSource::ALL {
            let stream = match self.stream(source).await {
                Err(SubscriberError::NoStream { .. }) if source != EventSource::Engine => continue,
                stream => stream?,
            };
            let infos: Vec<_> = stream
                .consumers()
                .try_collect()
                .await
                .map_err(|error| server(source, error))?;
            found.extend(infos.iter().filter_map(|info| subscriber(info, source)));
        }
        found.retain(|one| tenant.is_none_or(|tenant| one.tenant == tenant));
        found.sort_by(|one, other| (&one.tenant, &one.name).cmp(&(&other.tenant, &other.name)));
        Ok(found)
    }

    async fn removed(&self, name: &SubscriberName) -> Result<Subscriber, SubscriberError> {
        let found = self.found(name).await?;
        match found.stream.delete_consumer(name.as_str()).await {
            Ok(_) => Ok(found.subscriber),
            Err(error) => {
                let kind = error.kind();
                if matches!(&kind, ConsumerErrorKind::JetStream(error) if is_no_consumer(error)) {
                    let name = name.to_string();
                    return Err(SubscriberError::Gone { name });
                }
                Err(server(found.source, error))
            }
        }
    }

    async fn moved(
        &self,
        name: &SubscriberName,
        from: StartAt,
    ) -> Result<Subscriber, SubscriberError> {
        let found = self.found(name).await?;
        self.refuse_old_server()?;
        let sequence = place::start(&found.stream, found.source, from).await?;
        let mut again = Move::to(found.source, name, sequence);
        again.announce(&self.context, from).await?;
        again.go(&self.context).await?;
        match self.found(name).await {
            Ok(found) => Ok(found.subscriber),
            Err(SubscriberError::NotFound { name }) => Err(SubscriberError::Gone { name }),
            Err(error) => Err(error),
        }
    }

    async fn found(&self, name: &SubscriberName) -> Result<FoundConsumer, SubscriberError> {
        let mut of_others = None;
        for source in EventSource::ALL {
            let stream = match self.stream(source).await {
                Err(SubscriberError::NoStream { .. }) if source != EventSource::Engine => continue,
                stream => stream?,
            };
            let Some(info) = self.consumer(&stream, source, name).await? else {
                continue;
            };
            match subscriber(&info, source) {
                Some(subscriber) => {
                    return Ok(FoundConsumer {
                        subscriber,
                        stream,
                        source,
                    });
                }
                None => of_others = Some(source.stream()),
            }
        }
        let name = name.to_string();
        Err(match of_others {
            Some(stream) => SubscriberError::OfOthers { stream, name },
            None => SubscriberError::NotFound { name },
        })
    }

    async fn stream(&self, source: EventSource) -> Result<Stream, SubscriberError> {
        let found = self.context.get_stream(source.stream()).await;
        found.map_err(|error| {
            if is_missing(&error) {
                SubscriberError::NoStream {
                    stream: source.stream(),
                    made_by: source.made_by(),
                }
            } else {
                server(source, error)
            }
        })
    }

    async fn consumer(
        &self,
        stream: &Stream,
        source: EventSource,
        name: &SubscriberName,
    ) -> Result<Option<Info>, SubscriberError> {
        match stream.consumer_info(name.as_str()).await {
            Ok(info) => Ok(Some(info)),
            Err(error) if error.kind() == ConsumerInfoErrorKind::NotFound => Ok(None),
            Err(error) => Err(server(source, error)),
        }
    }
}

/// A consumer that plansync made.
struct FoundConsumer {
    subscriber: Subscriber,
    stream: Stream,
    source: EventSource,
}
