//! `plansync sync status`: the progress of one synchronisation.

use clap::Args;
use serde_json::json;

use crate::caller::CallerArguments;
use crate::commands::sync::following::follow;
use crate::commands::sync::record_text::tell;
use crate::exit::Exit;
use crate::names::Lookup;
use crate::output::Output;

/// Show the progress of a synchronisation.
#[derive(Debug, Args)]
#[command(after_help = "\
With `--wait`, the exit code is 0 if the synchronisation completes, and 5 if it
was cancelled or if you stop following with Ctrl-C. Ctrl-C does not stop the
synchronisation.")]
pub(super) struct Status {
    /// Synchronisation, by id or a unique prefix of it.
    #[arg(value_name = "ID")]
    sync: String,
    #[command(flatten)]
    caller: CallerArguments,
    /// Follow the synchronisation to its end.
    #[arg(long)]
    wait: bool,
}

impl Status {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let sync = Lookup::syncs(&caller).uuid(&self.sync).await?;
        if self.wait {
            return follow(&caller, output, sync, self.caller.patience()).await;
        }
        let record = caller.ask("sync.get", &json!({ "sync": sync })).await?;
        tell(&caller, output, &record).await?;
        Ok(Exit::Done)
    }
}
