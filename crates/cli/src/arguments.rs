//! What can be said on the command line, and which command it starts.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use plansync_sled::Medium;

use crate::commands::audit::Audit;
use crate::commands::backup::Backup;
use crate::commands::demo::Demo;
use crate::commands::dev::Dev;
use crate::commands::load::Load;
use crate::commands::request::Request;
use crate::commands::restore::Restore;
use crate::commands::serve::Serve;
use crate::commands::sync::Sync;
use crate::commands::watch::Watch;
use crate::exit::{EXIT_CODES, Exit};
use crate::logging;
use crate::output::{Format, Output};

/// How long threads may take to end after everything else has.
const FAREWELL: Duration = Duration::from_secs(1);

/// Keeps learning plans, and synchronises changes of one onto many, over NATS.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// For people, or for programs.
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    output: Format,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the engine against a NATS of yours.
    Serve(Serve),
    /// Run the engine and a nats-server, on this machine only.
    Dev(Dev),
    /// Show the main job from nothing, in a temporary folder, and check it.
    Demo(Demo),
    /// Choose, preview, start and follow synchronisations.
    Sync(Box<Sync>),
    /// Ask for one operation and show the answer.
    Request(Request),
    /// Ask for many operations, one a line of a file.
    Load(Load),
    /// Show events as they come.
    Watch(Watch),
    /// Write a copy of the whole log into one file, while the engine runs or not.
    Backup(Backup),
    /// Make a data folder of a backup.
    Restore(Restore),
    /// Check a data folder, or mend what is derived in it.
    Audit(Audit),
}

impl Arguments {
    /// Runs the command to its end.
    pub(crate) fn run(self, medium: Arc<dyn Medium>) -> anyhow::Result<Exit> {
        let output = Output::new(self.output);
        match self.command {
            Command::Serve(serve) => fully(serve.run(medium)),
            Command::Dev(dev) => fully(dev.run()),
            Command::Demo(demo) => fully(demo.run(output)),
            Command::Sync(sync) => quietly(sync.run(output)),
            Command::Request(request) => quietly(request.run(output)),
            Command::Load(load) => quietly(load.run(output)),
            Command::Watch(watch) => quietly(watch.run(output)),
            Command::Backup(backup) => backup.run(output),
            Command::Restore(restore) => restore.run(output),
            Command::Audit(audit) => quietly(audit.run(output)),
        }
    }
}

/// A command that runs the engine.
fn fully(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime can be started")?;
    let ended = runtime.block_on(command);
    // After a failure some thread may wait for a disk that never answers.
    runtime.shutdown_timeout(FAREWELL);
    ended
}

/// A command that only asks: one thread is plenty, and the log shows nothing but warnings.
fn quietly(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    logging::start_quietly();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime can be started")?;
    runtime.block_on(command)
}
