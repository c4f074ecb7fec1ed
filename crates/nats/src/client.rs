//! The client side of the wire, for programs that send requests and durable commands and watch
//! events.
//!
//! It transfers bytes; their content is the caller's.

use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::client::RequestErrorKind;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{Context, ContextBuilder};
use bytes::Bytes;
use tokio::sync::watch;

use crate::connection::{ConnectError, Connection, tell};
use crate::connection_status::ConnectionStatus;
use crate::discovery::SERVICE;
use crate::filter::Filtered;
use crate::streams::COMMANDS;

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// No service answers on this subject.
    #[error(
        "no plansync service answers on this NATS server; start one with `plansync serve` or \
         `plansync dev`"
    )]
    NoService,
    /// The service did not answer in time. A command may still be carried out.
    #[error(
        "the service did not answer within {seconds} s; a command may still be carried out: send \
         it again with the same `command_id`, so that it is not carried out twice"
    )]
    TimedOut {
        /// The time waited, in seconds.
        seconds: u64,
    },
    /// The command stream does not exist, or did not store the message.
    #[error(
        "the stream {stream} did not confirm that it stored the command; send it again with the \
         same `command_id`, so that it is not carried out twice"
    )]
    NotStored {
        /// The stream.
        stream: &'static str,
        /// The server's message.
        source: async_nats::Error,
    },
    /// The events cannot be read.
    #[error(
        "the events cannot be read; check the connection, and whether this user may read the \
         event stream"
    )]
    Watch {
        /// The server's message.
        source: async_nats::Error,
    },
    /// This user may not receive the events.
    #[error(
        "this user has no permission to receive the events of {tenants}; ask the administrator of \
         the NATS server for permission to subscribe to {subject}"
    )]
    EventsNotPermitted {
        /// The tenant, or all tenants.
        tenants: String,
        /// The subject of the subscription.
        subject: String,
    },
    /// The connection failed during the request.
    #[error(
        "the connection to NATS failed during the request; send a command again with the same \
         `command_id`, so that it is not carried out twice"
    )]
    Connection {
        /// The client library's message.
        source: async_nats::Error,
    },
}

/// An operation requested by an actor.
#[derive(Debug, Clone)]
pub struct Request {
    /// The subject after the family: `<tenant>.<actor>.<noun>.<verb>`.
    pub tail: String,
    /// The media type of the body.
    pub content_type: &'static str,
    /// The encoded body.
    pub body: Bytes,
}

/// The answer of the service.
#[derive(Debug, Clone)]
pub struct Response {
    /// The number of the error; `None` for a reply.
    pub error: Option<u16>,
    /// The encoded reply or error.
    pub body: Bytes,
}

/// The answer of the command stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// The sequence of the command in the stream.
    pub sequence: u64,
    /// Whether the stream had it already.
    pub duplicate: bool,
}

/// A connection for sending requests.
#[derive(Clone)]
pub struct Client {
    nats: async_nats::Client,
    jetstream: Context,
    timeout: Duration,
    status: Arc<watch::Sender<ConnectionStatus>>,
}

const READY_POLL: Duration = Duration::from_millis(20);

impl Client {
    /// Connects. Answers are awaited for at most `timeout`.
    pub async fn connect(connection: &Connection, timeout: Duration) -> Result<Self, ClientError> {
        let status = Arc::new(watch::Sender::new(ConnectionStatus::default()));
        let recorded = Arc::clone(&status);
        // Other clients may have published what the event stream contains, so it is filtered as well.
        let nats = Filtered::connect_telling(connection, move |event| {
            if ConnectionStatus::record(&recorded, event) {
                tracing::debug!(%event, "connection to NATS");
            } else {
                tell(event);
            }
        })
        .await?
        .into_client();
        Ok(Self {
            status,
            // Acknowledgements are awaited for the same time.
            jetstream: ContextBuilder::new().timeout(timeout).build(nats.clone()),
            nats,
            timeout,
        })
    }

    pub(crate) fn jetstream(&self) -> &Context {
        &self.jetstream
    }

    /// The status of the connection, and its changes.
    pub(crate) fn status(&self) -> watch::Receiver<ConnectionStatus> {
        self.status.subscribe()
    }

    /// The sender by which the status of the connection is changed.
    pub(crate) fn status_sender(&self) -> &watch::Sender<ConnectionStatus> {
        &self.status
    }

    /// The time for which an answer is awaited.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Sends a request to the service and waits for its answer.
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

    /// Stores a command in the command stream, where it waits if the engine is down. Within its
    /// window, the stream stores only one message for each id.
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
                // Not reported earlier if a watch has begun.
                if let Some(why) = self.status.borrow().inbox_refusal() {
                    tracing::error!(
                        why,
                        "the server does not let this user subscribe to its inbox, so no answers \
                         are received"
                    );
                }
                Err(ClientError::NotStored {
                    stream: COMMANDS,
                    source: error.into(),
                })
            }
        }
    }

    /// Waits until the service announces that it is ready.
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
