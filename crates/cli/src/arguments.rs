//! Defines the command line, parses it, and runs the command in a runtime that fits it.
//!
//! Commands that run the engine get a multi-threaded runtime; commands that only send requests get one thread.

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{
    Arg, ArgAction, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum as _,
};

use plansync_protocol::PROTOCOL_VERSION;

use crate::backend::LogOptions;
use crate::commands::audit::Audit;
use crate::commands::backup::Backup;
use crate::commands::bridge::Bridge;
use crate::commands::completions::Completions;
use crate::commands::demo::Demo;
use crate::commands::dev::Dev;
use crate::commands::erase::Erase;
use crate::commands::import::Import;
use crate::commands::load::Load;
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
use crate::failure;
use crate::hints;
use crate::logging;
use crate::output::{self, Format, Output};
use crate::printed_command::PrintedCommand;
use crate::table::Ids;

/// How long threads may take to end after everything else has.
const FAREWELL: Duration = Duration::from_secs(1);

/// The option that asks for the version of the protocol.
const PROTOCOL: &str = "protocol-version";

/// Keep learning plans, and synchronise changes from one plan to many, over NATS.
#[derive(Debug, Parser)]
#[command(version, bin_name = "plansync", after_help = AFTER_HELP)]
pub struct Arguments {
    // The first field, because the subcommand is removed from the matches when it is read.
    #[command(flatten)]
    printed: PrintedCommand,

    #[command(subcommand)]
    command: Command,

    /// Output format.
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    output: Format,

    /// Length of ids in tables: `auto` (full if there is room, otherwise a unique prefix), `short` or
    /// `full`. Commands accept a unique prefix in place of an id.
    #[arg(long, global = true, value_enum, default_value_t = Ids::Auto, hide_possible_values = true, value_name = "auto|short|full")]
    ids: Ids,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the engine with an existing NATS server.
    Serve(Serve),
    /// Show whether the engine is ready, what is wrong, and what it has done.
    Status(Box<Status>),
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
    /// Add, list, remove and reset durable subscribers to events.
    Subscriber(Subscriber),
    /// Publish the events again as JSON.
    Bridge(Bridge),
    /// Print a script that completes commands, options and names in a shell.
    Completions(Completions),
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
    /// Parses the arguments of this process. Errors and requested help are printed.
    pub(crate) fn read() -> Result<Self, ExitCode> {
        if std::env::args_os()
            .skip(1)
            .eq([format!("--{PROTOCOL}").as_str()])
        {
            return Err(written(output::line(PROTOCOL_VERSION)));
        }
        let mut command = Self::said();
        let matches = command.try_get_matches_from_mut(std::env::args_os());
        let read = matches.and_then(|matches| Self::from_arg_matches(&matches));
        read.map_err(|error| tell(&error.format(&mut command)))
    }

    /// The whole command line.
    pub(crate) fn said() -> clap::Command {
        without_empty_variables(Self::command()).arg(
            Arg::new(PROTOCOL)
                .long(PROTOCOL)
                .action(ArgAction::SetTrue)
                .exclusive(true)
                .help("Print the version of the wire protocol"),
        )
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
            Command::Subscriber(subscriber) => quietly(subscriber.run(output)),
            Command::Bridge(bridge) => fully(bridge.run()),
            Command::Completions(completions) => completions.run(),
            Command::Backup(backup) => backup.run(output),
            Command::Restore(restore) => restore.run(output),
            Command::Rekey(rekey) => rekey.run(output),
            Command::Audit(audit) => told(quietly(audit.run(output))),
        }
    }
}

/// A command that runs the engine.
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

/// A variable of the environment that is empty is one that is not set.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let unset = |arg: Arg| {
        let value = arg.get_env().and_then(std::env::var_os);
        if value.is_some_and(|value| value.is_empty()) {
            arg.env(Resettable::Reset)
        } else {
            arg
        }
    };
    command
        .mut_args(unset)
        .mut_subcommands(without_empty_variables)
}

/// Says what clap has to say: an error, or the help that was asked for.
fn tell(said: &clap::Error) -> ExitCode {
    let output = Output::new(format_wanted(std::env::args_os().skip(1)), Ids::Auto);
    if said.use_stderr() && output.is_json() {
        output::failure(&failure::of_arguments(said));
        return Exit::NotUnderstood.into();
    }
    if said.use_stderr() {
        // A failure to write it changes nothing about how the command ends.
        let _ = output::misuse(said);
        if lacks_who(said) {
            output::aside(FROM_THE_ENVIRONMENT);
        }
        return Exit::NotUnderstood.into();
    }
    written(output::help(said))
}

/// How a command ends that only writes what was asked for.
fn written(written: std::io::Result<()>) -> ExitCode {
    let output = Output::new(format_wanted(std::env::args_os().skip(1)), Ids::Auto);
    match written {
        Ok(()) => Exit::Done.into(),
        Err(error) => failure::explain(output, &error.into()).into(),
    }
}

/// Said where a tenant or an actor is missing.
const FROM_THE_ENVIRONMENT: &str =
    "To omit `--tenant` and `--as`, set PLANSYNC_TENANT and PLANSYNC_ACTOR.";

/// Whether tenant or actor are missing.
fn lacks_who(said: &clap::Error) -> bool {
    let missing = match said.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(missing)) => missing.as_slice(),
        Some(_) | None => &[],
    };
    let is_who = |one: &String| one.starts_with("--tenant ") || one.starts_with("--as ");
    said.kind() == ErrorKind::MissingRequiredArgument && missing.iter().any(is_who)
}

/// The format that arguments ask for which could not be understood otherwise; `--` ends the options.
fn format_wanted(arguments: impl Iterator<Item = OsString>) -> Format {
    let arguments: Vec<_> = arguments.take_while(|it| it != "--").collect();
    let pairs = arguments.iter().zip(arguments.iter().skip(1));
    let apart = pairs
        .filter(|(name, _)| *name == "--output")
        .map(|it| it.1.to_str());
    let joined = arguments
        .iter()
        .map(|it| it.to_str()?.strip_prefix("--output="));
    let mut wanted = apart.chain(joined).flatten();
    let format = wanted.find_map(|value| Format::from_str(value, false).ok());
    format.unwrap_or(Format::Human)
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

#[cfg(test)]
mod tests {
    use super::{Format, format_wanted};

    #[test]
    fn the_format_is_known_of_arguments_that_are_wrong() {
        let wanted = |words: &[&str]| format_wanted(words.iter().map(Into::into));
        assert_eq!(
            wanted(&["sync", "--output", "json", "--wrong"]),
            Format::Json
        );
        assert_eq!(wanted(&["--output=json", "sync", "x"]), Format::Json);
        for words in [
            &["sync"][..],
            &["--output"],
            &["x", "--", "--output", "json"],
        ] {
            assert_eq!(wanted(words), Format::Human, "{words:?}");
        }
    }
}
