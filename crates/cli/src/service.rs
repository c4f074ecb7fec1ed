//! The connection of a command to the service: requests and durable commands, with what is tried again and how
//! long that may take.
//!
//! Messages, retries and errors are those of the client crate. Only what takes place between the server and the
//! connection is of `plansync_nats`.

use std::future::Future;
use std::time::Duration;

use plansync_client::RetryPolicy;
use plansync_client::exchange::{Answer, Exchange, Message, Stored};
use plansync_nats::{ClientConnection, ConnectError, Connection};

use crate::ask_error::AskError;

/// How often a request is sent for a person who waits: a service that is overloaded for a moment is waited for, and
/// one that cannot act for longer says so within seconds.
const ATTEMPTS_MAX: usize = 5;
/// How long a service that is away is waited for where much is sent.
const AWAY_PATIENCE: Duration = Duration::from_mins(1);
/// The shortest and the longest pause between two attempts meanwhile.
const AWAY_DELAYS: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];

/// How often a message may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tries {
    /// Once: a repetition may do it again.
    One,
    /// As often as the policy says.
    Several,
}

/// A connection to the service. Copies share the connection.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    connection: ClientConnection,
    exchange: Exchange,
    retries: RetryPolicy,
    /// The time within which all attempts end; none if only the policy bounds them.
    within: Option<Duration>,
}

impl Service {
    /// Connects, with one attempt. All attempts of a request together take at most `patience`. If no service
    /// answers, that is said at once.
    pub(crate) async fn connect(
        connection: &Connection,
        patience: Duration,
    ) -> Result<Self, ConnectError> {
        let connection = ClientConnection::open(connection, patience).await?;
        Ok(Self::over(connection, patience))
    }

    /// The same over a connection that exists.
    pub(crate) fn over(connection: ClientConnection, patience: Duration) -> Self {
        Self {
            exchange: Exchange::new(connection.nats().clone(), patience),
            connection,
            retries: RetryPolicy {
                attempts_max: ATTEMPTS_MAX,
                total_max: patience,
                awaits_service: false,
                ..RetryPolicy::default()
            },
            within: Some(patience),
        }
    }

    /// The same connection; a service that is away or overloaded is waited for up to a minute.
    pub(crate) fn patiently(&self) -> Self {
        let [delay_min, delay_max] = AWAY_DELAYS;
        Self {
            retries: RetryPolicy {
                attempts_max: usize::MAX,
                delay_min,
                delay_max,
                total_max: AWAY_PATIENCE,
                awaits_service: true,
            },
            within: None,
            ..self.clone()
        }
    }

    /// What the transport knows of the connection.
    pub(crate) fn connection(&self) -> &ClientConnection {
        &self.connection
    }

    /// The client's side of the connection.
    pub(crate) fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// Sends a request, and waits for its answer.
    pub(crate) async fn request(
        &self,
        message: Message<'_>,
        tries: Tries,
    ) -> Result<Answer, AskError> {
        let (command, policy) = (message.command, self.policy(tries));
        let subject = message.subject.to_string();
        let request = Box::pin(self.exchange.request_with_retries(message, &policy));
        let request = self.in_time(self.connection.permitted(&subject, request));
        match request.await {
            Ok(answered) => Ok(answered??),
            Err(waited) => Err(AskError::TimedOut {
                seconds: waited.as_secs(),
                command,
            }),
        }
    }

    /// Stores a durable command.
    pub(crate) async fn store(
        &self,
        message: Message<'_>,
        tries: Tries,
    ) -> Result<Stored, AskError> {
        let (command, policy) = (message.command, self.policy(tries));
        let subject = message.subject.to_string();
        let store = Box::pin(self.exchange.store_with_retries(message, &policy));
        let store = self.in_time(self.connection.permitted(&subject, store));
        let stored = match store.await {
            Ok(stored) => stored
                .map_err(AskError::from)
                .and_then(|stored| stored.map_err(AskError::from)),
            Err(waited) => Err(AskError::NotStored {
                source: format!("no answer within {} s", waited.as_secs()).into(),
                command,
            }),
        };
        if let Err(AskError::NotStored { .. }) = &stored
            // Not reported earlier if a watch has begun.
            && let Some(why) = self.connection.inbox_refusal()
        {
            tracing::error!(
                why,
                "the server does not let this user subscribe to its inbox, so no answers are received"
            );
        }
        stored
    }

    fn policy(&self, tries: Tries) -> RetryPolicy {
        match tries {
            Tries::Several => self.retries,
            Tries::One => RetryPolicy::never(),
        }
    }

    /// What comes of this, or the time that was waited for it.
    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Duration> {
        match self.within {
            Some(within) => tokio::time::timeout(within, work).await.map_err(|_| within),
            None => Ok(work.await),
        }
    }
}
