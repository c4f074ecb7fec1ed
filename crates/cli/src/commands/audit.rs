//! `plansync audit`: verifies a data folder, or rebuilds what is derived in it.

mod reindex;
mod verify;
mod witness;

use clap::{Args, Subcommand};

use crate::commands::audit::reindex::Reindex;
use crate::commands::audit::verify::Verify;
use crate::exit::Exit;
use crate::output::Output;

/// Verify a data folder, or rebuild its indexes.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Verify a data folder, and compare its log with the published events.
    Verify(Box<Verify>),
    /// Rebuild everything that is derived from the commits.
    Reindex(Reindex),
}

impl Audit {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.command {
            AuditCommand::Verify(verify) => verify.run(output).await,
            AuditCommand::Reindex(reindex) => reindex.run(output),
        }
    }
}
