//! `plansync subscriber reset`: moves a subscriber to another place in the events.

use clap::Args;
use plansync_nats::{StartAt, SubscriberName};

use super::shown;
use crate::confirmation::Confirmation;
use crate::connecting::ClientArguments;
use crate::exit::Exit;
use crate::output::{self, Output};

/// Move a subscriber back or ahead to another place in the events.
#[derive(Debug, Args)]
#[command(after_help = "\
Stop the programs of the subscriber before, and start them after this command.
Events that were already handled are delivered again if the new place is before
them; `ce-id` tells that they are the same.

The server moves the subscriber in one step, so it exists at any time. If this
command is interrupted, `plansync subscriber list` says whether it is still to
be finished; run it again then. It needs nats-server 2.14 or later.")]
pub(super) struct Reset {
    /// Subscriber.
    #[arg(value_name = "NAME")]
    name: SubscriberName,
    /// First event: `beginning`, `now`, `position:N`, `sequence:N`, or a time such as 2026-11-23T08:00:00Z.
    #[arg(long, value_name = "START")]
    from: StartAt,
    #[command(flatten)]
    confirmation: Confirmation,
    #[command(flatten)]
    client: ClientArguments,
}

impl Reset {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let service = self.client.connect().await?;
        let subscribers = service.connection().subscribers();
        let found = subscribers.get(&self.name).await?;
        let question = format!(
            "Move the subscriber {} of {} ({} for it) to {}?",
            found.name,
            found.tenant,
            shown::events(found.lag.events()),
            self.from
        );
        if !self.confirmation.given(output, &question).await? {
            output::line("Nothing was changed.")?;
            return Ok(Exit::Declined);
        }
        let moved = subscribers.reset(&self.name, self.from).await?;
        output.reply(&shown::value(&moved), |_| {
            let waiting = shown::events(moved.lag.events());
            output::sentences(&format!("Moved {}; {waiting} for it.", moved.name))
        })?;
        Ok(Exit::Done)
    }
}
