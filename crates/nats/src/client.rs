//! The other side of the wire, for programs that ask: requests, durable commands, events.
//!
//! Takes and gives bytes; what is in them is its caller's.

use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::client::RequestErrorKind;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{self, Context};
use bytes::Bytes;
use tokio::sync::watch;

use crate::connection::{ConnectError, Connection, tell};
use crate::discovery::SERVICE;
use crate::filter::Filtered;
use crate::streams::COMMANDS;
use crate::troubles::Troubles;

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
    /// The events may not be heard by this user.
    #[error(
        "this user may not hear the events of {whose}; ask whoever runs NATS for the permission to \
         subscribe to {subject}"
    )]
    NotHeard {
        /// The tenant, or all.
        whose: String,
        /// What was subscribed to.
        subject: String,
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

/// A connection that asks.
#[derive(Clone)]
pub struct Client {
    nats: async_nats::Client,
    jetstream: Context,
    timeout: Duration,
    told: Arc<watch::Sender<Troubles>>,
}

const READY_POLL: Duration = Duration::from_millis(20);

impl Client {
    /// Connects; answers are waited for as long as `timeout`.
    pub async fn connect(connection: &Connection, timeout: Duration) -> Result<Self, ClientError> {
        let told = Arc::new(watch::Sender::new(Troubles::default()));
        let tells = Arc::clone(&told);
        // Events are what others let be published: they are not trusted either.
        let nats = Filtered::connect_telling(connection, move |event| {
            if Troubles::note(&tells, event) {
                tracing::debug!(%event, "connection to NATS");
            } else {
                tell(event);
            }
        })
        .await?
        .into_client();
        Ok(Self {
            told,
            jetstream: jetstream::new(nats.clone()),
            nats,
            timeout,
        })
    }

    pub(crate) fn jetstream(&self) -> &Context {
        &self.jetstream
    }

    /// What happens to the connection.
    pub(crate) fn troubles(&self) -> watch::Receiver<Troubles> {
        self.told.subscribe()
    }

    /// Where what happens to the connection is noted.
    pub(crate) fn told(&self) -> &watch::Sender<Troubles> {
        &self.told
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
            Err(error) => {
                // Not said before, where somebody began to watch.
                if let Some(why) = self.told.borrow().no_inbox() {
                    tracing::error!(why, "no answers are heard");
                }
                Err(ClientError::NotStored {
                    stream: COMMANDS,
                    source: error.into(),
                })
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
