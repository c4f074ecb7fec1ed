//! `plansync record`: opens and closes learners' records by name, and shows recent changes.

pub(crate) mod changes;
mod close;
mod list;
mod open;

use clap::{Args, Subcommand};

use crate::exit::Exit;
use crate::output::Output;

/// Open and close learners' records, and show recent changes.
#[derive(Debug, Args)]
#[command(after_help = "\
Recent changes are the changes that you made to the learner's plan since you
opened the record. They can be synchronised to other learners.

Examples:
  plansync record open 'Ann Smith'
  plansync record open 'Ann Smith' --resume
  plansync record changes
  plansync record close 'Ann Smith'")]
pub(crate) struct Record {
    #[command(subcommand)]
    command: RecordCommand,
}

#[derive(Debug, Subcommand)]
enum RecordCommand {
    /// Open a learner's record; your changes from then on are its recent changes.
    Open(open::Open),
    /// List your open records.
    List(list::List),
    /// Show the recent changes of a record, attribute by attribute.
    Changes(changes::Changes),
    /// Close a record and discard its recent changes; the plan does not change.
    Close(close::Close),
}

impl Record {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.command {
            RecordCommand::Open(open) => open.run(output).await,
            RecordCommand::List(list) => list.run(output).await,
            RecordCommand::Changes(changes) => changes.run(output).await,
            RecordCommand::Close(close) => close.run(output).await,
        }
    }
}
