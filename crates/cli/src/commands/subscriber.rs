//! `plansync subscriber`: durable subscribers, each with a consumer in the engine's account and a NATS
//! account of its own.

mod add;
mod configuration;
mod kinds;
mod list;
mod remove;
mod reset;
mod shown;

use std::future::Future;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use plansync_nats::SubscriberError;

use crate::exit::Exit;
use crate::output::Output;
use crate::service::Service;

/// Add, list, remove and reset durable subscribers to events.
#[derive(Debug, Args)]
#[command(after_help = "\
A durable subscriber is a program that must receive every event of a tenant. Its
place is kept by the NATS server, so it misses nothing while it is not running,
and an event that it does not acknowledge is delivered again.

These commands need a NATS user of the engine's account. The subscriber itself
needs only the account that `add` prints.

Examples:
  plansync subscriber add northgate-warehouse --tenant northgate
  plansync subscriber add northgate-mail --tenant northgate \\
      --kinds sync.completed,record --from now --write northgate-mail.conf
  plansync subscriber list
  plansync subscriber reset northgate-warehouse --from 2026-11-23T00:00:00Z")]
pub(crate) struct Subscriber {
    #[command(subcommand)]
    command: SubscriberCommand,
}

#[derive(Debug, Subcommand)]
enum SubscriberCommand {
    /// Add a subscriber, and print its part of the NATS configuration.
    Add(add::Add),
    /// List subscribers, and how far each is behind.
    List(list::List),
    /// Remove a subscriber and its place.
    Remove(remove::Remove),
    /// Move a subscriber back or ahead to another place in the events.
    Reset(reset::Reset),
}

/// What comes of managing subscribers. A user who may not do it is told so at once: the server sends no answer.
async fn managed<T>(
    service: &Service,
    work: impl Future<Output = Result<T, SubscriberError>>,
) -> anyhow::Result<T> {
    let done = service.connection().unless_denied(work).await;
    Ok(done.context("subscribers are managed by a user of the engine's account")??)
}

impl Subscriber {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.command {
            SubscriberCommand::Add(add) => add.run(output).await,
            SubscriberCommand::List(list) => list.run(output).await,
            SubscriberCommand::Remove(remove) => remove.run(output).await,
            SubscriberCommand::Reset(reset) => reset.run(output).await,
        }
    }
}
