//! What can be said on the command line, and which command it starts.

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use crate::commands::load::Load;
use crate::commands::request::Request;
use crate::commands::watch::Watch;
use crate::exit::{EXIT_CODES, Exit};
use crate::output::{Format, Output};

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
    /// Ask for one operation and show the answer.
    Request(Request),
    /// Ask for many operations, one a line of a file.
    Load(Load),
    /// Show events as they come.
    Watch(Watch),
}

impl Arguments {
    /// Runs the command to its end.
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let output = Output::new(self.output);
        match self.command {
            Command::Request(request) => quietly(request.run(output)),
            Command::Load(load) => quietly(load.run(output)),
            Command::Watch(watch) => quietly(watch.run(output)),
        }
    }
}

/// A command that only asks: one thread is plenty, and the log shows nothing but warnings.
fn quietly(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime can be started")?;
    runtime.block_on(command)
}
