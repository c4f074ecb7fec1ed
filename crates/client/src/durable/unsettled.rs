//! The durable commands of one actor whose outcome is not known, in the order in which they were stored.
//!
//! A request does not wait for the durable commands before it. Asking about a command therefore begins with the first one
//! whose outcome is not known. The engine decides the commands of an actor in the order of the stream: once an outcome is
//! known, all commands before it are decided, and none of them can be overtaken.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};

use async_nats::Subscriber;
use futures_util::{FutureExt as _, StreamExt as _};
use plansync_primitives::ids::CommandId;
use plansync_protocol::ErrorCode;
use tokio::sync::SetOnce;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::ASK_AGAIN;
use super::outcome::Outcome;
use crate::call::Prepared;
use crate::client::Client;
use crate::error::Error;
use crate::link::lock;

/// The number of commands that are kept.
const KEPT: usize = 256;

/// The commands whose outcome is not known.
#[derive(Debug, Default)]
pub(crate) struct Unsettled {
    queue: Mutex<VecDeque<Arc<Waiting>>>,
    /// Held by whoever asks, so that no two questions overtake each other.
    asking: tokio::sync::Mutex<()>,
}

/// A command that is stored.
pub(super) struct Waiting {
    prepared: Prepared,
    command: CommandId,
    /// The subscription to the event with the outcome. Whoever waits for the event holds the lock.
    events: tokio::sync::Mutex<Option<Subscriber>>,
    decode: fn(&async_nats::Message) -> Option<Outcome>,
    outcome: SetOnce<Outcome>,
    asked: Mutex<Asked>,
}

/// What asking has led to.
#[derive(Debug, Default)]
struct Asked {
    /// The first of equal refusals, and when it was given.
    refusal: Option<(Box<plansync_protocol::Error>, Instant)>,
    is_given_up: bool,
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting")
            .field("command", &self.command)
            .finish_non_exhaustive()
    }
}

impl Waiting {
    pub(super) fn new(
        prepared: Prepared,
        command: CommandId,
        events: Option<Subscriber>,
        decode: fn(&async_nats::Message) -> Option<Outcome>,
    ) -> Self {
        Self {
            prepared,
            command,
            events: tokio::sync::Mutex::new(events),
            decode,
            outcome: SetOnce::new(),
            asked: Mutex::default(),
        }
    }

    pub(super) fn command(&self) -> CommandId {
        self.command
    }

    pub(super) fn outcome(&self) -> Option<&Outcome> {
        self.outcome.get()
    }

    /// Whether asking about it will not tell more: it was refused twice, and only its event can tell the outcome.
    pub(super) fn is_given_up(&self) -> bool {
        lock(&self.asked).is_given_up
    }

    pub(super) fn unknown(&self) -> Error {
        let refusal = lock(&self.asked).refusal.clone();
        Error::OutcomeUnknown {
            command: self.command,
            refusal: refusal.map(|(refusal, _)| refusal),
        }
    }

    pub(super) fn stop_listening(&self) {
        // Nobody else waits for the event; whoever looks at it at this moment keeps it.
        if let Ok(mut events) = self.events.try_lock() {
            *events = None;
        }
    }

    /// Waits for the event until this time. True if it has come, and its outcome is not confirmed yet.
    pub(super) async fn heard(&self, until: Instant) -> bool {
        let hearing = async {
            let mut events = self.events.lock().await;
            self.next_outcome(&mut events).await
        };
        tokio::select! {
            outcome = hearing => self.take(outcome),
            _ = self.outcome.wait() => false,
            () = sleep_until(until) => false,
        }
    }

    /// Looks whether the event has come. One who waits for it takes it anyway.
    fn has_heard(&self) {
        let Ok(mut events) = self.events.try_lock() else {
            return;
        };
        if let Some(outcome) = self.next_outcome(&mut events).now_or_never() {
            drop(events);
            self.take(outcome);
        }
    }

    async fn next_outcome(&self, events: &mut Option<Subscriber>) -> Outcome {
        while let Some(subscription) = events {
            let Some(message) = subscription.next().await else {
                break;
            };
            if let Some(outcome) = (self.decode)(&message) {
                return outcome;
            }
            tracing::debug!("a message is not an outcome");
        }
        std::future::pending().await
    }

    /// True if the outcome has to be confirmed: another command may have used an id that the caller chose.
    fn take(&self, outcome: Outcome) -> bool {
        if !self.prepared.is_named {
            self.settle(outcome);
        }
        self.prepared.is_named
    }

    fn settle(&self, outcome: Outcome) {
        // An outcome does not change; the first one stays.
        let _ = self.outcome.set(outcome);
        self.stop_listening();
    }

    /// Sends the command as a request, and takes what the answer says.
    async fn ask(&self, client: &Client) -> Result<(), Error> {
        let answer = client
            .exchange()
            .request(self.prepared.message(client))
            .await;
        match answer {
            Ok(answer) => self.settle(Outcome::Answer(answer)),
            Err(Error::Refused(error)) if error.code == ErrorCode::CommandIdReused => {
                self.settle(Outcome::Refused(error));
            }
            Err(Error::Refused(error)) => self.refused(error, client.durability().receives_events),
            Err(Error::RefusedOtherwise(refusal)) => {
                self.settle(Outcome::RefusedOtherwise(refusal));
            }
            // This user may store commands and receive events, but not send requests.
            Err(Error::Forbidden { .. }) if client.durability().receives_events => {}
            Err(error) if error.is_transient() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// A request is refused by the present state if the command was not decided yet. The command had time to be decided
    /// if the same refusal is given again later. Where events are received, only the event is certain.
    fn refused(&self, error: Box<plansync_protocol::Error>, receives_events: bool) {
        let mut asked = lock(&self.asked);
        let now = Instant::now();
        let since = match &asked.refusal {
            Some((refusal, since)) if refusal.code == error.code => *since,
            _ => now,
        };
        let is_repeated = now - since >= ASK_AGAIN;
        asked.refusal = Some((error.clone(), since));
        if !is_repeated {
            return;
        }
        if receives_events {
            asked.is_given_up = true;
        } else {
            drop(asked);
            self.settle(Outcome::Refused(error));
        }
    }

    /// Whether it was refused too recently for another question.
    fn may_be_asked(&self) -> bool {
        let asked = lock(&self.asked);
        let since = asked.refusal.as_ref().map(|(_, since)| since.elapsed());
        since.is_none_or(|since| since >= ASK_AGAIN)
    }
}

impl Unsettled {
    pub(super) fn push(&self, waiting: Arc<Waiting>) {
        let mut queue = lock(&self.queue);
        queue.push_back(waiting);
        if queue.len() > KEPT {
            queue.pop_front();
        }
    }

    /// Asks about a command whose event has come, if the caller chose its id.
    pub(super) async fn confirm(&self, client: &Client, waiting: &Waiting) {
        match client.ask(&waiting.prepared).await {
            Ok(answer) => waiting.settle(Outcome::Answer(answer)),
            Err(Error::Refused(error)) => waiting.settle(Outcome::Refused(error)),
            Err(Error::RefusedOtherwise(refusal)) => {
                waiting.settle(Outcome::RefusedOtherwise(refusal));
            }
            // The outcome is asked for later.
            Err(error) => tracing::debug!(%error, "an outcome is not confirmed"),
        }
    }

    /// Asks about the commands that were stored before this one, and then about it, as far as they have answers, until
    /// `end`.
    pub(super) async fn ask_through(
        &self,
        client: &Client,
        waiting: &Waiting,
        end: Instant,
    ) -> Result<(), Error> {
        let Ok(_turn) = timeout_at(end, self.asking.lock()).await else {
            return Ok(());
        };
        while waiting.outcome().is_none() && !waiting.is_given_up() {
            let first = self.first(waiting);
            let first = first.as_deref().unwrap_or(waiting);
            first.has_heard();
            if first.outcome().is_none() {
                if !first.may_be_asked() {
                    return Ok(());
                }
                first.ask(client).await?;
            }
            if first.outcome().is_none() && !first.is_given_up() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The first command without a known outcome, if this one is behind it. Forgets those that are decided.
    fn first(&self, waiting: &Waiting) -> Option<Arc<Waiting>> {
        let mut queue = lock(&self.queue);
        let is_settled = |each: &Arc<Waiting>| each.outcome().is_some();
        if let Some(last) = queue.iter().rposition(is_settled) {
            queue.drain(..=last);
        }
        queue.retain(|each| !each.is_given_up());
        if queue.iter().any(|each| each.command == waiting.command) {
            queue.front().cloned()
        } else {
            None
        }
    }
}
