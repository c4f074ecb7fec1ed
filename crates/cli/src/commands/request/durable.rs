//! Stores a command in the command stream, and waits for its result.
//!
//! The event with the result is found by the command's id. If the sender chose that id, another command may have
//! used it before, and the event belongs to that one. The service is therefore asked with the same command: it
//! gives the first reply for the same command, and refuses another one.

use std::time::Duration;

use futures_util::future::{OptionFuture, pending};
use plansync_nats::{Client, ClientError, Event, Watch, WatchFrom, Watched};
use plansync_protocol::ErrorCode;
use serde_json::Value;

use crate::asking::{AskError, NoResult, Question, refused};
use crate::plain;

/// Leaves the command and waits for what becomes of it, or became of it earlier. `is_named` if its
/// sender gave it its id.
pub(super) async fn ask(
    client: &Client,
    question: &Question<'_>,
    is_named: bool,
    patience: Duration,
) -> Result<Value, AskError> {
    let command = question.body["command_id"].as_str().unwrap_or_default();
    let tenant = question.tenant;
    let tail = format!("{tenant}.command.{command}.*");
    let results = match client.watch(&tail, WatchFrom::Start).await {
        // Some accounts hear events but may not read their stream.
        Err(ClientError::Watch { .. }) => client.watch(&tail, WatchFrom::Now).await?,
        watched => watched?,
    };
    let refusals = if is_named {
        let tail = format!("{tenant}.command.*.rejected");
        Some(client.watch(&tail, WatchFrom::Now).await?)
    } else {
        None
    };
    question.leave(client, command).await?;
    let waiting = Waiting {
        client,
        question,
        results,
        refusals,
    };
    let why = match tokio::time::timeout(patience, waiting.outcome()).await {
        Ok(Err(AskError::Client(error @ ClientError::EventsNotPermitted { .. }))) => {
            NoResult::NotPermitted(error)
        }
        Ok(outcome) => return outcome,
        Err(_) => NoResult::NotYet {
            seconds: patience.as_secs(),
        },
    };
    Err(AskError::ResultUnknown {
        id: command.to_owned(),
        why,
    })
}

/// A stored command, and the subjects of the event with its result.
struct Waiting<'a> {
    client: &'a Client,
    question: &'a Question<'a>,
    /// What becomes of the command with this id.
    results: Watch,
    /// Rejected commands: a command whose id belongs to another one is rejected with a new id.
    refusals: Option<Watch>,
}

impl Waiting<'_> {
    async fn outcome(mut self) -> Result<Value, AskError> {
        loop {
            let refusals = OptionFuture::from(self.refusals.as_mut().map(Watch::next));
            tokio::select! {
                result = self.results.next() => match result {
                    Some(Ok(Watched::Event(event))) => return self.told(&event).await,
                    Some(Ok(Watched::Missing(_))) => {}
                    Some(Err(error)) => return Err(error.into()),
                    None => pending().await,
                },
                Some(refusal) = refusals => match refusal {
                    Some(Ok(Watched::Event(event))) => self.may_be_refused(&event).await?,
                    Some(Ok(Watched::Missing(_))) => {}
                    Some(Err(error)) => return Err(error.into()),
                    None => self.refusals = None,
                },
            }
        }
    }

    /// What an event under the command's id means for it.
    async fn told(&self, event: &Event) -> Result<Value, AskError> {
        let outcome = outcome_in(event);
        if self.refusals.is_none() {
            return outcome;
        }
        match self.question.ask_unchecked(self.client).await {
            Ok(_) => outcome,
            Err(AskError::Client(source)) => Err(AskError::CommandUnverified { source }),
            Err(refused) => Err(refused),
        }
    }

    /// A command was refused because its id is another's. Whether it was this one, the service knows.
    async fn may_be_refused(&self, event: &Event) -> Result<(), AskError> {
        let Err(AskError::Refused { error }) = outcome_in(event) else {
            return Ok(());
        };
        if error.code != ErrorCode::CommandIdReused {
            return Ok(());
        }
        match self.question.ask_unchecked(self.client).await {
            Err(AskError::Refused { error }) if error.code == ErrorCode::CommandIdReused => {
                Err(AskError::Refused { error })
            }
            // Its own event has the result.
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

/// The reply or the refusal in an event that tells of a command.
fn outcome_in(event: &Event) -> Result<Value, AskError> {
    let mut body = plain::decode(event.header("content-type"), &event.body)
        .map_err(|error| AskError::Answer(error.to_string()))?;
    if event.subject.ends_with(".accepted") {
        let reply = body.get_mut("reply").map(Value::take);
        reply.ok_or_else(|| AskError::Answer("command.accepted: missing field `reply`".to_owned()))
    } else {
        Err(refused(body))
    }
}
