//! What a program that examines an installation asks of the server: who it is, what this user may do, the streams, and
//! which engines answer. Nothing is changed, and nothing is published that anybody acts on.

mod engines;
mod permissions;
mod server;
mod streams;

use std::time::Duration;

use async_nats::header::HeaderMap;
use async_nats::{Message, RequestErrorKind};
use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::client_connection::ClientConnection;
use crate::connection::{ConnectError, Connection};
use crate::connection_status::ConnectionStatus;
use crate::permitted::unless_refused;

pub use engines::{EngineFound, Pinged};
pub use permissions::{Permission, Role};
pub use server::{Allowance, FlushFound, JetStreamFound, ServerFound, TimeFound, UserFound};
pub use streams::{StreamsFound, Waiting};

/// How long an answer is waited for.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// Why something that was asked has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// This user may not ask.
    #[error("the NATS server does not permit this user to publish on {subject}")]
    NotPermitted {
        /// The subject.
        subject: String,
    },
    /// This user may not receive answers.
    #[error(
        "the NATS server does not permit this user to subscribe to its inbox ({subject}), so it receives no answers"
    )]
    NoInbox {
        /// The subject of the subscription.
        subject: String,
    },
    /// Nobody is there to answer.
    #[error("nobody answers on {subject}")]
    Nobody {
        /// The subject.
        subject: String,
    },
    /// Nobody answered in time.
    #[error("there was no answer on {subject} within {} s", ANSWER_MAX.as_secs())]
    TimedOut {
        /// The subject.
        subject: String,
    },
    /// The answer cannot be understood, or is an error.
    #[error("the answer on {subject} is of no use: {said}")]
    Useless {
        /// The subject.
        subject: String,
        /// What is wrong with it.
        said: String,
    },
    /// The connection failed.
    #[error("the connection to NATS failed: {said}")]
    Connection {
        /// The message of the client library.
        said: String,
    },
}

/// Asks a server.
#[derive(Debug, Clone)]
pub struct Examiner {
    connection: ClientConnection,
    /// The prefix of the subjects on which answers arrive.
    inbox: String,
}

/// What is asked.
struct Question<'a> {
    subject: &'a str,
    headers: HeaderMap,
    body: &'a [u8],
}

impl<'a> Question<'a> {
    fn new(subject: &'a str, body: &'a [u8]) -> Self {
        Self {
            subject,
            headers: HeaderMap::new(),
            body,
        }
    }
}

impl Examiner {
    /// Connects, with one attempt.
    pub async fn connect(connection: &Connection) -> Result<Self, ConnectError> {
        let connection = ClientConnection::open(connection, ANSWER_MAX).await?;
        let inbox = connection.nats().new_inbox();
        let inbox = inbox.rsplit_once('.').map_or("", |(prefix, _)| prefix);
        Ok(Self {
            inbox: format!("{inbox}."),
            connection,
        })
    }

    /// The connection.
    pub fn connection(&self) -> &ClientConnection {
        &self.connection
    }

    /// Asks, and waits for the answer. It ends as soon as the server refuses the question to this user.
    async fn ask(&self, question: Question<'_>) -> Result<Message, NoAnswer> {
        let subject = question.subject.to_owned();
        let request = async_nats::Request::new()
            .headers(question.headers)
            .payload(Bytes::copy_from_slice(question.body))
            .timeout(Some(ANSWER_MAX));
        let asked = self
            .connection
            .nats()
            .send_request(subject.clone(), request);
        let refused = |status: &ConnectionStatus| {
            let subject = || subject.clone();
            let refused = status.is_unpublishable(&subject());
            let not_permitted = refused.then(|| NoAnswer::NotPermitted { subject: subject() });
            let no_inbox = status.refused_below(&self.inbox);
            let no_inbox = no_inbox.map(|subject| NoAnswer::NoInbox {
                subject: subject.to_owned(),
            });
            not_permitted.or(no_inbox)
        };
        let answered = unless_refused(self.connection.status(), Box::pin(asked), refused).await?;
        answered.map_err(|error| match error.kind() {
            RequestErrorKind::NoResponders => NoAnswer::Nobody { subject },
            RequestErrorKind::TimedOut => NoAnswer::TimedOut { subject },
            RequestErrorKind::InvalidSubject
            | RequestErrorKind::MaxPayloadExceeded
            | RequestErrorKind::Other => NoAnswer::Connection {
                said: error.to_string(),
            },
        })
    }

    /// Asks, and reads the answer as JSON.
    async fn ask_json<T: DeserializeOwned>(
        &self,
        subject: &str,
        body: &[u8],
    ) -> Result<T, NoAnswer> {
        let answer = self.ask(Question::new(subject, body)).await?;
        serde_json::from_slice(&answer.payload).map_err(|error| NoAnswer::Useless {
            subject: subject.to_owned(),
            said: error.to_string(),
        })
    }
}
