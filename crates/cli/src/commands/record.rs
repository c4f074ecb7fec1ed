//! `plansync record`: learners' records, opened by name, and what was changed in them since.

pub(crate) mod changes;
mod close;
mod list;
mod open;

use clap::{Args, Subcommand};

use crate::exit::Exit;
use crate::output::Output;

/// Open learners' records, and see what you changed in them.
#[derive(Debug, Args)]
#[command(after_help = "\
Recent changes are what you changed on the learner's plan since you opened the record.

Examples:
  plansync record open 'Ann Smith'
  plansync record open 'Ann Smith' --resume
  plansync record changes
  plansync record close 'Ann Smith'")]
pub(crate) struct Record {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Open a learner's record: recent changes count from here.
    Open(open::Open),
    /// Your open records.
    List(list::List),
    /// What you changed since you opened the record, attribute by attribute.
    Changes(changes::Changes),
    /// Close a record: its recent changes are recent no longer; the plan stays as it is.
    Close(close::Close),
}

impl Record {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.what {
            What::Open(open) => open.run(output).await,
            What::List(list) => list.run(output).await,
            What::Changes(changes) => changes.run(output).await,
            What::Close(close) => close.run(output).await,
        }
    }
}
