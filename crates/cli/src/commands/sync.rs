//! `plansync sync`: previews, starts and follows synchronisations.
//!
//! The commands use public operations only and contain no rules: the service decides what can be chosen and what a
//! synchronisation does.

mod affected;
mod cancel;
mod changes;
pub(crate) mod choice;
pub(crate) mod components;
mod confirmation;
pub(crate) mod explain;
mod following;
pub(crate) mod labels;
mod learners;
mod list;
mod no_changes;
pub(crate) mod option_values;
mod outcomes;
pub(crate) mod preview;
mod programmes;
mod record_text;
mod source;
mod start;
mod status;
mod wizard;

use clap::{Args, Subcommand};

use crate::commands::sync::wizard::WizardArguments;
use crate::exit::Exit;
use crate::output::Output;

pub(crate) use confirmation::confirm;
pub(crate) use explain::{outcome, table_of as explained, why};

pub(crate) use preview::{grid, warning_line};

/// Preview, start and follow synchronisations.
#[derive(Debug, Args)]
#[command(after_help = "\
On a terminal, `plansync sync` without a command starts a wizard: it asks for
the record, programme, components, learners and type, and shows a preview.
Nothing is started before you confirm the preview.

Without the wizard: open a record, change the plan, preview and start:
  export PLANSYNC_TENANT=northgate PLANSYNC_ACTOR=alice
  plansync record open 'Ann Smith'
  plansync plan set --component 'Activity 3' due_date=2026-12-01 \\
      --reason 'more time'
  plansync sync components
  plansync sync preview --learners all
  plansync sync explain --learners all --component 'Activity 3'
  plansync sync start --learners all --confirm POSITION:DIGEST

PLANSYNC_TENANT and PLANSYNC_ACTOR replace `--tenant` and `--as`. Learners and
components are given by name or id; a unique part of the name or prefix of the
id is enough. Synchronisations are given by id or a unique prefix of it.

With `--output json`, each command writes the reply of the service, with all
pages joined. With `--output tsv`, it writes one line with the column names and
one line per row, separated by tabs, with full ids. Column names and their
order are stable; new columns are added at the end. In values, a tab is written
as \\t, a line break as \\n and a backslash as \\\\. `--output csv` has the same
columns for spreadsheets, and `--output jsonl` the items of a list, one a line.")]
pub(crate) struct Sync {
    // The first field, because the subcommand is removed from the matches when it is read.
    #[command(flatten)]
    wizard: WizardArguments,
    #[command(subcommand)]
    command: Option<SyncCommand>,
}

#[derive(Debug, Subcommand)]
enum SyncCommand {
    /// List the components that can be synchronised, with their recent changes.
    Components(components::ListComponents),
    /// List the learners who can be synchronised to.
    Learners(learners::ListLearners),
    /// Show what a synchronisation would do, without changing anything.
    Preview(preview::Preview),
    /// List the learners of a preview, with the effect on each.
    Affected(affected::Affected),
    /// Show the effect of a preview on one component, with reasons, by learner.
    Explain(explain::Explain),
    /// Start a synchronisation, and follow it to its end.
    Start(start::Start),
    /// Show the progress of a synchronisation.
    #[command(alias = "get")]
    Status(status::Status),
    /// List the outcome for each component and learner.
    Outcomes(outcomes::Outcomes),
    /// Show the changes that a synchronisation applies.
    Changes(changes::Changes),
    /// Cancel a synchronisation; plans that it has not processed stay unchanged.
    Cancel(cancel::Cancel),
    /// List the synchronisations that you may see, newest first.
    List(list::ListSyncs),
}

impl Sync {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.command {
            Some(SyncCommand::Components(components)) => components.run(output).await,
            Some(SyncCommand::Learners(learners)) => learners.run(output).await,
            Some(SyncCommand::Preview(preview)) => preview.run(output).await,
            Some(SyncCommand::Affected(affected)) => affected.run(output).await,
            Some(SyncCommand::Explain(explain)) => explain.run(output).await,
            Some(SyncCommand::Start(start)) => start.run(output).await,
            Some(SyncCommand::Status(status)) => status.run(output).await,
            Some(SyncCommand::Outcomes(outcomes)) => outcomes.run(output).await,
            Some(SyncCommand::Changes(changes)) => changes.run(output).await,
            Some(SyncCommand::Cancel(cancel)) => cancel.run(output).await,
            Some(SyncCommand::List(list)) => list.run(output).await,
            None => self.wizard.run(output).await,
        }
    }
}
