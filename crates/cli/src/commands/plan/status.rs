//! `plansync plan status`: sets the status of components.

use clap::Args;
use plansync_protocol::Status as Progress;
use serde_json::json;

use crate::caller::CallerArguments;
use crate::commands::plan::editing::{WhoseArguments, edit};
use crate::commands::plan::programme::ProgrammeArguments;
use crate::commands::sync::choice::words;
use crate::commands::sync::labels::spaced;
use crate::exit::Exit;
use crate::output::Output;
use crate::reply::counted;

/// Set the status of components.
#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    whose: WhoseArguments,
    #[command(flatten)]
    programme: ProgrammeArguments,
    /// Component to change, by name or id (a unique part of the name or prefix of the id is enough); separate several with commas, or repeat the option.
    #[arg(long, value_name = "NAME|ID", required = true)]
    component: Vec<String>,
    /// New status.
    #[arg(value_name = "STATUS", value_parser = words::<Progress>())]
    progress: String,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Status {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let learner = self.whose.find(&caller).await?;
        let components = self
            .programme
            .components(&caller, learner, &self.component)
            .await?;
        let status = &self.progress;
        let edits = components.iter();
        let edits: Vec<_> = edits
            .map(|it| json!({ "op": "set_status", "component": it, "status": status }))
            .collect();
        let count = counted(u64::try_from(edits.len())?, "component");
        let said = format!("{count} set to {}", spaced(status));
        edit(&caller, output, learner, (edits, None), &said).await
    }
}
