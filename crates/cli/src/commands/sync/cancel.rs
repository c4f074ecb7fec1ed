//! `plansync sync cancel`: no further plan is touched.

use clap::Args;
use serde_json::json;
use uuid::Uuid;

use crate::commands::sync::desk::DeskArguments;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::text;

/// Stop a synchronisation; what is done already stays, and the other plans stay as they are.
#[derive(Debug, Args)]
pub(super) struct Cancel {
    /// Which.
    sync: Uuid,
    #[command(flatten)]
    desk: DeskArguments,
}

impl Cancel {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open().await?;
        let reply = desk
            .ask("sync.cancel", &json!({ "sync": self.sync }))
            .await?;
        if !output.is_for_people() {
            output.value(&reply)?;
            return Ok(Exit::Done);
        }
        output::line(match text(&reply, "state") {
            "completed" => "It was completed already; nothing was stopped.",
            _ => "Cancelled; the plans that it had not come to stay as they are.",
        })?;
        Ok(Exit::Done)
    }
}
