//! `plansync sync cancel`: no further plan is touched.

use clap::Args;
use serde_json::json;

use crate::desk::DeskArguments;
use crate::exit::Exit;
use crate::names::Lookup;
use crate::output::{self, Output};
use crate::reply::text;

/// Stop a synchronisation; what is done already stays, and the other plans stay as they are.
#[derive(Debug, Args)]
pub(super) struct Cancel {
    /// Which: its id, or as much of the beginning as no other has.
    #[arg(value_name = "ID")]
    sync: String,
    #[command(flatten)]
    desk: DeskArguments,
}

impl Cancel {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open(output).await?;
        let sync = Lookup::syncs(&desk).uuid(&self.sync).await?;
        let reply = desk.ask("sync.cancel", &json!({ "sync": sync })).await?;
        if !output.is_for_people() {
            output.value(&reply)?;
            return Ok(Exit::Done);
        }
        output::sentences(match text(&reply, "state") {
            "completed" => "It was completed already; nothing was stopped.",
            _ => "Cancelled; the plans that it had not come to stay as they are.",
        })?;
        Ok(Exit::Done)
    }
}
