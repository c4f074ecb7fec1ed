//! `plansync plan instantiate`: begins a plan with the components of a programme's template.

use clap::Args;
use plansync_protocol::plan::PlanInstantiated;
use serde_json::json;
use uuid::Uuid;

use crate::caller::CallerArguments;
use crate::commands::plan::editing::WhoseOrArguments;
use crate::commands::plan::programme::ProgrammeArguments;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::{counted, typed};

/// Add the components of a programme's template to a plan, which begins the plan.
#[derive(Debug, Args)]
#[command(after_help = "\
The learner must be enrolled on the programme. `--programme` is required if the
learner is on several programmes.")]
pub(super) struct Instantiate {
    #[command(flatten)]
    whose: WhoseOrArguments,
    #[command(flatten)]
    programme: ProgrammeArguments,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Instantiate {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let learner = self.whose.find(&caller).await?;
        let programme = self.programme.one_programme(&caller, learner).await?;
        let body =
            json!({ "learner": learner, "programme": programme, "command_id": Uuid::new_v4() });
        let reply = caller.ask("plan.instantiate", &body).await?;
        let instantiated: PlanInstantiated = typed(&reply)?;
        output.reply(&reply, |_| {
            output::line(&format!(
                "Added {}; the plan is now at version {}.",
                counted(instantiated.added, "component"),
                instantiated.version.0
            ))
        })?;
        Ok(Exit::Done)
    }
}
