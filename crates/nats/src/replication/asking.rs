//! Asks `JetStream` from a thread that may block.

use std::time::Duration;

use async_nats::jetstream::response::Response;
use plansync_log::replication::LogStreamError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::client_connection::ClientConnection;

/// A connection, and the runtime that drives it.
#[derive(Debug, Clone)]
pub(super) struct Asking {
    connection: ClientConnection,
    runtime: Handle,
    /// For how long one answer is awaited.
    answer_within: Duration,
}

impl Asking {
    pub(super) fn new(connection: ClientConnection, answer_within: Duration) -> Self {
        Self {
            connection,
            runtime: Handle::current(),
            answer_within,
        }
    }

    pub(super) fn connection(&self) -> &ClientConnection {
        &self.connection
    }

    pub(super) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    pub(super) fn answer_within(&self) -> Duration {
        self.answer_within
    }

    /// Does the work while this thread waits.
    pub(super) fn wait_for<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// The answer to a request to `JetStream`.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        request: String,
        body: &impl Serialize,
    ) -> Result<Response<T>, LogStreamError> {
        let asked = self.connection.jetstream().request(request, body);
        let asked = self
            .connection
            .unless_denied(timeout(self.answer_within, asked));
        match asked.await {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(error))) => Err(unavailable("the request failed", error)),
            Ok(Err(late)) => Err(unavailable("no answer came in time", late)),
            Err(denied) => Err(unavailable("the server refused the request", denied)),
        }
    }
}

/// The stream does not answer, for this reason.
pub(super) fn unavailable(
    what: impl Into<String>,
    source: impl Into<async_nats::Error>,
) -> LogStreamError {
    LogStreamError::Unavailable {
        what: what.into(),
        source: Some(source.into()),
    }
}

/// The same, if nothing more is known.
pub(super) fn unclear(what: impl Into<String>) -> LogStreamError {
    LogStreamError::Unavailable {
        what: what.into(),
        source: None,
    }
}
