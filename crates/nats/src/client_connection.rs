//! The connection of a program that is not the engine: filtered, and observed.
//!
//! Requests, durable commands and events go over it by `plansync-client`. What is here is what only the
//! transport knows: whether messages may have been lost, and what the server refused to this user.

use std::fmt;
use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Duration;

use async_nats::Client;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use tokio::sync::watch;

use crate::connection::{ConnectError, Connection, patiently, tell};
use crate::connection_status::ConnectionStatus;
use crate::discovery::SERVICE;
use crate::filter::Filtered;
use crate::permitted::{NotPermitted, unless_refused};

/// The pause between two requests whether the service is ready.
const READY_POLL: Duration = Duration::from_millis(20);
/// The time for which the answer to one such request is awaited.
const READY_PATIENCE: Duration = Duration::from_secs(1);

/// The connection of a program that is not the engine. Copies share it.
#[derive(Clone)]
pub struct ClientConnection {
    nats: Client,
    jetstream: Context,
    timeout: Duration,
    status: Arc<watch::Sender<ConnectionStatus>>,
}

/// The server does not let this user do something with `JetStream`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this NATS user has no permission for this ({why})")]
pub struct Denied {
    /// The server's message.
    pub why: String,
}

/// What disturbs a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disturbance {
    /// Messages may have been lost: the connection was cut, or the subscription was not read fast
    /// enough.
    Loss,
    /// The server refused the subscription to this user.
    Refusal,
    /// The connection was closed for good.
    End,
}

/// What disturbs a subscription, as it happens.
pub struct Disturbances {
    subject: String,
    status: watch::Receiver<ConnectionStatus>,
    /// The number of losses that were reported.
    losses_reported: u64,
}

impl ClientConnection {
    /// Connects, with one attempt. The server's answers are awaited for at most `timeout`.
    pub async fn open(connection: &Connection, timeout: Duration) -> Result<Self, ConnectError> {
        let status = Arc::new(watch::Sender::new(ConnectionStatus::default()));
        let recorded = Arc::clone(&status);
        // Other clients may have published what the event stream contains, so it is filtered as well.
        let filtered = Filtered::connect_telling(connection, move |event| {
            if ConnectionStatus::record(&recorded, event) {
                tracing::debug!(%event, "connection to NATS");
            } else {
                tell(event);
            }
        });
        let nats = filtered.await?.into_client();
        Ok(Self {
            status,
            jetstream: ContextBuilder::new()
                .timeout(timeout)
                .ack_timeout(timeout)
                .build(nats.clone()),
            nats,
            timeout,
        })
    }

    /// The same, however long it takes, and reports that it waits. Only errors in the configuration end it.
    pub async fn open_patiently(
        connection: &Connection,
        timeout: Duration,
    ) -> Result<Self, ConnectError> {
        patiently(|| Self::open(connection, timeout)).await
    }

    /// The connection of the client library; everything that it receives has gone through the filter.
    pub fn nats(&self) -> &Client {
        &self.nats
    }

    /// The time for which an answer is awaited.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(crate) fn jetstream(&self) -> &Context {
        &self.jetstream
    }

    /// What the server refuses to this user, as it happens.
    pub(crate) fn status(&self) -> watch::Receiver<ConnectionStatus> {
        self.status.subscribe()
    }

    /// Whether the service announces within this time that it is ready; it is asked at least once.
    pub async fn is_service_ready(&self, within: Duration) -> bool {
        let end = tokio::time::Instant::now() + within;
        loop {
            let ping = async_nats::Request::new().timeout(Some(READY_PATIENCE));
            let subject = format!("$SRV.PING.{SERVICE}");
            if self.nats.send_request(subject, ping).await.is_ok() {
                return true;
            }
            if tokio::time::Instant::now() >= end {
                return false;
            }
            tokio::time::sleep(READY_POLL).await;
        }
    }

    /// States whether an inbox is needed. Where it is not, as by a watch of events that are received as
    /// they are published, it is no error that this user may not subscribe to one.
    pub fn set_inbox_needed(&self, is_needed: bool) {
        self.status
            .send_modify(|status| status.is_inbox_optional = !is_needed);
    }

    /// The server's message that this user may not subscribe to its inbox, so that it receives no
    /// answers.
    pub fn inbox_refusal(&self) -> Option<String> {
        self.status.borrow().inbox_refusal().map(str::to_owned)
    }

    /// Works with `JetStream`, and ends as soon as the server refuses a request or the inbox to this user:
    /// it sends no answer to a request that it refuses.
    pub async fn unless_denied<T>(&self, work: impl Future<Output = T>) -> Result<T, Denied> {
        let denials = self.status.borrow().denials();
        let denied = |status: &ConnectionStatus| {
            let denial = status.denial().filter(|_| status.denials() > denials);
            let why = status.inbox_refusal().or(denial)?.to_owned();
            Some(Denied { why })
        };
        // Such futures are large.
        unless_refused(self.status.subscribe(), Box::pin(work), denied).await
    }

    /// Waits for the answer to a message on a subject, and ends as soon as the server refuses that message to this
    /// user: it sends no answer then.
    pub async fn permitted<T>(
        &self,
        subject: &str,
        asked: impl Future<Output = T>,
    ) -> Result<T, NotPermitted> {
        let before = self.status.borrow().publish_refusals().0;
        let refused = |status: &ConnectionStatus| match status.publish_refusals() {
            (count, Some(refused)) if count > before && refused == subject => {
                let subject = subject.to_owned();
                Some(NotPermitted::Publish { subject })
            }
            _ => None,
        };
        unless_refused(self.status.subscribe(), asked, refused).await
    }

    /// What disturbs the subscription to this subject from now on.
    pub fn disturbances(&self, subject: &str) -> Disturbances {
        let status = self.status.subscribe();
        let losses_reported = status.borrow().losses;
        Disturbances {
            subject: subject.to_owned(),
            status,
            losses_reported,
        }
    }

    /// Returns once the connection is closed for good.
    pub async fn closed(&self) {
        let mut status = self.status.subscribe();
        let closed = status.wait_for(|status| status.is_closed).await.is_ok();
        if !closed {
            pending::<()>().await;
        }
    }
}

impl fmt::Debug for ClientConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConnection")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Disturbances {
    /// The next one, however long it takes.
    pub async fn next(&mut self) -> Disturbance {
        let (subject, reported) = (&self.subject, self.losses_reported);
        let is_disturbed = |status: &ConnectionStatus| {
            status.losses > reported || status.is_refused(subject) || status.is_closed
        };
        let Ok(status) = self.status.wait_for(is_disturbed).await else {
            return pending().await;
        };
        // A loss while the reader handled an event counts too.
        self.losses_reported = status.losses;
        if status.is_refused(subject) {
            Disturbance::Refusal
        } else if status.losses > reported {
            Disturbance::Loss
        } else {
            Disturbance::End
        }
    }
}
