//! `plansync audit`: verifies a data folder, anchors its log elsewhere, or rebuilds what is derived in it.

mod anchor;
mod anchors;
mod export;
mod key;
mod prove;
mod reindex;
mod source;
mod sql;
mod verify;
mod witness;

use clap::{Args, Subcommand};

use crate::commands::audit::anchor::MakeAnchor;
use crate::commands::audit::export::Export;
use crate::commands::audit::key::Key;
use crate::commands::audit::prove::{CheckProof, Prove};
use crate::commands::audit::reindex::Reindex;
use crate::commands::audit::sql::Sql;
use crate::commands::audit::verify::Verify;
use crate::exit::Exit;
use crate::output::Output;

/// Verify a data folder, anchor its log, or rebuild its indexes.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Verify a data folder, and compare its log with anchors and with the published events.
    Verify(Box<Verify>),
    /// Make a key pair for anchors.
    Key(Key),
    /// Sign a checkpoint of the log, to be kept elsewhere.
    Anchor(MakeAnchor),
    /// Prove that a commit is in the tree of a checkpoint.
    Prove(Prove),
    /// Check a proof that a commit is in the tree of a trusted checkpoint.
    CheckProof(CheckProof),
    /// Write the log as related tables: SQLite, CSV or JSON lines.
    Export(Box<Export>),
    /// Run a query on the log as related tables.
    Sql(Box<Sql>),
    /// Rebuild everything that is derived from the commits.
    Reindex(Reindex),
}

impl Audit {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.command {
            AuditCommand::Verify(verify) => verify.run(output).await,
            AuditCommand::Key(key) => key.run(output),
            AuditCommand::Anchor(anchor) => anchor.run(output),
            AuditCommand::Prove(prove) => prove.run(output),
            AuditCommand::CheckProof(check) => check.run(output),
            AuditCommand::Export(export) => export.run(output).await,
            AuditCommand::Sql(sql) => sql.run(output).await,
            AuditCommand::Reindex(reindex) => reindex.run(output),
        }
    }
}
