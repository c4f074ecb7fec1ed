//! The other side of the wire, for programs that ask: requests, durable commands, events.
//!
//! Takes and gives bytes; what is in them is its caller's.

use std::time::Duration;

use async_nats::client::RequestErrorKind;
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{self, Context};
use async_nats::{HeaderMap, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt as _;

use crate::connection::{ConnectError, Connection, connect};
use crate::discovery::SERVICE;
use crate::streams::{COMMANDS, EVENTS};

/// Why something that was asked has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Nobody serves.
    #[error("no plansync service answers there; start one with `plansync serve` or `plansync dev`")]
    NoService,
    /// The service did not answer in time; a command may still be done.
    #[error(
        "no answer within {seconds} s; send a command again under the same `command_id`, so that \
         it is not done twice"
    )]
    TimedOut {
        /// How long was waited.
        seconds: u64,
    },
    /// The command stream does not exist, or did not take the message.
    #[error("the stream {stream} did not take the command")]
    NotStored {
        /// The stream.
        stream: &'static str,
        /// What the server said.
        source: async_nats::Error,
    },
    /// The events cannot be read.
    #[error("the events cannot be read")]
    Watch {
        /// What the server said.
        source: async_nats::Error,
    },
    /// The connection failed meanwhile.
    #[error("the connection to NATS failed")]
    Connection {
        /// What the client library said.
        source: async_nats::Error,
    },
}

/// One operation, asked by somebody.
#[derive(Debug, Clone)]
pub struct Request {
    /// What follows the family in the subject: `<tenant>.<actor>.<noun>.<verb>`.
    pub tail: String,
    /// The media type of the body.
    pub content_type: &'static str,
    /// The encoded body.
    pub body: Bytes,
}

/// What the service answered.
#[derive(Debug, Clone)]
pub struct Response {
    /// The number of the error, if it was one.
    pub error: Option<u16>,
    /// The encoded reply or error.
    pub body: Bytes,
}

/// What the command stream said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// The command's place in the stream.
    pub sequence: u64,
    /// Whether the stream had it already.
    pub duplicate: bool,
}

/// An event as it was published.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its subject.
    pub subject: String,
    /// Its headers, spelt as they came.
    pub headers: Vec<(String, String)>,
    /// Its encoded body.
    pub body: Bytes,
}

impl Event {
    /// The value of a header, spelt as it was sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name)?;
        Some(&found.1)
    }
}

/// Which events to watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchFrom {
    /// Those that are published from now on.
    Now,
    /// Those in the stream first, then those that follow.
    Start,
}

/// A connection that asks.
#[derive(Clone)]
pub struct Client {
    nats: async_nats::Client,
    jetstream: Context,
    timeout: Duration,
}

/// Events as they come.
pub struct Watch(Source);

enum Source {
    Live(Subscriber),
    Stored(Box<pull::Ordered>),
}

const READY_POLL: Duration = Duration::from_millis(20);

impl Client {
    /// Connects; answers are waited for as long as `timeout`.
    pub async fn connect(connection: &Connection, timeout: Duration) -> Result<Self, ClientError> {
        let nats = connect(connection).await?;
        Ok(Self {
            jetstream: jetstream::new(nats.clone()),
            nats,
            timeout,
        })
    }

    pub(crate) fn jetstream(&self) -> &Context {
        &self.jetstream
    }

    /// How long an answer is waited for.
    pub(crate) fn patience(&self) -> Duration {
        self.timeout
    }

    /// Asks the service and waits for its answer.
    pub async fn request(&self, request: Request) -> Result<Response, ClientError> {
        let asked = async_nats::Request::new()
            .headers(headers(request.content_type))
            .payload(request.body)
            .timeout(Some(self.timeout));
        let subject = format!("plansync.v1.req.{}", request.tail);
        match self.nats.send_request(subject, asked).await {
            Ok(message) => Ok(Response {
                error: message.headers.as_ref().and_then(error_number),
                body: message.payload,
            }),
            Err(error) => Err(match error.kind() {
                RequestErrorKind::NoResponders => ClientError::NoService,
                RequestErrorKind::TimedOut => ClientError::TimedOut {
                    seconds: self.timeout.as_secs(),
                },
                RequestErrorKind::InvalidSubject
                | RequestErrorKind::MaxPayloadExceeded
                | RequestErrorKind::Other => ClientError::Connection {
                    source: error.into(),
                },
            }),
        }
    }

    /// Leaves a command in the command stream, where it survives an engine that is down. The stream
    /// keeps a message once that comes again under the same id within its window.
    pub async fn publish(&self, request: Request, id: &str) -> Result<Stored, ClientError> {
        let message = PublishMessage::build()
            .headers(headers(request.content_type))
            .message_id(id)
            .payload(request.body);
        let subject = format!("plansync.v1.cmd.{}", request.tail);
        let sent = self.jetstream.send_publish(subject, message).await;
        let acknowledged = match sent {
            Ok(acknowledgement) => acknowledgement.await,
            Err(error) => Err(error),
        };
        match acknowledged {
            Ok(stored) => Ok(Stored {
                sequence: stored.sequence,
                duplicate: stored.duplicate,
            }),
            Err(error) if error.kind() == PublishErrorKind::StreamNotFound => {
                Err(ClientError::NoService)
            }
            Err(error) => Err(ClientError::NotStored {
                stream: COMMANDS,
                source: error.into(),
            }),
        }
    }

    /// The events whose subjects match `plansync.v1.evt.<tail>`.
    pub async fn watch(&self, tail: &str, from: WatchFrom) -> Result<Watch, ClientError> {
        let subject = format!("plansync.v1.evt.{tail}");
        let failed = |source| ClientError::Watch { source };
        match from {
            WatchFrom::Now => {
                let live = self.nats.subscribe(subject).await;
                let live = live.map_err(|error| failed(error.into()))?;
                // Whatever is asked after this is seen by the subscription.
                self.nats
                    .flush()
                    .await
                    .map_err(|error| failed(error.into()))?;
                Ok(Watch(Source::Live(live)))
            }
            WatchFrom::Start => {
                let config = pull::OrderedConfig {
                    filter_subject: subject,
                    deliver_policy: DeliverPolicy::All,
                    ..pull::OrderedConfig::default()
                };
                let consumer = self
                    .jetstream
                    .create_consumer_on_stream(config, EVENTS)
                    .await;
                let messages = consumer
                    .map_err(|error| failed(error.into()))?
                    .messages()
                    .await;
                let messages = messages.map_err(|error| failed(error.into()))?;
                Ok(Watch(Source::Stored(Box::new(messages))))
            }
        }
    }

    /// Waits until the service says that it is there.
    pub async fn wait_ready(&self, patience: Duration) -> Result<(), ClientError> {
        let end = tokio::time::Instant::now() + patience;
        loop {
            let ping = async_nats::Request::new().timeout(Some(Duration::from_secs(1)));
            match self
                .nats
                .send_request(format!("$SRV.PING.{SERVICE}"), ping)
                .await
            {
                Ok(_) => return Ok(()),
                Err(_) if tokio::time::Instant::now() < end => {
                    tokio::time::sleep(READY_POLL).await;
                }
                Err(_) => return Err(ClientError::NoService),
            }
        }
    }
}

impl Watch {
    /// The next event, however long it takes; nothing once the connection is closed for good.
    pub async fn next(&mut self) -> Option<Result<Event, ClientError>> {
        match &mut self.0 {
            Source::Live(live) => live.next().await.map(|message| Ok(event(&message))),
            Source::Stored(stored) => Some(match stored.next().await? {
                Ok(message) => Ok(event(&message)),
                Err(error) => Err(ClientError::Watch {
                    source: error.into(),
                }),
            }),
        }
    }
}

fn headers(content_type: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", content_type);
    headers
}

fn error_number(headers: &HeaderMap) -> Option<u16> {
    headers
        .get("Nats-Service-Error-Code")?
        .as_str()
        .parse()
        .ok()
}

fn event(message: &async_nats::Message) -> Event {
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
