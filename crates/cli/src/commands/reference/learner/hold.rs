//! `plansync learner hold` and `plansync learner release`: legal holds, which keep learners from being erased.

use clap::Args;
use serde_json::json;
use uuid::Uuid;

use crate::caller::CallerArguments;
use crate::commands::reference::{find, open_to_change};
use crate::exit::Exit;
use crate::output::{self, Output};

/// Put a legal hold on a learner, who cannot be erased while it stands, or lift it.
#[derive(Debug, Args)]
pub(super) struct Hold {
    /// Learner, by name or id (a unique part of the name or prefix of the id is enough).
    learner: String,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Hold {
    /// Puts the hold.
    pub(super) async fn put(self, output: Output) -> anyhow::Result<Exit> {
        self.ask(
            output,
            "learner.hold",
            "Held: this learner cannot be erased.",
        )
        .await
    }

    /// Lifts the hold.
    pub(super) async fn release(self, output: Output) -> anyhow::Result<Exit> {
        self.ask(
            output,
            "learner.release",
            "Released: this learner can be erased.",
        )
        .await
    }

    async fn ask(self, output: Output, operation: &str, told: &str) -> anyhow::Result<Exit> {
        let caller = open_to_change(&self.caller).await?;
        let learner = find::learner(&caller, &self.learner).await?;
        let body = json!({ "learner": learner, "command_id": Uuid::new_v4() });
        let reply = caller.ask(operation, &body).await?;
        output.reply(&reply, |_| output::sentences(told))?;
        Ok(Exit::Done)
    }
}
