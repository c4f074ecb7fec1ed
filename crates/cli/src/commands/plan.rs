//! `plansync plan`: shows and changes a learner's plan by names, without writing JSON.

mod add;
mod assignment;
mod change;
mod editing;
mod history;
mod instantiate;
mod owners;
mod programme;
mod remove;
mod set;
pub(crate) mod show;
mod status;

pub(crate) use assignment::is_list;
use clap::{Args, Subcommand};
pub(crate) use history::component_change;

use crate::exit::Exit;
use crate::output::Output;

/// Show and change learners' plans and their history.
#[derive(Debug, Args)]
#[command(after_help = "\
If you have exactly one record open, the learner can be omitted.

Examples:
  plansync plan instantiate 'Ann Smith'
  plansync plan show 'Ann Smith'
  plansync plan set --learner 'Ann Smith' --component 'Activity 3' \\
      due_date=2026-12-01 --reason 'more time'
  plansync plan set --component 'Activity 3' criteria+=K3,S1 criteria-=K2
  plansync plan status --component 'Activity 3' completed
  plansync plan add --type assignment --name 'Portfolio review'
  plansync plan remove --component 'Activity 4'
  plansync plan history 'Ann Smith'
  plansync plan change 'Ann Smith' 7")]
pub(crate) struct Plan {
    #[command(subcommand)]
    command: PlanCommand,
}

#[derive(Debug, Subcommand)]
enum PlanCommand {
    /// Show the components of a plan, or all details of some components.
    Show(show::Show),
    /// Show the history of a plan: what was changed, when and by whom.
    History(history::History),
    /// Show what one version of a plan changed, with values before and after.
    Change(change::Change),
    /// Begin a plan with the components of a programme's template.
    Instantiate(instantiate::Instantiate),
    /// Add a component to a plan.
    Add(Box<add::Add>),
    /// Set attributes of a component.
    Set(set::Set),
    /// Remove components from a plan.
    Remove(remove::Remove),
    /// Set the status of components.
    Status(status::Status),
}

impl Plan {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.command {
            PlanCommand::Show(show) => show.run(output).await,
            PlanCommand::History(history) => history.run(output).await,
            PlanCommand::Change(change) => change.run(output).await,
            PlanCommand::Instantiate(instantiate) => instantiate.run(output).await,
            PlanCommand::Add(add) => add.run(output).await,
            PlanCommand::Set(set) => set.run(output).await,
            PlanCommand::Remove(remove) => remove.run(output).await,
            PlanCommand::Status(status) => status.run(output).await,
        }
    }
}
