//! `plansync ping`: tells whether the engine serves.

use clap::Args;
use serde_json::json;

use crate::ask_error::AskError;
use crate::connecting::ClientArguments;
use crate::exit::Exit;
use crate::output::{self, Output};

/// Check that the engine serves.
#[derive(Debug, Args)]
#[command(after_help = "\
Ends as soon as the engine serves; with exit code 3 if it does not within the
time that `--timeout` gives for connecting, and again for an answer. The NATS user needs permission to publish on
$SRV.PING.plansync.")]
pub(crate) struct Ping {
    #[command(flatten)]
    client: ClientArguments,
}

impl Ping {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let connection = self.client.connect_in_time().await?;
        let ready = connection.is_service_ready(self.client.patience());
        let asked = connection.permitted("$SRV.PING.plansync", ready);
        if !asked.await.map_err(AskError::from)? {
            return Err(AskError::NoService.into());
        }
        if output.is_for_people() {
            output::line("plansync serves.")?;
        } else {
            output.value(&json!({ "serves": true }))?;
        }
        Ok(Exit::Done)
    }
}
