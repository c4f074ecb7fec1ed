//! Durable commands: stored in the command stream, also while no engine runs, and awaited by the event with their
//! outcome.
//!
//! Before the command is stored, its outcome event is subscribed to. The event may not come: this user may not
//! receive events, the connection was cut, or a command with this id was decided long before. Then the same command
//! is sent as a request with the same id, which gets the first answer. If the durable command still waits, the request
//! carries it out, and the durable one becomes its repetition. So that no command overtakes another, the commands of an
//! actor are asked about in the order in which they were stored ([`Unsettled`]).

mod outcome;
mod unsettled;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use plansync_primitives::ids::{CommandId, TenantId};
use plansync_protocol::event::EventKind;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::call::{Command, Prepared};
use crate::client::Client;
use crate::error::Error;
use crate::events::subscribe;
use crate::exchange::Stored;
use outcome::outcome_in;
use unsettled::Waiting;

pub(crate) use unsettled::Unsettled;

/// The least time between two questions about the same command.
const ASK_AGAIN: Duration = Duration::from_secs(1);
/// The longest time between them.
const ASK_AGAIN_MAX: Duration = Duration::from_secs(5);
/// The delay before the first question, where events cannot be received.
const ASK_FIRST: Duration = Duration::from_millis(250);

/// How the outcome of a durable command is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Durability {
    /// The time for which the outcome is awaited once the command is stored. Then the call ends with
    /// [`Error::OutcomeUnknown`]; the command remains stored.
    pub outcome_within: Duration,
    /// The time after which the client asks, if no event has come: it sends the commands of the actor whose outcome is not
    /// known as requests, in the order in which this client stored them (the last 256 of them), up to the awaited one.
    /// With `None`, this never happens.
    pub ask_after: Option<Duration>,
    /// Whether this NATS user may receive events.
    pub receives_events: bool,
}

impl Default for Durability {
    /// A minute; the client asks after 5 seconds without an event.
    fn default() -> Self {
        Self {
            outcome_within: Duration::from_mins(1),
            ask_after: Some(Duration::from_secs(5)),
            receives_events: true,
        }
    }
}

impl Durability {
    /// For a NATS user who may not receive events: the client asks, for the first time after a quarter of a second.
    ///
    /// A refusal that is given twice, at least a second apart, is then the outcome. If the engine is more than that behind
    /// with the stream, the command can still be accepted later; receive events where this matters.
    pub fn without_events() -> Self {
        Self {
            ask_after: Some(ASK_FIRST),
            receives_events: false,
            ..Self::default()
        }
    }
}

/// A durable command that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Submitted {
    /// Its id: the outcome is the event `command.<id>.accepted` or `command.<id>.rejected`.
    pub command: CommandId,
    /// Its sequence in the command stream.
    pub sequence: u64,
}

impl Client {
    /// Stores a durable command, and does not wait for its outcome. It is decided when an engine runs; the commands
    /// of one actor are decided in the order in which they were stored.
    pub async fn submit<O: Command>(&self, body: O::Body) -> Result<Submitted, Error> {
        let prepared = Prepared::of::<O>(body, self.encoding())?;
        let command = prepared.id()?;
        let stored = self.store(&prepared).await?;
        let waiting = Waiting::new(prepared, command, None, outcome_in::<O::Reply>);
        self.unsettled().push(Arc::new(waiting));
        Ok(Submitted {
            command,
            sequence: stored.sequence,
        })
    }

    /// Stores a durable command, and waits for its outcome.
    ///
    /// ```no_run
    /// # async fn example(client: plansync_client::Client) -> Result<(), plansync_client::Error> {
    /// use plansync_client::protocol::ProgrammePut;
    /// use plansync_client::{body, json};
    ///
    /// let programme = body::<ProgrammePut>(json!({
    ///     "programme": "0190a1b2-0000-7000-8000-000000000002",
    ///     "name": "Business Administrator",
    ///     "parent": null,
    /// }))?;
    /// let stored = client.durable::<ProgrammePut>(programme).await?;
    /// println!("recorded at position {}", stored.position.0);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn durable<O: Command>(&self, body: O::Body) -> Result<O::Reply, Error> {
        let mut stored = self.store_durable::<O>(body).await?;
        stored.outcome(self.durability().outcome_within).await
    }

    /// Stores a durable command, and returns it, so that its outcome can be awaited later.
    ///
    /// ```no_run
    /// # async fn example(client: plansync_client::Client) -> Result<(), plansync_client::Error> {
    /// use std::time::Duration;
    ///
    /// use plansync_client::protocol::TenantPut;
    /// use plansync_client::{body, json};
    ///
    /// let settings = body::<TenantPut>(json!({ "marking_aid": false, "owner_rule": "keep" }))?;
    /// let mut command = client.store_durable::<TenantPut>(settings).await?;
    /// println!("stored as {}", command.submitted().command);
    /// let reply = command.outcome(Duration::from_secs(30)).await?;
    /// println!("recorded at position {}", reply.position.0);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn store_durable<O: Command>(
        &self,
        body: O::Body,
    ) -> Result<DurableCommand<O>, Error> {
        let prepared = Prepared::of::<O>(body, self.encoding())?;
        let command = prepared.id()?;
        let nats = self.exchange().nats();
        self.exchange().link.check(Some(command))?;
        let outcomes = if self.durability().receives_events {
            Some(subscribe(nats, &outcomes_of(command, self.tenant())).await?)
        } else {
            None
        };
        let stored = self.store(&prepared).await?;
        let waiting = Waiting::new(prepared, command, outcomes, outcome_in::<O::Reply>);
        let waiting = Arc::new(waiting);
        self.unsettled().push(waiting.clone());
        Ok(DurableCommand {
            client: self.clone(),
            waiting,
            sequence: stored.sequence,
            operation: PhantomData,
        })
    }

    async fn store(&self, prepared: &Prepared) -> Result<Stored, Error> {
        let message = prepared.message(self);
        self.exchange()
            .store_with_retries(message, self.retries())
            .await
    }
}

/// A durable command that is stored, and whose outcome can be awaited: made by [`Client::store_durable`].
pub struct DurableCommand<O> {
    client: Client,
    waiting: Arc<Waiting>,
    sequence: u64,
    operation: PhantomData<fn() -> O>,
}

impl<O: Command> DurableCommand<O> {
    /// The id of the command, and its sequence in the command stream.
    pub fn submitted(&self) -> Submitted {
        Submitted {
            command: self.waiting.command(),
            sequence: self.sequence,
        }
    }

    /// Waits for the outcome. If it is not known within this time, this is [`Error::OutcomeUnknown`]; the command
    /// remains stored, and its outcome can be awaited again. An outcome that is known is returned again.
    pub async fn outcome(&mut self, within: Duration) -> Result<O::Reply, Error> {
        tokio::select! {
            outcome = awaited(&self.client, &self.waiting, within) => outcome,
            () = self.client.exchange().link.closed() => Err(Error::Closed {
                command: Some(self.waiting.command()),
            }),
        }
    }
}

impl<O> Drop for DurableCommand<O> {
    /// The command still has its place among those that are asked about.
    fn drop(&mut self) {
        self.waiting.stop_listening();
    }
}

impl<O> fmt::Debug for DurableCommand<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DurableCommand")
            .field("command", &self.waiting.command())
            .field("sequence", &self.sequence)
            .finish_non_exhaustive()
    }
}

/// The outcome of a command, by its event or by asking.
async fn awaited<R: DeserializeOwned>(
    client: &Client,
    waiting: &Waiting,
    within: Duration,
) -> Result<R, Error> {
    let end = Instant::now() + within;
    let ask_after = client.durability().ask_after;
    let mut pause = ask_after.unwrap_or(within);
    loop {
        if waiting.heard(end.min(Instant::now() + pause)).await {
            client.unsettled().confirm(client, waiting).await;
        }
        if let Some(outcome) = waiting.outcome() {
            return outcome.typed();
        }
        let is_late = Instant::now() >= end;
        if ask_after.is_some() {
            // One that is late asks once, too. The event may come meanwhile.
            let until = end.max(Instant::now() + ASK_AGAIN);
            let is_heard = tokio::select! {
                asked = client.unsettled().ask_through(client, waiting, end) => asked.map(|()| false)?,
                is_heard = waiting.heard(until) => is_heard,
            };
            if is_heard {
                client.unsettled().confirm(client, waiting).await;
            }
        }
        if let Some(outcome) = waiting.outcome() {
            return outcome.typed();
        }
        if is_late || waiting.is_given_up() {
            return Err(waiting.unknown());
        }
        pause = (pause * 2).clamp(ASK_AGAIN, ASK_AGAIN_MAX);
    }
}

/// The subject of the events with the outcome of a command.
fn outcomes_of(command: CommandId, tenant: &TenantId) -> String {
    let accepted = EventKind::CommandAccepted(command).subject(tenant);
    let (command, _) = accepted.rsplit_once('.').unwrap_or_default();
    format!("{command}.*")
}

#[cfg(test)]
mod tests {
    use super::outcomes_of;

    #[test]
    fn outcomes_are_awaited_in_tenants_of_any_name() {
        let command = "0190a1b2-0000-7000-8000-000000000009";
        for tenant in ["northgate", "accepted", "accepted-2"] {
            let subject = outcomes_of(command.parse().unwrap(), &tenant.parse().unwrap());
            let expected = format!("plansync.v1.evt.{tenant}.command.{command}.*");
            assert_eq!(subject, expected);
        }
    }
}
