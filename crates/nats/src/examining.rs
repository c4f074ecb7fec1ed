//! What a program that examines an installation asks of the server: who it is, what this user may do, the streams, and
//! which engines answer. Nothing is changed, and nothing is published that anybody acts on.

mod certificates;
mod engines;
mod jetstream_servers;
mod permissions;
mod server;
mod streams;

use std::time::Duration;

use async_nats::header::HeaderMap;
use async_nats::{Message, RequestErrorKind, StatusCode};
use bytes::Bytes;
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use crate::client_connection::ClientConnection;
use crate::connection::{ConnectError, Connection};
use crate::connection_status::ConnectionStatus;
use crate::permitted::unless_refused;

pub use certificates::{CertificatesFound, Expiry, certificates};
pub use engines::{EngineFound, Pinged};
pub use jetstream_servers::{FlushFound, JetStreamServer};
pub use permissions::{Permission, Role};
pub use server::{Allowance, JetStreamFound, ServerFound, TimeFound, UserFound};
pub use streams::{StreamsFound, Waiting};

/// How long an answer is waited for.
const ANSWER_MAX: Duration = Duration::from_secs(2);
/// How long further answers are waited for after the first one, where several answer: one behind a slow link is later.
const FURTHER_MAX: Duration = Duration::from_secs(1);
/// Answers of several that are looked at: whoever may subscribe can send any number.
const ANSWERS_MAX: usize = 16;

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
    #[error("there was no answer on {subject} within {} s", within.as_secs())]
    TimedOut {
        /// The subject.
        subject: String,
        /// How long it was waited for.
        within: Duration,
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
        Ok(Self::over(connection))
    }

    /// Asks over a connection that exists.
    pub fn over(connection: ClientConnection) -> Self {
        let inbox = connection.nats().new_inbox();
        let inbox = inbox.rsplit_once('.').map_or("", |(prefix, _)| prefix);
        Self {
            inbox: format!("{inbox}."),
            connection,
        }
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
        let refused = |status: &ConnectionStatus| self.refusal(status, &subject);
        let answered = unless_refused(self.connection.status(), Box::pin(asked), refused).await?;
        answered.map_err(|error| match error.kind() {
            RequestErrorKind::NoResponders => NoAnswer::Nobody { subject },
            RequestErrorKind::TimedOut => NoAnswer::TimedOut {
                subject,
                within: ANSWER_MAX,
            },
            RequestErrorKind::InvalidSubject
            | RequestErrorKind::MaxPayloadExceeded
            | RequestErrorKind::Other => NoAnswer::Connection {
                said: error.to_string(),
            },
        })
    }

    /// What the server has refused of a question on this subject, if anything.
    fn refusal(&self, status: &ConnectionStatus, subject: &str) -> Option<NoAnswer> {
        let refused = status.is_unpublishable(subject);
        let not_permitted = refused.then(|| NoAnswer::NotPermitted {
            subject: subject.to_owned(),
        });
        let no_inbox = status.refused_below(&self.inbox);
        let no_inbox = no_inbox.map(|subject| NoAnswer::NoInbox {
            subject: subject.to_owned(),
        });
        not_permitted.or(no_inbox)
    }

    /// Asks everybody, and waits a moment for more answers than the first one; `None` if nobody is subscribed.
    async fn ask_all(&self, subject: &str, body: &[u8]) -> Result<Option<Vec<Message>>, NoAnswer> {
        let body = Bytes::copy_from_slice(body);
        let asked = Box::pin(self.gather(subject, body));
        let refused = |status: &ConnectionStatus| self.refusal(status, subject);
        unless_refused(self.connection.status(), asked, refused).await?
    }

    async fn gather(&self, subject: &str, body: Bytes) -> Result<Option<Vec<Message>>, NoAnswer> {
        let nats = self.connection.nats();
        let failed = |said: String| NoAnswer::Connection { said };
        let inbox = nats.new_inbox();
        let subscribed = nats.subscribe(inbox.clone()).await;
        let mut answers = subscribed.map_err(|error| failed(error.to_string()))?;
        let sent = nats.publish_with_reply(subject.to_owned(), inbox, body);
        sent.await.map_err(|error| failed(error.to_string()))?;
        let mut all = Vec::new();
        let mut end = Instant::now() + ANSWER_MAX;
        while all.len() < ANSWERS_MAX {
            let Ok(Some(message)) = timeout_at(end, answers.next()).await else {
                break;
            };
            if message.status == Some(StatusCode::NO_RESPONDERS) {
                return Ok(None);
            }
            if all.is_empty() {
                end = Instant::now() + FURTHER_MAX;
            }
            all.push(message);
        }
        Ok(Some(all))
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
