//! What the NATS server says outside of replies: that it refuses a message, or a subscription.
//!
//! Whoever publishes a message that is not permitted gets no reply. The server reports it to the connection, and
//! async-nats to the callback for events of the connection.

use std::sync::{Arc, Mutex};

use async_nats::{ConnectOptions, Event, ServerError};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::error::Error;
use crate::link::lock;

/// The number of errors that are kept for a request that is slow to look at them.
const KEPT: usize = 64;
/// What the server says of a subscription to an inbox.
const INBOX: &str = "permissions violation for subscription to \"_inbox";

/// The errors that the server reports of one connection: with them, a request that this NATS user may not send is
/// [`Error::Forbidden`] at once. Without them, it is a time-out.
///
/// [`Client::connect`](crate::Client::connect) takes care of it. A program that makes the connection itself connects
/// with the options that [`watching`](Self::watching) returns, and gives this to
/// [`Client::with_server_errors`](crate::Client::with_server_errors).
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use plansync_client::async_nats::ConnectOptions;
/// use plansync_client::{Client, ServerErrors};
///
/// let errors = ServerErrors::default();
/// let nats = errors.watching(ConnectOptions::new()).connect("nats://127.0.0.1:4222").await?;
/// let client = Client::new(nats, "northgate".parse()?, "alice".parse()?).with_server_errors(errors);
/// # drop(client);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ServerErrors {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    said: broadcast::Sender<Arc<str>>,
    /// What was said of the inbox since the connection was made. The server says it once.
    inbox: Mutex<Option<Arc<str>>>,
}

impl Default for ServerErrors {
    fn default() -> Self {
        Self {
            shared: Arc::new(Shared {
                said: broadcast::Sender::new(KEPT),
                inbox: Mutex::default(),
            }),
        }
    }
}

impl ServerErrors {
    /// Options with a callback that notes the errors. A callback that the options had is replaced: one that also does
    /// something else calls [`note`](Self::note).
    #[must_use]
    pub fn watching(&self, options: ConnectOptions) -> ConnectOptions {
        let errors = self.clone();
        options.event_callback(move |event| {
            errors.note(&event);
            async {}
        })
    }

    /// Notes an event of the connection.
    pub fn note(&self, event: &Event) {
        if let Event::ServerError(ServerError::Other(said)) = event {
            return self.said(said);
        }
        if let Event::Connected = event {
            *lock(&self.shared.inbox) = None;
        }
        tracing::debug!(%event, "connection to NATS");
    }

    fn said(&self, said: &str) {
        tracing::debug!(said, "the NATS server reports an error");
        let said: Arc<str> = said.into();
        if is_of_inbox(&said) {
            *lock(&self.shared.inbox) = Some(said.clone());
        }
        // Nobody may be waiting.
        let _ = self.shared.said.send(said);
    }

    /// What is said from now on.
    pub(crate) fn listen(&self) -> Listening {
        Listening {
            said: self.shared.said.subscribe(),
            inbox: lock(&self.shared.inbox).clone(),
        }
    }
}

/// Waits for a refusal by the server.
pub(crate) struct Listening {
    said: broadcast::Receiver<Arc<str>>,
    inbox: Option<Arc<str>>,
}

impl Listening {
    /// The error, when the server refuses a message on this subject, or the reply to it.
    pub(crate) async fn refusal(&mut self, subject: &str) -> Error {
        if let Some(said) = self.inbox.take() {
            return forbidden(&said);
        }
        let quoted = format!("\"{}\"", subject.to_lowercase());
        loop {
            match self.said.recv().await {
                Ok(said) => {
                    let text = said.to_lowercase();
                    let is_refused =
                        text.contains("permissions violation") && text.contains(&quoted);
                    if is_refused || is_of_inbox(&said) {
                        return forbidden(&said);
                    }
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

fn is_of_inbox(said: &str) -> bool {
    said.to_lowercase().contains(INBOX)
}

fn forbidden(said: &str) -> Error {
    Error::Forbidden {
        said: said.to_owned(),
        advice: if is_of_inbox(said) {
            "this user may not receive replies there: set `custom_inbox_prefix` to the prefix that its permissions name"
        } else {
            "this user may not send this: each user sends only as its own actor"
        },
    }
}

#[cfg(test)]
mod tests {
    use async_nats::{Event, ServerError};

    use super::ServerErrors;
    use crate::error::Error;

    fn say(errors: &ServerErrors, said: &str) {
        errors.note(&Event::ServerError(ServerError::Other(said.to_owned())));
    }

    #[tokio::test]
    async fn a_refusal_is_that_of_the_subject_and_of_no_other() {
        let errors = ServerErrors::default();
        let mut listening = errors.listen();
        say(&errors, "Permissions Violation for Publish to \"a.b.c\"");
        say(&errors, "Permissions Violation for Publish to \"a.B\"");
        let Error::Forbidden { said, .. } = listening.refusal("a.B").await else {
            panic!("another error");
        };
        assert!(said.ends_with("\"a.B\""), "{said}");
    }

    #[tokio::test]
    async fn a_refused_inbox_is_remembered_until_the_connection_is_made_again() {
        let errors = ServerErrors::default();
        say(
            &errors,
            "Permissions Violation for Subscription to \"_INBOX.x.*\"",
        );
        let refused = errors.listen().refusal("a.b").await;
        assert!(
            refused.to_string().contains("custom_inbox_prefix"),
            "{refused}"
        );
        errors.note(&Event::Connected);
        let mut listening = errors.listen();
        tokio::select! {
            biased;
            error = listening.refusal("a.b") => panic!("{error}"),
            () = std::future::ready(()) => {}
        }
    }
}
