//! `plansync plan instantiate`: begins a plan with the components of a programme's template.

use clap::Args;
use serde_json::json;
use uuid::Uuid;

use crate::commands::plan::editing::WhoseOrArguments;
use crate::commands::plan::within::WithinArguments;
use crate::desk::DeskArguments;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::{counted, number};

/// Add the components of a programme's template to a plan, which begins the plan.
#[derive(Debug, Args)]
#[command(after_help = "\
The learner must be enrolled on the programme. `--programme` is required if the
learner is on several programmes.")]
pub(super) struct Instantiate {
    #[command(flatten)]
    whose: WhoseOrArguments,
    #[command(flatten)]
    within: WithinArguments,
    #[command(flatten)]
    desk: DeskArguments,
}

impl Instantiate {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open(output).await?;
        let learner = self.whose.find(&desk).await?;
        let programme = self.within.one_programme(&desk, learner).await?;
        let body =
            json!({ "learner": learner, "programme": programme, "command_id": Uuid::new_v4() });
        let reply = desk.ask("plan.instantiate", &body).await?;
        output.reply(&reply, |reply| {
            output::line(&format!(
                "Added {}; the plan is now at version {}.",
                counted(number(reply, "added"), "component"),
                number(reply, "version")
            ))
        })?;
        Ok(Exit::Done)
    }
}
