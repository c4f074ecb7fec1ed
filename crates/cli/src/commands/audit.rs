//! `plansync audit`: verifies a data folder, anchors its log elsewhere, or rebuilds what is derived in it.

mod anchor;
mod anchors;
mod check;
mod key;
mod prove;
mod reindex;
mod source;
mod verify;
mod what_if;
mod witness;

use clap::{Args, Subcommand};

use crate::commands::audit::anchor::MakeAnchor;
use crate::commands::audit::check::CheckLog;
use crate::commands::audit::key::Key;
use crate::commands::audit::prove::{CheckProof, Prove};
use crate::commands::audit::reindex::Reindex;
use crate::commands::audit::verify::Verify;
use crate::commands::audit::what_if::WhatIf;
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
    /// Replay the log from nothing, and compare everything that the engine answers from.
    Check(CheckLog),
    /// Show what a synchronisation would have decided with other permissions or conditions.
    WhatIf(Box<WhatIf>),
    /// Make a key pair for anchors.
    Key(Key),
    /// Sign a checkpoint of the log, to be kept elsewhere.
    Anchor(MakeAnchor),
    /// Prove that a commit is in the tree of a checkpoint.
    Prove(Prove),
    /// Check a proof that a commit is in the tree of a trusted checkpoint.
    CheckProof(CheckProof),
    /// Rebuild everything that is derived from the commits.
    Reindex(Reindex),
}

impl Audit {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.command {
            AuditCommand::Verify(verify) => verify.run(output).await,
            AuditCommand::Check(check) => check.run(output).await,
            AuditCommand::WhatIf(what_if) => what_if.run(output).await,
            AuditCommand::Key(key) => key.run(output),
            AuditCommand::Anchor(anchor) => anchor.run(output),
            AuditCommand::Prove(prove) => prove.run(output),
            AuditCommand::CheckProof(check) => check.run(output),
            AuditCommand::Reindex(reindex) => reindex.run(output),
        }
    }
}
