//! `plansync audit`: shows what was done, when, by whom and why; verifies a data folder, anchors its log elsewhere,
//! or rebuilds what is derived in it.

mod anchor;
mod anchors;
mod blame;
mod changes;
mod check;
mod diff;
mod events;
mod export;
mod key;
mod listing;
mod log;
mod naming;
mod origins;
mod paging;
mod plan;
mod point;
mod prove;
mod read;
mod reindex;
mod show;
mod sql;
mod trace;
mod tree;
mod verify;
mod what_if;
mod why;
mod witness;

use clap::{Args, Subcommand};

use crate::commands::audit::anchor::MakeAnchor;
use crate::commands::audit::blame::Blame;
use crate::commands::audit::changes::Changes;
use crate::commands::audit::check::CheckLog;
use crate::commands::audit::diff::Diff;
use crate::commands::audit::export::Export;
use crate::commands::audit::key::Key;
use crate::commands::audit::log::Log;
use crate::commands::audit::plan::Plan;
use crate::commands::audit::prove::{CheckProof, Prove};
use crate::commands::audit::read::Read;
use crate::commands::audit::reindex::Reindex;
use crate::commands::audit::show::ShowCommit;
use crate::commands::audit::sql::Sql;
use crate::commands::audit::trace::Trace;
use crate::commands::audit::verify::Verify;
use crate::commands::audit::what_if::WhatIf;
use crate::commands::audit::why::Why;
use crate::exit::Exit;
use crate::output::Output;

/// Show what was done, when, by whom and why; verify a data folder, anchor its log, or rebuild its indexes.
#[derive(Debug, Args)]
#[command(after_help = "\
The commands that show something read the log through the running engine, from a
data folder (`--data`), which an engine may be using, or from a backup
(`--backup`), with the same output.")]
pub(crate) struct Audit {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Show what happened, commit by commit.
    Log(Box<Log>),
    /// Show one commit: what it did, what led to it and what it led to.
    Show(ShowCommit),
    /// Show a plan as it was at a version, a position or a time.
    Plan(Plan),
    /// Show what differs between a plan at two points, and who made each difference.
    Diff(Diff),
    /// Show who set each attribute of a plan last, when and why.
    Blame(Blame),
    /// Show why a synchronisation did to a plan what it did, or left a learner out.
    Why(Why),
    /// Show everything to which a command led, as a tree.
    Trace(Trace),
    /// Report what changed in the plans in a period.
    Changes(Changes),
    /// Read the log as events, one a line, for programs.
    Read(Read),
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
            AuditCommand::Log(log) => log.run(output).await,
            AuditCommand::Show(show) => show.run(output).await,
            AuditCommand::Plan(plan) => plan.run(output).await,
            AuditCommand::Diff(diff) => diff.run(output).await,
            AuditCommand::Blame(blame) => blame.run(output).await,
            AuditCommand::Why(why) => why.run(output).await,
            AuditCommand::Trace(trace) => trace.run(output).await,
            AuditCommand::Changes(changes) => changes.run(output).await,
            AuditCommand::Read(read) => read.run(output).await,
            AuditCommand::Verify(verify) => Box::pin(verify.run(output)).await,
            AuditCommand::Check(check) => check.run(output).await,
            AuditCommand::WhatIf(what_if) => what_if.run(output).await,
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
