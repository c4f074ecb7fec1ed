//! `plansync sync`: choosing, previewing, starting and following synchronisations, for people.
//!
//! Owns how it reads on a terminal. Asks nothing that another program could not ask, and decides
//! nothing: what may be chosen and what comes of it is the service's to say.

mod cancel;
mod changes;
mod choice;
mod components;
mod desk;
mod explain;
mod following;
mod hints;
mod learners;
mod list;
mod names;
mod outcomes;
mod paint;
mod place;
mod preview;
mod programmes;
mod spelling;
mod start;
mod status;
mod table;

use std::io::Write as _;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::asking::AskError;
use crate::exit::{self, Exit};
use crate::output::Output;

pub(crate) use explain::table_of as explained;
pub(crate) use paint::Paint;
pub(crate) use preview::{grid, warning_line};

/// Choose, preview, start and follow synchronisations.
#[derive(Debug, Args)]
#[command(after_help = "\
Open the learner's record first, change the plan, then choose, preview and start:
  plansync request record.open '{\"learner\": \"…\"}' --tenant acme --as alice
  plansync sync components --tenant acme --as alice
  plansync sync preview --tenant acme --as alice --learners all
  plansync sync explain --tenant acme --as alice --learners all --component 'Activity 3'
  plansync sync start --tenant acme --as alice --learners all --confirm POSITION:DIGEST

PLANSYNC_TENANT and PLANSYNC_ACTOR stand for `--tenant` and `--as`.
With `--output json` each command writes the reply as the service gave it, all pages joined.")]
pub(crate) struct Sync {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The components that can be synchronised, and which of them changed.
    Components(components::ListComponents),
    /// The learners onto whose plans they can be synchronised.
    Learners(learners::ListLearners),
    /// What a synchronisation would do; nothing is changed.
    Preview(preview::Preview),
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
        let ended = match self.what {
            What::Components(components) => components.run(output).await,
            What::Learners(learners) => learners.run(output).await,
            What::Preview(preview) => preview.run(output).await,
            What::Explain(explain) => explain.run(output).await,
            What::Start(start) => start.run(output).await,
            What::Status(status) => status.run(output).await,
            What::Outcomes(outcomes) => outcomes.run(output).await,
            What::Changes(changes) => changes.run(output).await,
            What::Cancel(cancel) => cancel.run(output).await,
            What::List(list) => list.run(output).await,
        };
        match ended {
            Ok(exit) => Ok(exit),
            Err(error) => explain_refusal(output, error),
        }
    }
}

/// Says a refusal of the service with what to do about it here; everything else goes on.
fn explain_refusal(output: Output, error: anyhow::Error) -> anyhow::Result<Exit> {
    let Some(AskError::Refused { error: refusal }) = error.downcast_ref() else {
        return Err(error);
    };
    if !output.is_for_people() {
        output.value(&json!({ "error": refusal }))?;
        return Ok(Exit::Refused);
    }
    let hint = hints::what_to_do(refusal.code);
    let exit = exit::explain(&error);
    if let Some(hint) = hint {
        writeln!(std::io::stderr(), "{hint}")?;
    }
    Ok(exit)
}
