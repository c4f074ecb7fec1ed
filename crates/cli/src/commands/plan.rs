//! `plansync plan`: a learner's plan, looked at and changed by names, without writing JSON.

mod assignment;
mod change;
mod editing;
mod history;
mod owners;
mod remove;
mod set;
mod show;
mod status;

use clap::{Args, Subcommand};

use crate::exit::Exit;
use crate::output::Output;

/// Show, change and look back on learners' plans.
#[derive(Debug, Args)]
#[command(after_help = "\
The learner may be left out where you have only one record open: it is that one's then.

Examples:
  plansync plan show 'Ann Smith'
  plansync plan set --learner 'Ann Smith' --component 'Activity 3' due_date=2026-12-01 --reason 'more time'
  plansync plan set --component 'Activity 3' criteria+=K3,S1 criteria-=K2 name='Activity three'
  plansync plan status --component 'Activity 3' completed
  plansync plan remove --component 'Activity 4'
  plansync plan history 'Ann Smith'
  plansync plan change 'Ann Smith' 7")]
pub(crate) struct Plan {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The components of a plan, or all of one of them.
    Show(show::Show),
    /// What was done to a plan, when and by whom.
    History(history::History),
    /// What one version of a plan changed, attribute by attribute, before and after.
    Change(change::Change),
    /// Set attributes of a component.
    Set(set::Set),
    /// Remove components.
    Remove(remove::Remove),
    /// Record the progress of components.
    Status(status::Status),
}

impl Plan {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.what {
            What::Show(show) => show.run(output).await,
            What::History(history) => history.run(output).await,
            What::Change(change) => change.run(output).await,
            What::Set(set) => set.run(output).await,
            What::Remove(remove) => remove.run(output).await,
            What::Status(status) => status.run(output).await,
        }
    }
}
