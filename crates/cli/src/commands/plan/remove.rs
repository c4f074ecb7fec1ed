//! `plansync plan remove`: removes components from a plan.

use clap::Args;
use serde_json::json;

use crate::caller::CallerArguments;
use crate::commands::plan::editing::{WhoseArguments, edit};
use crate::commands::plan::programme::ProgrammeArguments;
use crate::exit::Exit;
use crate::output::Output;
use crate::reply::counted;

/// Remove components from a plan: all given components, or none if one of them may not be removed.
#[derive(Debug, Args)]
pub(super) struct Remove {
    #[command(flatten)]
    whose: WhoseArguments,
    #[command(flatten)]
    programme: ProgrammeArguments,
    /// Component to remove, by name or id (a unique part of the name or prefix of the id is enough); separate several with commas, or repeat the option.
    #[arg(long, value_name = "NAME|ID", required = true)]
    component: Vec<String>,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Remove {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let learner = self.whose.find(&caller).await?;
        let components = self
            .programme
            .components(&caller, learner, &self.component)
            .await?;
        let edits = components.iter();
        let edits: Vec<_> = edits
            .map(|component| json!({ "op": "remove", "component": component }))
            .collect();
        let count = u64::try_from(edits.len())?;
        let said = format!("Removed {}", counted(count, "component"));
        edit(&caller, output, learner, (edits, None), &said).await
    }
}
