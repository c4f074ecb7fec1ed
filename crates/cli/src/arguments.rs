//! What can be said on the command line, and which command it starts.

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum as _};

use crate::backend::LogOptions;
use crate::commands::audit::Audit;
use crate::commands::backup::Backup;
use crate::commands::completions::Completions;
use crate::commands::demo::Demo;
use crate::commands::dev::Dev;
use crate::commands::import::Import;
use crate::commands::load::Load;
use crate::commands::plan::Plan;
use crate::commands::record::Record;
use crate::commands::reference::administrator::Administrator;
use crate::commands::reference::learner::Learner;
use crate::commands::reference::programme::Programme;
use crate::commands::reference::template::Template;
use crate::commands::reference::tenant::Tenant;
use crate::commands::request::Request;
use crate::commands::restore::Restore;
use crate::commands::serve::Serve;
use crate::commands::sync::Sync;
use crate::commands::watch::Watch;
use crate::exit::{self, EXIT_CODES, Exit};
use crate::failure;
use crate::hints;
use crate::logging;
use crate::output::{self, Format, Output};
use crate::table::Ids;
use crate::typed::Typed;

/// How long threads may take to end after everything else has.
const FAREWELL: Duration = Duration::from_secs(1);

/// Keeps learning plans, and synchronises changes of one onto many, over NATS.
#[derive(Debug, Parser)]
#[command(version, bin_name = "plansync", after_help = EXIT_CODES)]
pub struct Arguments {
    // Before the command, which is taken out of the matches as it is read.
    #[command(flatten)]
    typed: Typed,

    #[command(subcommand)]
    command: Command,

    /// For people, or for programs.
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    output: Format,

    /// Ids in tables: whole where there is room, else a prefix that is unique in the list (every
    /// command takes it for the id).
    #[arg(long, global = true, value_enum, default_value_t = Ids::Auto, hide_possible_values = true, value_name = "auto|short|full")]
    ids: Ids,
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
    /// Show and put the settings of a tenant.
    Tenant(Tenant),
    /// List, show, put and remove administrators.
    Administrator(Administrator),
    /// List, show and put programmes.
    Programme(Programme),
    /// List, show, put and remove the components of programmes' templates.
    Template(Template),
    /// List, show and put learners.
    Learner(Learner),
    /// Open learners' records, and see what you changed in them.
    Record(Box<Record>),
    /// Show, change and look back on learners' plans.
    Plan(Box<Plan>),
    /// Import learners from a CSV file.
    Import(Import),
    /// Ask for one operation and show the answer.
    Request(Request),
    /// Ask for many operations, one a line of a file.
    Load(Load),
    /// Show events as they come.
    Watch(Watch),
    /// Write what makes a shell complete commands, options and names.
    Completions(Completions),
    /// Write a copy of the whole log into one file, while the engine runs or not.
    Backup(Backup),
    /// Make a data folder of a backup.
    Restore(Restore),
    /// Check a data folder, or mend what is derived in it.
    Audit(Audit),
}

impl Arguments {
    /// Those of this process; where they cannot be understood, or only ask for help, that is said.
    pub(crate) fn read() -> Result<Self, ExitCode> {
        let mut command = Self::said();
        let matches = command.try_get_matches_from_mut(std::env::args_os());
        let read = matches.and_then(|matches| Self::from_arg_matches(&matches));
        read.map_err(|error| tell(&error.format(&mut command)))
    }

    /// All that can be said.
    pub(crate) fn said() -> clap::Command {
        without_empty_variables(Self::command())
    }

    /// Where its output goes.
    pub(crate) fn output(&self) -> Output {
        Output::new(self.output, self.ids)
    }

    /// Runs the command to its end.
    pub(crate) fn run(self, log: LogOptions) -> anyhow::Result<Exit> {
        let (output, typed) = (self.output(), &self.typed);
        let told = |ended| hints::ended(output, typed, ended);
        match self.command {
            Command::Serve(serve) => fully(serve.run(log)),
            Command::Dev(dev) => fully(dev.run()),
            Command::Demo(demo) => fully(demo.run(output)),
            Command::Sync(sync) => told(quietly(sync.run(output))),
            Command::Record(record) => told(quietly(record.run(output))),
            Command::Plan(plan) => told(quietly(plan.run(output))),
            Command::Tenant(tenant) => told(quietly(tenant.run(output))),
            Command::Administrator(administrator) => told(quietly(administrator.run(output))),
            Command::Programme(programme) => told(quietly(programme.run(output))),
            Command::Template(template) => told(quietly(template.run(output))),
            Command::Learner(learner) => told(quietly(learner.run(output))),
            Command::Import(import) => told(quietly(import.run(output))),
            Command::Request(request) => told(quietly(request.run(output))),
            Command::Load(load) => quietly(load.run(output)),
            Command::Watch(watch) => beside(watch.run(output)),
            Command::Completions(completions) => completions.run(),
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
        output::aside(&failure::of_arguments(said).to_string());
        return Exit::NotUnderstood.into();
    }
    match output::read_or_unread(said.print()) {
        Ok(()) if said.use_stderr() => {
            if lacks_who(said) {
                output::aside(FROM_THE_ENVIRONMENT);
            }
            Exit::NotUnderstood.into()
        }
        Ok(()) => Exit::Done.into(),
        Err(error) => exit::explain(output, &error.into()).into(),
    }
}

/// Said where a tenant or an actor is missing.
const FROM_THE_ENVIRONMENT: &str =
    "Where PLANSYNC_TENANT and PLANSYNC_ACTOR are set, `--tenant` and `--as` may be left out.";

/// Whether it is not said for whom, or as whom.
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
        .context("no runtime can be started")?;
    runtime.block_on(command)
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
