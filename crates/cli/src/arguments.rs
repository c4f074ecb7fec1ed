//! Defines the command line, and runs the command in a runtime that fits it.
//!
//! Commands that run the engine get a multi-threaded runtime; commands that only send requests get one thread.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Arg, ArgAction, CommandFactory as _, Parser, Subcommand};

use crate::backend::LogOptions;
use crate::commands::audit::Audit;
use crate::commands::backup::Backup;
use crate::commands::bridge::Bridge;
use crate::commands::completions::Completions;
use crate::commands::config::{self, Config};
use crate::commands::demo::Demo;
use crate::commands::dev::Dev;
use crate::commands::doctor::Doctor;
use crate::commands::erase::Erase;
use crate::commands::import::Import;
use crate::commands::load::Load;
use crate::commands::man::Man;
use crate::commands::ping::Ping;
use crate::commands::plan::Plan;
use crate::commands::record::Record;
use crate::commands::reference::administrator::Administrator;
use crate::commands::reference::learner::Learner;
use crate::commands::reference::programme::Programme;
use crate::commands::reference::template::Template;
use crate::commands::reference::tenant::Tenant;
use crate::commands::rekey::Rekey;
use crate::commands::request::Request;
use crate::commands::restore::Restore;
use crate::commands::serve::Serve;
use crate::commands::status::Status;
use crate::commands::subscriber::Subscriber;
use crate::commands::sync::Sync;
use crate::commands::watch::Watch;
use crate::exit::{AFTER_HELP, Exit};
use crate::hints;
use crate::logging;
use crate::output::{Format, Output};
use crate::printed_command::PrintedCommand;
use crate::settings::setting;
use crate::table::Ids;

/// How long threads may take to end after everything else has.
const FAREWELL: Duration = Duration::from_secs(1);

/// The option that asks for the version of the protocol.
pub(crate) const PROTOCOL: &str = "protocol-version";

/// Keep learning plans, and synchronise changes from one plan to many, over NATS.
#[derive(Debug, Parser)]
#[command(version, bin_name = "plansync", after_help = AFTER_HELP)]
pub struct Arguments {
    // The first field, because the subcommand is removed from the matches when it is read.
    #[command(flatten)]
    printed: PrintedCommand,

    #[command(subcommand)]
    command: Command,

    /// Settings file to use instead of those in the default places.
    #[arg(long, global = true, env = "PLANSYNC_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// Output format.
    #[arg(
        long,
        global = true,
        env = "PLANSYNC_OUTPUT",
        value_enum,
        default_value_t = Format::Human,
        add = setting("client.output")
    )]
    output: Format,

    /// Length of ids in tables: `auto` (full if there is room, otherwise a unique prefix), `short` or
    /// `full`. Commands accept a unique prefix in place of an id.
    #[arg(
        long,
        global = true,
        env = "PLANSYNC_IDS",
        value_enum,
        default_value_t = Ids::Auto,
        hide_possible_values = true,
        value_name = "auto|short|full",
        add = setting("client.ids")
    )]
    ids: Ids,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the engine with an existing NATS server.
    Serve(Serve),
    /// Show whether the engine is ready, what is wrong, and what it has done.
    Status(Box<Status>),
    /// Check the installation, and show what is wrong and what to do.
    Doctor(Box<Doctor>),
    /// Run the engine and a NATS server on this machine, for development.
    Dev(Dev),
    /// Run and verify a synchronisation with demo data in a temporary folder.
    Demo(Demo),
    /// Preview, start and follow synchronisations.
    Sync(Box<Sync>),
    /// Show the settings of a tenant, or create or change a tenant.
    Tenant(Tenant),
    /// List, show, create, change or remove administrators.
    Administrator(Administrator),
    /// List, show, create or change programmes.
    Programme(Programme),
    /// List, show, add, change or remove the components of a programme's template.
    Template(Template),
    /// List, show, create or change learners.
    Learner(Learner),
    /// Open and close learners' records, and show recent changes.
    Record(Box<Record>),
    /// Show and change learners' plans and their history.
    Plan(Box<Plan>),
    /// Erase a learner's name, reasons and searches for good.
    Erase(Box<Erase>),
    /// Import learners from a CSV file.
    Import(Import),
    /// Send one request to the service and show the reply.
    Request(Request),
    /// Send many requests from a file.
    Load(Load),
    /// Show events as they arrive.
    Watch(Watch),
    /// Check that the engine serves.
    Ping(Ping),
    /// Add, list, remove and reset durable subscribers to events.
    Subscriber(Subscriber),
    /// Publish the events again as JSON.
    Bridge(Bridge),
    /// Print a script that completes commands, options and names in a shell.
    Completions(Completions),
    /// Write the manual pages into a folder.
    Man(Man),
    /// Show the settings in use and where each comes from; check or write a settings file.
    Config(Box<Config>),
    /// Back up the log to one file; the engine may be running.
    Backup(Backup),
    /// Create a data folder from a backup.
    Restore(Restore),
    /// Encrypt the keys of texts about persons with another key.
    Rekey(Rekey),
    /// Show what was done, when, by whom and why; verify a data folder, anchor its log.
    Audit(Audit),
}

impl Arguments {
    /// The whole command line.
    pub(crate) fn said() -> clap::Command {
        let command = Self::command().arg(
            Arg::new(PROTOCOL)
                .long(PROTOCOL)
                .action(ArgAction::SetTrue)
                .exclusive(true)
                .help("Print the version of the wire protocol"),
        );
        config::with_options_of_settings(command)
    }

    /// Where its output goes.
    pub(crate) fn output(&self) -> Output {
        Output::new(self.output, self.ids)
    }

    /// Runs the command to its end.
    pub(crate) fn run(self, log: LogOptions) -> anyhow::Result<Exit> {
        let (output, printed) = (self.output(), &self.printed);
        let told = |ended| hints::ended(output, printed, ended);
        match self.command {
            Command::Serve(serve) => fully(serve.run(log)),
            Command::Dev(dev) => fully(dev.run()),
            Command::Demo(demo) => fully(demo.run(output)),
            Command::Status(status) => told(quietly(status.run(output))),
            Command::Doctor(doctor) => {
                // Its result says everything, so there are log lines only for whoever asks for them.
                if std::env::var_os("PLANSYNC_LOG").is_some() {
                    logging::start_quietly();
                }
                fully(doctor.run(output, self.config.as_deref()))
            }
            Command::Sync(sync) => told(quietly(sync.run(output))),
            Command::Record(record) => told(quietly(record.run(output))),
            Command::Plan(plan) => told(quietly(plan.run(output))),
            Command::Tenant(tenant) => told(quietly(tenant.run(output))),
            Command::Administrator(administrator) => told(quietly(administrator.run(output))),
            Command::Programme(programme) => told(quietly(programme.run(output))),
            Command::Template(template) => told(quietly(template.run(output))),
            Command::Learner(learner) => told(quietly(learner.run(output))),
            Command::Erase(erase) => told(quietly(erase.run(output))),
            Command::Import(import) => told(quietly(import.run(output))),
            Command::Request(request) => told(quietly(request.run(output))),
            Command::Load(load) => quietly(load.run(output)),
            Command::Watch(watch) => beside(watch.run(output)),
            Command::Ping(ping) => quietly(ping.run(output)),
            Command::Subscriber(subscriber) => quietly(subscriber.run(output)),
            Command::Bridge(bridge) => fully(bridge.run()),
            Command::Completions(completions) => completions.run(),
            Command::Man(man) => man.run(),
            Command::Config(config) => config.run(output, self.config.as_deref()),
            Command::Backup(backup) => backup.run(output),
            Command::Restore(restore) => restore.run(output),
            Command::Rekey(rekey) => rekey.run(output),
            Command::Audit(audit) => told(quietly(audit.run(output))),
        }
    }
}

/// A command that runs the engine, or must not be held up by a part of itself.
fn fully(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the async runtime could not be started")?;
    let ended = runtime.block_on(command);
    // After a failure some thread may wait for a disk that never answers.
    runtime.shutdown_timeout(FAREWELL);
    ended
}

/// A command that only asks, but may be kept waiting by whoever reads its output: the connection has a
/// thread of its own.
fn beside(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    logging::start_quietly();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("the async runtime could not be started")?;
    runtime.block_on(command)
}

/// A command that only asks: one thread is plenty, and the log shows nothing but warnings.
fn quietly(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    logging::start_quietly();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the async runtime could not be started")?;
    runtime.block_on(command)
}
