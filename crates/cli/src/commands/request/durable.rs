//! Stores a command in the command stream, and waits for its result.
//!
//! The event with the result is found by the command's id. If the sender chose that id, another command may have
//! used it before, and the event belongs to that one. The service is therefore asked with the same command: it
//! gives the first reply for the same command, and refuses another one.
//!
//! The client crate waits for the result in another way: it also sends the command as a request if no event comes. A
//! person can do that with the same command without `--durable`; here, commands are decided in the order in which
//! they were stored, also while many of them wait.

use std::time::Duration;

use futures_util::future::OptionFuture;
use plansync_nats::Event;
use plansync_protocol::ErrorCode;
use serde_json::Value;

use crate::ask_error::{AskError, NoResult};
use crate::asking::{Question, refused};
use crate::plain;
use crate::service::Service;
use crate::watching::{Item, Watch, WatchFrom, Watched};

/// Leaves the command and waits for what becomes of it, or became of it earlier. `is_named` if its
/// sender gave it its id.
pub(super) async fn ask(
    service: &Service,
    question: &Question<'_>,
    is_named: bool,
    patience: Duration,
) -> Result<Value, AskError> {
    let command = question.body["command_id"].as_str().unwrap_or_default();
    let watch = async |tail: &str, from| {
        let tenant = question.tenant;
        Watch::begin(service, Watched { tenant, tail, from }).await
    };
    let tail = format!("command.{command}.*");
    let results = match watch(&tail, WatchFrom::Start).await {
        // Some accounts hear events but may not read their stream.
        Err(AskError::Events { .. }) => watch(&tail, WatchFrom::Now).await?,
        watched => watched?,
    };
    let refusals = if is_named {
        Some(watch("command.*.rejected", WatchFrom::Now).await?)
    } else {
        None
    };
    question.leave(service).await?;
    let waiting = Waiting {
        service,
        question,
        results,
        refusals,
    };
    let why = match tokio::time::timeout(patience, Box::pin(waiting.outcome())).await {
        Ok(Err(AskError::EventsNotPermitted(error))) => NoResult::NotPermitted(error),
        Ok(Err(error)) if error.is_about_events() => NoResult::Unheard(Box::new(error)),
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
    service: &'a Service,
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
                result = self.results.next() => match result? {
                    Item::Event(event) => return self.told(&event).await,
                    Item::Missing(_) => {}
                },
                Some(refusal) = refusals => match refusal? {
                    Item::Event(event) => self.may_be_refused(&event).await?,
                    Item::Missing(_) => {}
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
        match self.question.ask_service_unchecked(self.service).await {
            Ok(_) => outcome,
            Err(error) if error.is_without_answer() => Err(AskError::CommandUnverified {
                source: Box::new(error),
            }),
            Err(refused) => Err(refused),
        }
    }

    /// A command was refused because its id is another's. Whether it was this one, the service knows.
    async fn may_be_refused(&self, event: &Event) -> Result<(), AskError> {
        let is_reused = |error: &AskError| error.code() == Some(ErrorCode::CommandIdReused);
        if !outcome_in(event).as_ref().is_err_and(is_reused) {
            return Ok(());
        }
        match self.question.ask_service_unchecked(self.service).await {
            Err(error) if is_reused(&error) => Err(error),
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
        Err(refused(&body))
    }
}
