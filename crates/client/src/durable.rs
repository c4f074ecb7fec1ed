//! Durable commands: stored in the command stream, also while no engine runs, and awaited by the event with their
//! outcome.
//!
//! Before the command is stored, its outcome event is subscribed to. The event may not come: this user may not
//! receive events, the connection was cut, or a command with this id was decided long before. Then the same command
//! is sent as a request with the same id, which gets the first answer. If the durable command still waits, the request
//! carries it out, and the durable one becomes its repetition.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use async_nats::Subscriber;
use futures_util::StreamExt as _;
use plansync_primitives::ids::{CommandId, TenantId};
use plansync_protocol::event::{CommandAccepted, CommandRejected, EventKind};
use plansync_protocol::{Encoding, ErrorCode, cloud_event, decode_known};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep_until};

use crate::call::{Command, Prepared};
use crate::client::Client;
use crate::error::Error;
use crate::events::subscribe;
use crate::exchange::Stored;

/// How the outcome of a durable command is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Durability {
    /// The time for which the outcome is awaited once the command is stored. Then the call ends with
    /// [`Error::OutcomeUnknown`]; the command remains stored.
    pub outcome_within: Duration,
    /// The time after which the same command is sent as a request if no event has come. With `None`, this never
    /// happens: choose that if many durable commands of one actor are under way at a time and have to be decided in
    /// their order, since a request does not wait for the commands before it.
    pub ask_after: Option<Duration>,
}

impl Default for Durability {
    /// A minute; a request after 5 seconds.
    fn default() -> Self {
        Self {
            outcome_within: Duration::from_mins(1),
            ask_after: Some(Duration::from_secs(5)),
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
        let stored = self.store(&prepared).await?;
        Ok(Submitted {
            command: prepared.id()?,
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
        let outcomes =
            subscribe(self.exchange().nats(), &outcomes_of(command, self.tenant())).await?;
        let stored = self.store(&prepared).await?;
        Ok(DurableCommand {
            waiting: Waiting {
                client: self.clone(),
                prepared,
                command,
                outcomes,
            },
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
    waiting: Waiting,
    sequence: u64,
    operation: PhantomData<fn() -> O>,
}

impl<O: Command> DurableCommand<O> {
    /// The id of the command, and its sequence in the command stream.
    pub fn submitted(&self) -> Submitted {
        Submitted {
            command: self.waiting.command,
            sequence: self.sequence,
        }
    }

    /// Waits for the outcome. If it is not known within this time, this is [`Error::OutcomeUnknown`]; the command
    /// remains stored, and its outcome can be awaited again.
    pub async fn outcome(&mut self, within: Duration) -> Result<O::Reply, Error> {
        self.waiting.outcome(within).await
    }
}

impl<O> fmt::Debug for DurableCommand<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DurableCommand")
            .field("command", &self.waiting.command)
            .field("sequence", &self.sequence)
            .finish_non_exhaustive()
    }
}

/// A command that is stored, and whose outcome is awaited.
struct Waiting {
    client: Client,
    prepared: Prepared,
    command: CommandId,
    outcomes: Subscriber,
}

impl Waiting {
    async fn outcome<R: DeserializeOwned>(&mut self, within: Duration) -> Result<R, Error> {
        let ask_after = self.client.durability().ask_after;
        let end = Instant::now() + within;
        let mut refusal = None;
        loop {
            let ask_at = ask_after.map_or(end, |after| end.min(Instant::now() + after));
            if let Some(outcome) = self.heard(ask_at).await {
                return self.confirmed(outcome).await;
            }
            if ask_after.is_some() {
                match self.asked::<R>().await {
                    Ok(reply) => return Ok(reply),
                    Err(Error::Refused(error)) if error.code == ErrorCode::CommandIdReused => {
                        return Err(Error::Refused(error));
                    }
                    Err(Error::Refused(error)) if refusal.as_ref() == Some(&error) => {
                        return Err(self.unknown(Some(error)));
                    }
                    Err(Error::Refused(error)) => refusal = Some(error),
                    Err(error) if error.is_transient() => {}
                    Err(error) => return Err(error),
                }
            }
            if Instant::now() >= end {
                return Err(self.unknown(refusal));
            }
        }
    }

    fn unknown(&self, refusal: Option<Box<plansync_protocol::Error>>) -> Error {
        Error::OutcomeUnknown {
            command: self.command,
            refusal,
        }
    }

    /// The outcome, if its event comes before this time. What is no outcome is left out.
    async fn heard<R: DeserializeOwned>(&mut self, until: Instant) -> Option<Result<R, Error>> {
        loop {
            let message = tokio::select! {
                message = self.outcomes.next() => message,
                () = sleep_until(until) => return None,
            };
            let Some(message) = message else {
                sleep_until(until).await;
                return None;
            };
            if let Some(outcome) = outcome_in(&message) {
                return Some(outcome);
            }
            tracing::debug!(subject = %message.subject, "not an outcome");
        }
    }

    /// The outcome, if it is certain that it is the outcome of this command: another command may have used an id
    /// that the caller chose.
    async fn confirmed<R: DeserializeOwned>(&self, outcome: Result<R, Error>) -> Result<R, Error> {
        if !self.prepared.is_named {
            return outcome;
        }
        match self.client.ask(&self.prepared).await {
            Ok(answer) => answer.decode(),
            Err(Error::Refused(error)) => Err(Error::Refused(error)),
            Err(_) => Err(self.unknown(None)),
        }
    }

    /// What the service answers to the same command as a request, with one attempt.
    async fn asked<R: DeserializeOwned>(&self) -> Result<R, Error> {
        let message = self.prepared.message(&self.client);
        self.client.exchange().request(message).await?.decode()
    }
}

/// The subject of the events with the outcome of a command.
fn outcomes_of(command: CommandId, tenant: &TenantId) -> String {
    let accepted = EventKind::CommandAccepted(command).subject(tenant);
    let (command, _) = accepted.rsplit_once('.').unwrap_or_default();
    format!("{command}.*")
}

/// The reply or the refusal in the event with an outcome; none if it cannot be decoded.
fn outcome_in<R: DeserializeOwned>(message: &async_nats::Message) -> Option<Result<R, Error>> {
    let content_type = message.headers.as_ref()?.get(cloud_event::CONTENT_TYPE);
    let content_type = content_type.map(async_nats::HeaderValue::as_str);
    let encoding = Encoding::of(content_type, &message.payload).ok()?;
    if message.subject.ends_with(".accepted") {
        let accepted: CommandAccepted<R> = decode_known(encoding, &message.payload).ok()?;
        return Some(Ok(accepted.reply));
    }
    let rejected: CommandRejected = decode_known(encoding, &message.payload).ok()?;
    Some(Err(Error::of_refusal(rejected.error, None)))
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
