//! `plansync audit`: whether a data folder is what it should be.

mod reindex;
mod verify;
mod witness;

use clap::{Args, Subcommand};

use crate::commands::audit::reindex::Reindex;
use crate::commands::audit::verify::Verify;
use crate::exit::Exit;
use crate::output::Output;

/// Check a data folder, or mend what is derived in it.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check every byte of a data folder, and the log against the events that were published.
    Verify(Verify),
    /// Make again everything that is derived from the commits.
    Reindex(Reindex),
}

impl Audit {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.command {
            Command::Verify(verify) => verify.run(output).await,
            Command::Reindex(reindex) => reindex.run(output),
        }
    }
}
