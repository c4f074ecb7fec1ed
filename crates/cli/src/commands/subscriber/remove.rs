//! `plansync subscriber remove`: removes a subscriber and its place.

use clap::Args;
use plansync_nats::SubscriberName;

use super::shown;
use crate::confirmation::Confirmation;
use crate::connecting::ClientArguments;
use crate::exit::Exit;
use crate::output::{self, Output};

/// Remove a subscriber and its place; no event is removed.
#[derive(Debug, Args)]
pub(super) struct Remove {
    /// Subscriber.
    #[arg(value_name = "NAME")]
    name: SubscriberName,
    #[command(flatten)]
    confirmation: Confirmation,
    #[command(flatten)]
    client: ClientArguments,
}

impl Remove {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let service = self.client.connect().await?;
        let subscribers = service.connection().subscribers();
        let found = subscribers.get(&self.name).await?;
        let question = format!(
            "Remove the subscriber {} of {} ({} for it) and its place?",
            found.name,
            found.tenant,
            shown::events(found.lag.events())
        );
        if !self.confirmation.given(output, &question).await? {
            output::line("Nothing was changed.")?;
            return Ok(Exit::Declined);
        }
        let removed = subscribers.remove(&self.name).await?;
        output.reply(&shown::value(&removed), |_| {
            output::sentences(&format!(
                "Removed {}. Its account in the NATS configuration can be removed too.",
                removed.name
            ))
        })?;
        Ok(Exit::Done)
    }
}
