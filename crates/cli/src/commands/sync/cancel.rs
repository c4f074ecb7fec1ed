//! `plansync sync cancel`: cancels a synchronisation, so that no further plan is changed.

use clap::Args;
use plansync_protocol::SyncState;
use plansync_protocol::sync::SyncCancelled;
use serde_json::json;

use crate::caller::CallerArguments;
use crate::exit::Exit;
use crate::names::Lookup;
use crate::output::{self, Output};
use crate::reply::typed;

/// Cancel a synchronisation: plans that it has changed stay changed, all others stay unchanged.
#[derive(Debug, Args)]
pub(super) struct Cancel {
    /// Synchronisation, by id or a unique prefix of it.
    #[arg(value_name = "ID")]
    sync: String,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Cancel {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let sync = Lookup::syncs(&caller).uuid(&self.sync).await?;
        let reply = caller.ask("sync.cancel", &json!({ "sync": sync })).await?;
        if !output.is_for_people() {
            output.value(&reply)?;
            return Ok(Exit::Done);
        }
        let cancelled: SyncCancelled = typed(&reply)?;
        output::sentences(match cancelled.state {
            SyncState::Completed => {
                "The synchronisation was already completed; nothing was cancelled."
            }
            SyncState::Running | SyncState::Cancelled => {
                "Cancelled; plans that were not processed yet stay unchanged."
            }
        })?;
        Ok(Exit::Done)
    }
}
