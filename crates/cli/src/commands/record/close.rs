//! `plansync record close`: closes a record and discards its recent changes.

use clap::Args;
use serde_json::json;
use uuid::Uuid;

use crate::caller::CallerArguments;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::records::RecordOf;

/// Close a record and discard its recent changes; the plan does not change.
#[derive(Debug, Args)]
pub(super) struct Close {
    #[command(flatten)]
    record: RecordOf,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Close {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let record = self.record.arguments().find(&caller).await?;
        let body = json!({ "session": record.session, "command_id": Uuid::new_v4() });
        let reply = caller.ask("record.close", &body).await?;
        output.reply(&reply, |_| {
            output::sentences(
                "Closed. The plan is unchanged, but the record has no recent changes any more.",
            )
        })?;
        Ok(Exit::Done)
    }
}
