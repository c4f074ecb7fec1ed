//! `plansync sync`: choosing, previewing, starting and following synchronisations, for people.
//!
//! Owns how it reads on a terminal. Asks nothing that another program could not ask, and decides
//! nothing: what may be chosen and what comes of it is the service's to say.

mod affected;
mod cancel;
mod changes;
pub(crate) mod choice;
pub(crate) mod components;
mod consent;
mod explain;
mod following;
mod learners;
mod list;
mod nothing;
mod offered;
mod outcomes;
mod place;
pub(crate) mod preview;
mod programmes;
pub(crate) mod spelling;
mod start;
mod status;
mod wizard;

use clap::{Args, Subcommand};

use crate::commands::sync::wizard::WizardArguments;
use crate::exit::Exit;
use crate::output::Output;

pub(crate) use explain::table_of as explained;

pub(crate) use preview::{grid, warning_line};

/// Choose, preview, start and follow synchronisations.
#[derive(Debug, Args)]
#[command(after_help = "\
Without a command, a terminal is led through the steps: whose changes, which programme, components and
learners, how, and what would happen. Nothing is started before the last question is answered with yes.

Open the learner's record first, change the plan, then choose, preview and start:
  export PLANSYNC_TENANT=acme PLANSYNC_ACTOR=alice
  plansync record open 'Ann Smith'
  plansync plan set --component 'Activity 3' due_date=2026-12-01 --reason 'more time'
  plansync sync components
  plansync sync preview --learners all
  plansync sync explain --learners all --component 'Activity 3'
  plansync sync start --learners all --confirm POSITION:DIGEST

PLANSYNC_TENANT and PLANSYNC_ACTOR stand for `--tenant` and `--as`. Wherever a learner, a component or a
synchronisation is said, a name, a part of one, an id or the beginning of an id will do.
With `--output json` each command writes the reply as the service gave it, all pages joined. With
`--output tsv` it writes a line of column names and a line a row, with tabs in between and ids whole; the
columns keep their names and their order, and new ones come last. In a value a tab is \\t, a line break \\n,
a backslash \\\\.")]
pub(crate) struct Sync {
    // Before the command, which is taken out of the matches as it is read.
    #[command(flatten)]
    wizard: WizardArguments,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The components that can be synchronised, and which of them changed.
    Components(components::ListComponents),
    /// The learners onto whose plans they can be synchronised.
    Learners(learners::ListLearners),
    /// What a synchronisation would do; nothing is changed.
    Preview(preview::Preview),
    /// Who would be affected, learner by learner.
    Affected(affected::Affected),
    /// One component of a preview, learner by learner: what would change, and why not.
    Explain(explain::Explain),
    /// Start a synchronisation, and follow it to its end.
    Start(start::Start),
    /// How far a synchronisation has come.
    #[command(alias = "get")]
    Status(status::Status),
    /// What came of each component on each learner's plan.
    Outcomes(outcomes::Outcomes),
    /// What a synchronisation replays.
    Changes(changes::Changes),
    /// Stop a synchronisation; the plans it has not come to stay as they are.
    Cancel(cancel::Cancel),
    /// The synchronisations that you may see, newest first.
    List(list::ListSyncs),
}

impl Sync {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.what {
            Some(What::Components(components)) => components.run(output).await,
            Some(What::Learners(learners)) => learners.run(output).await,
            Some(What::Preview(preview)) => preview.run(output).await,
            Some(What::Affected(affected)) => affected.run(output).await,
            Some(What::Explain(explain)) => explain.run(output).await,
            Some(What::Start(start)) => start.run(output).await,
            Some(What::Status(status)) => status.run(output).await,
            Some(What::Outcomes(outcomes)) => outcomes.run(output).await,
            Some(What::Changes(changes)) => changes.run(output).await,
            Some(What::Cancel(cancel)) => cancel.run(output).await,
            Some(What::List(list)) => list.run(output).await,
            None => self.wizard.run(output).await,
        }
    }
}
