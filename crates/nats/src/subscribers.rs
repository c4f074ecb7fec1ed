//! Durable subscribers: one pull consumer on an event stream for each program that must miss no event.
//!
//! They are managed over a connection of the engine's account. The server keeps the place of each
//! subscriber; metadata of the consumer states that plansync made it, and for which tenant. Consumers
//! that others made are never changed.

mod place;
mod request;

use async_nats::jetstream::consumer::{self, AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::context::{ConsumerInfoErrorKind, GetStreamError, GetStreamErrorKind};
use async_nats::jetstream::stream::Stream;
use async_nats::jetstream::{Context, ErrorCode};
use futures_util::TryStreamExt as _;

use crate::client::Client;
use crate::streams::Streams;
pub use request::{
    EventSource, NotASubscriber, StartAt, SubscriberName, SubscriberRequest, UNACKNOWLEDGED_MAX,
};

/// The key in the metadata of a consumer that names the tenant.
const TENANT: &str = "plansync-subscriber";
/// The key that lists the kinds of events; empty for all.
const KINDS: &str = "plansync-kinds";
/// The key with the start that was requested when the subscriber was added.
const FROM: &str = "plansync-from";

/// Why a subscriber was not added, listed, removed or reset.
#[derive(Debug, thiserror::Error)]
pub enum SubscriberError {
    /// The stream does not exist in this account.
    #[error(
        "this NATS account has no stream {stream}; connect as the user of the engine's account{made_by}"
    )]
    NoStream {
        /// The stream.
        stream: &'static str,
        /// What creates it.
        made_by: &'static str,
    },
    /// There is no such subscriber.
    #[error("there is no subscriber {name}; `plansync subscriber list` shows all of them")]
    NotFound {
        /// The name.
        name: String,
    },
    /// It exists, but differs from what was requested.
    #[error(
        "the subscriber {name} exists and has {differences}; nothing was changed. Remove it first \
         (`plansync subscriber remove {name}`), which loses its place, or choose another name"
    )]
    Different {
        /// The name.
        name: String,
        /// What differs, in words.
        differences: String,
    },
    /// A consumer of this name was not made by plansync.
    #[error(
        "the stream {stream} has a consumer {name} that plansync did not make; it was not changed. \
         Choose another name, or remove it with `nats consumer rm {stream} {name}`"
    )]
    OfOthers {
        /// The stream.
        stream: &'static str,
        /// The name.
        name: String,
    },
    /// The stream holds events of several incarnations, so that a position may occur twice in it.
    #[error(
        "the stream {stream} holds events of a log before and after it was restored, so position \
         {position} may occur twice in it; start at a sequence or a time instead"
    )]
    Ambiguous {
        /// The stream.
        stream: &'static str,
        /// The position that was requested.
        position: u64,
    },
    /// It was removed to be reset, but could not be made again.
    #[error(
        "the subscriber {name} was removed to be reset, but could not be made again; no event was \
         lost: make it with `plansync subscriber add` and the same `--from`"
    )]
    NotRemade {
        /// The name.
        name: String,
        /// The server's message.
        source: async_nats::Error,
    },
    /// The server did not answer, or refused.
    #[error(
        "the consumers of the stream {stream} could not be read or changed; this needs a user of the \
         engine's account that may use its JetStream"
    )]
    Server {
        /// The stream.
        stream: &'static str,
        /// The message of the server or the client library.
        source: async_nats::Error,
    },
}

/// What `add` found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// The subscriber was made.
    Made,
    /// An equal one existed; nothing was changed.
    Existed,
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
    /// The start that was requested when it was added.
    pub from: String,
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
}

impl Client {
    /// The durable subscribers of the account of this connection.
    pub fn subscribers(&self) -> Subscribers {
        Subscribers {
            context: self.jetstream().clone(),
        }
    }
}

impl Streams {
    /// The durable subscribers of these streams, whose [`Lag`] metrics show.
    pub fn subscribers(&self) -> Subscribers {
        Subscribers {
            context: self.context().clone(),
        }
    }
}

impl Subscribers {
    /// Adds a subscriber. If there is an equal one, nothing is changed; it keeps its place.
    pub async fn add(&self, request: &SubscriberRequest) -> Result<Added, SubscriberError> {
        let stream = self.stream(request.source).await?;
        if let Some(found) = self
            .consumer(&stream, request.source, &request.name)
            .await?
        {
            return same_or_different(&found, request);
        }
        let start = place::start(&stream, request.source, request.from).await?;
        let config = config(request, start);
        match stream.create_consumer_strict(config).await {
            Ok(_) => Ok(Added::Made),
            Err(error) => match self
                .consumer(&stream, request.source, &request.name)
                .await?
            {
                // Somebody else made it in the same moment.
                Some(found) => same_or_different(&found, request),
                None => Err(server(request.source, error)),
            },
        }
    }

    /// All subscribers that plansync made, by tenant and name; those of one tenant if it is given.
    pub async fn list(&self, tenant: Option<&str>) -> Result<Vec<Subscriber>, SubscriberError> {
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

    /// The subscriber of this name.
    pub async fn get(&self, name: &SubscriberName) -> Result<Subscriber, SubscriberError> {
        Ok(self.found(name).await?.subscriber)
    }

    /// Removes a subscriber, and the place that it had reached.
    pub async fn remove(&self, name: &SubscriberName) -> Result<Subscriber, SubscriberError> {
        let found = self.found(name).await?;
        self.delete(&found, name).await?;
        Ok(found.subscriber)
    }

    /// Sets a subscriber back or ahead to a start. The consumer is removed and made again, so programs
    /// of the subscriber that run meanwhile must request events anew.
    pub async fn reset(
        &self,
        name: &SubscriberName,
        from: StartAt,
    ) -> Result<Subscriber, SubscriberError> {
        let found = self.found(name).await?;
        let source = found.source;
        let start = place::start(&found.stream, source, from).await?;
        let again = pull::Config {
            durable_name: Some(name.to_string()),
            deliver_policy: start,
            ..remade(&found.config)
        };
        self.delete(&found, name).await?;
        let made = found.stream.create_consumer_strict(again).await;
        made.map_err(|error| SubscriberError::NotRemade {
            name: name.to_string(),
            source: error.into(),
        })?;
        self.get(name).await
    }

    async fn delete(
        &self,
        found: &FoundConsumer,
        name: &SubscriberName,
    ) -> Result<(), SubscriberError> {
        let deleted = found.stream.delete_consumer(name.as_str()).await;
        match deleted {
            Ok(_) => Ok(()),
            Err(error) => Err(server(found.source, error)),
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
                        config: info.config,
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
    ) -> Result<Option<consumer::Info>, SubscriberError> {
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
    config: consumer::Config,
    stream: Stream,
    source: EventSource,
}

fn is_missing(error: &GetStreamError) -> bool {
    matches!(error.kind(), GetStreamErrorKind::JetStream(error)
        if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

fn server(source: EventSource, error: impl Into<async_nats::Error>) -> SubscriberError {
    SubscriberError::Server {
        stream: source.stream(),
        source: error.into(),
    }
}

fn config(request: &SubscriberRequest, start: DeliverPolicy) -> pull::Config {
    pull::Config {
        durable_name: Some(request.name.to_string()),
        description: Some(format!("Subscriber to events of {}", request.tenant)),
        deliver_policy: start,
        ack_policy: AckPolicy::Explicit,
        ack_wait: request.ack_wait,
        max_ack_pending: request.ack_pending_max.into(),
        // An event that cannot be handled is delivered until it can be: none is given up.
        max_deliver: -1,
        filter_subjects: request.subjects(),
        metadata: [
            (TENANT.to_owned(), request.tenant.clone()),
            (KINDS.to_owned(), request.kinds.join(",")),
            (FROM.to_owned(), request.from.to_string()),
        ]
        .into(),
        ..pull::Config::default()
    }
}

/// The settings of a consumer that is made again.
fn remade(found: &consumer::Config) -> pull::Config {
    let mut metadata = found.metadata.clone();
    // The server adds keys of its own.
    metadata.retain(|key, _| !key.starts_with('_'));
    pull::Config {
        description: found.description.clone(),
        ack_policy: found.ack_policy,
        ack_wait: found.ack_wait,
        max_deliver: found.max_deliver,
        filter_subject: found.filter_subject.clone(),
        filter_subjects: found.filter_subjects.clone(),
        replay_policy: found.replay_policy,
        max_waiting: found.max_waiting,
        max_ack_pending: found.max_ack_pending,
        max_batch: found.max_batch,
        max_bytes: found.max_bytes,
        max_expires: found.max_expires,
        num_replicas: found.num_replicas,
        backoff: found.backoff.clone(),
        metadata,
        ..pull::Config::default()
    }
}

fn same_or_different(
    found: &consumer::Info,
    request: &SubscriberRequest,
) -> Result<Added, SubscriberError> {
    let name = request.name.to_string();
    let Some(existing) = subscriber(found, request.source) else {
        return Err(SubscriberError::OfOthers {
            stream: request.source.stream(),
            name,
        });
    };
    let differences = differences(&existing, request);
    if differences.is_empty() {
        return Ok(Added::Existed);
    }
    Err(SubscriberError::Different {
        name,
        differences: differences.join(", "),
    })
}

/// What differs between a subscriber and a request, in words.
fn differences(found: &Subscriber, request: &SubscriberRequest) -> Vec<String> {
    let named = |kinds: &[String]| match kinds {
        [] => "all".to_owned(),
        some => some.join(","),
    };
    let pairs = [
        ("tenant", found.tenant.clone(), request.tenant.clone()),
        ("kinds", named(&found.kinds), named(&request.kinds)),
        ("start", found.from.clone(), request.from.to_string()),
        (
            "ack wait",
            format!("{} s", found.ack_wait_seconds),
            format!("{} s", request.ack_wait.as_secs()),
        ),
        (
            "ack pending max",
            found.ack_pending_max.to_string(),
            request.ack_pending_max.to_string(),
        ),
    ];
    let differ = |(what, found, wanted): (&str, String, String)| {
        (found != wanted).then(|| format!("{what} {found} instead of {wanted}"))
    };
    pairs.into_iter().filter_map(differ).collect()
}

/// A consumer as a subscriber; none if plansync did not make it.
fn subscriber(info: &consumer::Info, source: EventSource) -> Option<Subscriber> {
    let metadata = &info.config.metadata;
    let tenant = metadata.get(TENANT)?.clone();
    let kinds = metadata.get(KINDS).map_or("", String::as_str);
    let kinds = kinds.split(',').filter(|kind| !kind.is_empty());
    Some(Subscriber {
        name: info.name.clone(),
        tenant,
        kinds: kinds.map(str::to_owned).collect(),
        stream: source.stream(),
        from: metadata.get(FROM).cloned().unwrap_or_default(),
        ack_wait_seconds: info.config.ack_wait.as_secs(),
        ack_pending_max: info.config.max_ack_pending,
        lag: lag(info),
    })
}

fn lag(info: &consumer::Info) -> Lag {
    let many = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let micros = |nanos: i128| i64::try_from(nanos / 1_000).ok();
    let delivered = info.delivered.last_active;
    Lag {
        pending: info.num_pending,
        ack_pending: many(info.num_ack_pending),
        redelivered: many(info.num_redelivered),
        acknowledged_sequence: info.ack_floor.stream_sequence,
        delivered_sequence: info.delivered.stream_sequence,
        delivered_at_micros: delivered.and_then(|at| micros(at.unix_timestamp_nanos())),
        waiting: many(info.num_waiting),
    }
}
